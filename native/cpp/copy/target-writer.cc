#include "target-writer.h"

#include "thread-name.h"

namespace evidock {

TargetWriter::TargetWriter(TargetFile& target, Checkpointer& checkpointer)
    : target_(target), checkpointer_(checkpointer), comparing_(target.presentBytes() > 0), thread_([this] { work(); }) {}

TargetWriter::~TargetWriter() { end(); }

void TargetWriter::end() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

void TargetWriter::give(Block& block) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(&block);
  changed_.notify_one();
}

bool TargetWriter::hasFailed() {
  const std::lock_guard lock(mutex_);
  return fault_.has_value();
}

MaybeFault TargetWriter::finish() {
  end();
  return fault_;
}

void TargetWriter::work() {
  nameThread("evidock write");
  bool failed = false;
  for (;;) {
    Block* block;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      block = waiting_.front();
      waiting_.pop_front();
    }
    if (!failed) {
      if (auto fault = write(*block)) {
        failed = true;
        const std::lock_guard lock(mutex_);
        fault_ = std::move(fault);
      } else {
        checkpointer_.written(*block);
      }
    }
    block->ring->done(*block);
  }
}

MaybeFault TargetWriter::write(const Block& block) {
  size_t same = 0;
  if (comparing_ && target_.presentBytes() > block.offset) {
    auto compared = target_.samePrefix(block.bytes(), block.offset);
    if (!compared.ok()) return compared.fault();
    same = compared.value();
    resumedBytes_ += same;
  }
  if (same == block.lengthBytes) return std::nullopt;
  // From the first byte that is not what the camera holds, nothing in the partial is worth anything.
  comparing_ = false;
  return target_.write(block.bytes(), block.offset, same);
}

}  // namespace evidock
