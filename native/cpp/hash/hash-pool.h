#pragma once
#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "../copy/block-ring.h"
#include "algorithm.h"
#include "md5.h"
#include "sha256.h"
#include "sm3.h"
#include "xxh64.h"

namespace evidock {

class HashPool;

/** One hash over blocks that come in order. Its owner asks for the digest when the ring is drained, and not before. */
class HashStream {
 public:
  explicit HashStream(Algorithm algorithm);
  std::string hexDigest();

  Algorithm algorithm() const { return algorithm_; }
  /** Only between blocks of 64 bytes, and where nobody else is with the stream. */
  HashState state() const;
  /** Before the first block: as if `totalBytes`, of whole blocks of 64, had been hashed and left this state. */
  void goOnFrom(const HashState& state, uint64_t totalBytes);
  /** Before the first block: called by the hashing thread after each one. */
  void afterEach(std::function<void(const HashStream&, const Block&)> call) { afterEach_ = std::move(call); }

 private:
  friend class HashPool;
  Algorithm algorithm_;
  std::variant<Sha256, Sm3, Md5, Xxh64> hash_;
  std::function<void(const HashStream&, const Block&)> afterEach_;
  /** Guarded by the pool, as is `taken_`; a worker that took the stream is alone with the rest. */
  std::deque<Block*> waiting_;
  bool taken_ = false;
  /** Bytes of the first waiting block that are hashed already. */
  size_t hashedBytes_ = 0;
};

enum class LaneUse { whenSeveral, never, always };

/**
 * Threads that hash and do nothing else. A stream is with one thread at a time, so its blocks stay in order. SM3 streams
 * that wait at the same moment are hashed side by side by one thread, whichever file or camera they belong to.
 */
class HashPool {
 public:
  /** `lanes` is null where the processor has none. */
  HashPool(size_t threads, LaneUse use, const Sm3Lanes* lanes);
  ~HashPool();
  HashPool(const HashPool&) = delete;
  HashPool& operator=(const HashPool&) = delete;

  /** Hashes the block's bytes after those given before, then is done with the block. */
  void give(HashStream& stream, Block& block);

 private:
  struct Portion {
    HashStream* stream;
    Block* block;
  };
  using Taken = std::vector<Portion>;

  void work();
  void take(Taken& taken);
  bool shouldShareThread() const;
  void hash(const Taken& taken);
  void hashSideBySide(const Taken& taken);
  void putBack(const Taken& taken, std::vector<Block*>& finished);
  std::deque<HashStream*>& readyFor(const HashStream& stream);

  const LaneUse use_;
  const Sm3Lanes* const lanes_;
  std::mutex mutex_;
  std::condition_variable ready_;
  /** What is only ever hashed one by one. */
  std::deque<HashStream*> readyAlone_;
  std::deque<HashStream*> readySm3_;
  size_t idle_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace evidock
