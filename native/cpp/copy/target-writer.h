#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "block-ring.h"
#include "checkpointer.h"
#include "fault.h"
#include "target-file.h"

namespace evidock {

/** The thread that brings one job's blocks to the target while the next ones are read. Ends with the scope it is in. */
class TargetWriter {
 public:
  TargetWriter(TargetFile& target, Checkpointer& checkpointer);
  ~TargetWriter();
  TargetWriter(const TargetWriter&) = delete;
  TargetWriter& operator=(const TargetWriter&) = delete;

  /** Writes the block after those given before, then is done with it; after a fault it is only done with it. */
  void give(Block& block);
  bool hasFailed();
  /** Waits until all that was given is written. */
  MaybeFault finish();
  /** Bytes that the target held already; to be asked after `finish`. */
  uint64_t resumedBytes() const { return resumedBytes_; }

 private:
  void work();
  MaybeFault write(const Block& block);
  void end();

  TargetFile& target_;
  Checkpointer& checkpointer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Block*> waiting_;
  bool ending_ = false;
  MaybeFault fault_;
  /** The rest belongs to the thread, and to its owner when it has ended. */
  bool comparing_;
  uint64_t resumedBytes_ = 0;
  std::thread thread_;
};

}  // namespace evidock
