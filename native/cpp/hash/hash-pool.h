#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "../copy/block-ring.h"
#include "sha256.h"
#include "sm3.h"

namespace evidock {

class HashPool;

/** One hash over blocks that come in order. Its owner asks for the digest when the ring is drained, and not before. */
class HashStream {
 public:
  enum class Algorithm { sha256, sm3 };
  explicit HashStream(Algorithm algorithm) : algorithm_(algorithm) {}
  std::string hexDigest();

 private:
  friend class HashPool;
  Algorithm algorithm_;
  Sha256 sha256_;
  Sm3 sm3_;
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
  HashPool(size_t threads, LaneUse lanes);
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

  const LaneUse lanes_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<HashStream*> readySha256_;
  std::deque<HashStream*> readySm3_;
  size_t idle_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace evidock
