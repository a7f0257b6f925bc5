#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace evidock {

/** Bytes read, hashed and written at a time; also how far an abort can be from being noticed. */
inline constexpr size_t BLOCK_BYTES = 1U << 20;
/** Blocks one job may have under way: 8 MiB, so that a camera with four files at once stays within 32. */
inline constexpr size_t RING_BLOCKS = 8;
/** What O_DIRECT wants of addresses, offsets and lengths on every device in use. */
inline constexpr size_t ALIGNMENT = 4096;

struct AlignedDelete {
  void operator()(uint8_t* bytes) const;
};
using AlignedBytes = std::unique_ptr<uint8_t[], AlignedDelete>;
AlignedBytes allocateAligned(size_t bytes);

class BlockRing;

struct Block {
  AlignedBytes memory;
  size_t lengthBytes = 0;
  uint64_t offset = 0;
  /** How many still need the bytes; guarded by the ring. */
  int users = 0;
  BlockRing* ring = nullptr;

  std::span<const uint8_t> bytes() const { return {memory.get(), lengthBytes}; }
};

/**
 * The buffers of one job at a time, filled in order. A block is filled again only when everyone who was given it is done.
 * Memory is taken when a block is first used and kept for the next job.
 */
class BlockRing {
 public:
  BlockRing();
  /** The next block, when it is free. */
  Block& next();
  /** Gives the block that `next` returned to so many users. */
  void publish(Block& block, int users);
  void done(Block& block);
  /** Waits until nobody uses any block. */
  void drain();

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Block> blocks_;
  size_t next_ = 0;
};

/** Waits at the end of a scope until nobody uses the blocks that it gave away. */
class DrainAtEnd {
 public:
  explicit DrainAtEnd(BlockRing& ring) : ring_(ring) {}
  ~DrainAtEnd() { ring_.drain(); }
  DrainAtEnd(const DrainAtEnd&) = delete;
  DrainAtEnd& operator=(const DrainAtEnd&) = delete;

 private:
  BlockRing& ring_;
};

}  // namespace evidock
