#include "checkpointer.h"

#include "thread-name.h"

namespace evidock {

Checkpointer::Checkpointer(TargetFile& target, size_t hashes, uint64_t everyBytes, uint64_t sizeBytes, Tell tell)
    : target_(target), hashes_(hashes), everyBytes_(everyBytes), sizeBytes_(sizeBytes), tell_(std::move(tell)) {
  if (everyBytes_ > 0 && sizeBytes_ > 2 * everyBytes_) thread_ = std::thread([this] { work(); });
}

Checkpointer::~Checkpointer() { end(); }

void Checkpointer::end() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

bool Checkpointer::isMark(const Block& block) const {
  if (everyBytes_ == 0) return false;
  const uint64_t offset = block.offset + block.lengthBytes;
  return offset % everyBytes_ == 0 && offset > everyBytes_ && offset < sizeBytes_;
}

template <class Change>
void Checkpointer::change(const Block& block, Change change) {
  const std::lock_guard lock(mutex_);
  Coming& coming = coming_[block.offset + block.lengthBytes];
  change(coming);
  if (isComplete(coming)) changed_.notify_one();
}

void Checkpointer::hashed(const HashStream& stream, const Block& block) {
  if (!isMark(block)) return;
  const HashState state = stream.state();
  change(block, [&](Coming& coming) { coming.states[stream.algorithm()] = state; });
}

void Checkpointer::written(const Block& block) {
  if (!isMark(block)) return;
  Sha256 tail;
  tail.update(block.bytes().last(CHECKPOINT_TAIL_BYTES));
  std::string digest = hexOf(tail.digest());
  change(block, [&](Coming& coming) { coming.tail = std::move(digest); });
}

bool Checkpointer::hasFailed() {
  const std::lock_guard lock(mutex_);
  return fault_.has_value();
}

MaybeFault Checkpointer::finish() {
  end();
  return fault_;
}

/** The last one that is complete; those before it are of no use any more. */
std::optional<Checkpoint> Checkpointer::takeComplete() {
  std::optional<Checkpoint> found;
  // They become complete in their order, for hashes and target get their blocks in order.
  while (!coming_.empty() && isComplete(coming_.begin()->second)) {
    Coming& coming = coming_.begin()->second;
    found = Checkpoint{coming_.begin()->first, std::move(coming.states), std::move(*coming.tail)};
    coming_.erase(coming_.begin());
  }
  return found;
}

void Checkpointer::work() {
  nameThread("evidock flush");
  for (;;) {
    std::optional<Checkpoint> checkpoint;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return (checkpoint = takeComplete()).has_value() || ending_; });
      if (!checkpoint) return;
    }
    // The bytes first: a checkpoint that outlives them would speak of what is not there.
    if (auto fault = target_.flush()) {
      const std::lock_guard lock(mutex_);
      fault_ = std::move(fault);
      return;
    }
    tell_(*checkpoint);
  }
}

}  // namespace evidock
