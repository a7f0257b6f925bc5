#include "block-ring.h"

#include <algorithm>
#include <new>

namespace evidock {

void AlignedDelete::operator()(uint8_t* bytes) const { ::operator delete[](bytes, std::align_val_t{ALIGNMENT}); }

AlignedBytes allocateAligned(size_t bytes) { return AlignedBytes(new (std::align_val_t{ALIGNMENT}) uint8_t[bytes]); }

BlockRing::BlockRing() : blocks_(RING_BLOCKS) {
  for (Block& block : blocks_) block.ring = this;
}

Block& BlockRing::next() {
  std::unique_lock lock(mutex_);
  Block& block = blocks_[next_];
  freed_.wait(lock, [&] { return block.users == 0; });
  if (!block.memory) block.memory = allocateAligned(BLOCK_BYTES);
  return block;
}

void BlockRing::publish(Block& block, int users) {
  const std::lock_guard lock(mutex_);
  block.users = users;
  // A job with one block uses the same memory again and again, which stays in the processor's cache.
  next_ = (next_ + 1) % blocks_.size();
}

void BlockRing::done(Block& block) {
  const std::lock_guard lock(mutex_);
  block.users -= 1;
  if (block.users == 0) freed_.notify_all();
}

void BlockRing::drain() {
  std::unique_lock lock(mutex_);
  freed_.wait(lock, [&] { return std::ranges::all_of(blocks_, [](const Block& block) { return block.users == 0; }); });
  next_ = 0;
}

}  // namespace evidock
