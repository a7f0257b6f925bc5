#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "../hash/hash-pool.h"
#include "block-ring.h"
#include "checkpoint.h"
#include "fault.h"
#include "target-file.h"

namespace evidock {

/**
 * Tells a checkpoint every so many bytes of a copy, when all its hashes and the target have come so far and the target was
 * flushed. Flushes on a thread of its own, so that reading, hashing and writing go on meanwhile. There is none in the first
 * stretch, which is compared in any case, and none at the end of the file.
 */
class Checkpointer {
 public:
  using Tell = std::function<void(const Checkpoint&)>;

  /** `hashes` is how many there are of the copy; `everyBytes` is of whole blocks, 0 for no checkpoints. */
  Checkpointer(TargetFile& target, size_t hashes, uint64_t everyBytes, uint64_t sizeBytes, Tell tell);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  /** A stream has hashed this block and those before it; called while nobody else is with the stream. */
  void hashed(const HashStream& stream, const Block& block);
  /** The target was given this block and those before it. */
  void written(const Block& block);
  bool hasFailed();
  /** Waits until every checkpoint that is complete was told. */
  MaybeFault finish();

 private:
  struct Coming {
    std::map<Algorithm, HashState> states;
    std::optional<std::string> tail;
  };

  bool isMark(const Block& block) const;
  template <class Change>
  void change(const Block& block, Change change);
  bool isComplete(const Coming& coming) const { return coming.tail && coming.states.size() == hashes_; }
  std::optional<Checkpoint> takeComplete();
  void work();
  void end();

  TargetFile& target_;
  const size_t hashes_;
  const uint64_t everyBytes_;
  const uint64_t sizeBytes_;
  const Tell tell_;
  std::mutex mutex_;
  std::condition_variable changed_;
  /** By offset. */
  std::map<uint64_t, Coming> coming_;
  bool ending_ = false;
  MaybeFault fault_;
  std::thread thread_;
};

}  // namespace evidock
