#include "hash-pool.h"

#include <algorithm>

#include "../copy/thread-name.h"

namespace evidock {

HashStream::HashStream(Algorithm algorithm) : algorithm_(algorithm) {
  if (algorithm == Algorithm::sm3) hash_.emplace<Sm3>();
  if (algorithm == Algorithm::md5) hash_.emplace<Md5>();
  if (algorithm == Algorithm::xxh64) hash_.emplace<Xxh64>();
}

std::string HashStream::hexDigest() {
  return std::visit([](auto& hash) { return hexOf(hash.digest()); }, hash_);
}

HashState HashStream::state() const {
  return std::visit([](const auto& hash) -> HashState { return hash.state(); }, hash_);
}

void HashStream::goOnFrom(const HashState& state, uint64_t totalBytes) {
  std::visit([&](auto& hash) { hash.goOnFrom(state, totalBytes); }, hash_);
}

HashPool::HashPool(size_t threads, LaneUse use, const Sm3Lanes* lanes) : use_(lanes ? use : LaneUse::never), lanes_(lanes) {
  threads_.reserve(threads);
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

HashPool::~HashPool() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    ready_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

void HashPool::give(HashStream& stream, Block& block) {
  const std::lock_guard lock(mutex_);
  stream.waiting_.push_back(&block);
  if (stream.taken_ || stream.waiting_.size() > 1) return;
  readyFor(stream).push_back(&stream);
  ready_.notify_one();
}

void HashPool::work() {
  nameThread("evidock hash");
  Taken taken;
  std::vector<Block*> finished;
  taken.reserve(SM3_LANES);
  finished.reserve(SM3_LANES);
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      idle_ += 1;
      ready_.wait(lock, [this] { return closing_ || !readyAlone_.empty() || !readySm3_.empty(); });
      idle_ -= 1;
      if (readyAlone_.empty() && readySm3_.empty()) return;
      take(taken);
    }
    hash(taken);
    for (const auto& [stream, block] : taken) {
      if (stream->afterEach_ && stream->hashedBytes_ == block->lengthBytes) stream->afterEach_(*stream, *block);
    }
    putBack(taken, finished);
    // Last, because the owner of a drained ring may end the stream at once.
    for (Block* block : finished) block->ring->done(*block);
  }
}

/** Side by side is cheaper, one by one on several threads is sooner: the latter while another thread has nothing to do. */
bool HashPool::shouldShareThread() const {
  if (use_ == LaneUse::whenSeveral) return readySm3_.size() >= lanes_->worth && idle_ == 0;
  return use_ == LaneUse::always;
}

std::deque<HashStream*>& HashPool::readyFor(const HashStream& stream) { return stream.algorithm_ == Algorithm::sm3 ? readySm3_ : readyAlone_; }

/** SM3 last: it is the slow one, and meanwhile more streams of it come together. */
void HashPool::take(Taken& taken) {
  taken.clear();
  auto& ready = readyAlone_.empty() ? readySm3_ : readyAlone_;
  const bool together = &ready == &readySm3_ && shouldShareThread();
  const size_t count = together ? std::min(ready.size(), SM3_LANES) : 1;
  for (size_t i = 0; i < count; ++i) {
    HashStream* stream = ready.front();
    stream->taken_ = true;
    taken.push_back({stream, stream->waiting_.front()});
    ready.pop_front();
  }
}

void HashPool::hash(const Taken& taken) {
  HashStream& first = *taken.front().stream;
  if (first.algorithm_ == Algorithm::sm3 && (taken.size() > 1 || use_ == LaneUse::always)) return hashSideBySide(taken);
  const Block& block = *taken.front().block;
  const auto bytes = block.bytes().subspan(first.hashedBytes_);
  std::visit([&](auto& hash) { hash.update(bytes); }, first.hash_);
  first.hashedBytes_ = block.lengthBytes;
}

/** Goes as far as the shortest of them; the others go back to the queue and on with whoever waits there then. */
void HashPool::hashSideBySide(const Taken& taken) {
  Sm3State* states[SM3_LANES];
  const uint8_t* blocks[SM3_LANES];
  HashStream* streams[SM3_LANES];
  size_t lanes = 0;
  size_t common = BLOCK_BYTES;
  for (const auto& [stream, block] : taken) {
    const auto bytes = block->bytes().subspan(stream->hashedBytes_);
    Sm3& sm3 = std::get<Sm3>(stream->hash_);
    const auto rest = sm3.takeToBoundary(bytes);
    stream->hashedBytes_ += bytes.size() - rest.size();
    if (rest.size() < SM3_BLOCK_BYTES) {
      sm3.update(rest);
      stream->hashedBytes_ += rest.size();
      continue;
    }
    states[lanes] = &sm3.words();
    blocks[lanes] = rest.data();
    streams[lanes] = stream;
    lanes += 1;
    common = std::min(common, rest.size() / SM3_BLOCK_BYTES * SM3_BLOCK_BYTES);
  }
  if (lanes == 0) return;
  lanes_->compress(states, blocks, lanes, common / SM3_BLOCK_BYTES);
  for (size_t lane = 0; lane < lanes; ++lane) {
    std::get<Sm3>(streams[lane]->hash_).countCompressed(common);
    streams[lane]->hashedBytes_ += common;
  }
}

void HashPool::putBack(const Taken& taken, std::vector<Block*>& finished) {
  finished.clear();
  const std::lock_guard lock(mutex_);
  for (const auto& [stream, block] : taken) {
    if (stream->hashedBytes_ == block->lengthBytes) {
      finished.push_back(block);
      stream->waiting_.pop_front();
      stream->hashedBytes_ = 0;
    }
    stream->taken_ = false;
    if (stream->waiting_.empty()) continue;
    readyFor(*stream).push_back(stream);
    ready_.notify_one();
  }
}

}  // namespace evidock
