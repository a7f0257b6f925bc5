#include "engine.h"

#include <exception>

#include "copy/thread-name.h"

namespace evidock {

namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

template <class T>
Outcome outcomeOf(Result<T> result) {
  if (!result.ok()) return result.fault();
  return std::move(result.value());
}

}  // namespace

Engine::Engine(size_t slots, size_t hashThreads, Listener listener)
    : slots_(slots), listener_(std::move(listener)), pool_(hashThreads, LaneUse::whenSeveral, sm3Lanes().empty() ? nullptr : sm3Lanes().data()) {
  threads_.reserve(slots);
}

Engine::~Engine() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    for (auto& [id, running] : known_) running->aborted = true;
    submitted_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

void Engine::submit(uint32_t id, Job job, bool aborted) {
  auto running = std::make_shared<Running>();
  running->id = id;
  running->job = std::move(job);
  running->aborted = aborted;
  const std::lock_guard lock(mutex_);
  // First, because it can fail: a job that nobody will take is not queued.
  if (idle_ <= queue_.size() && threads_.size() < slots_) threads_.emplace_back([this] { work(); });
  known_.emplace(id, running);
  queue_.push_back(std::move(running));
  submitted_.notify_one();
}

void Engine::abort(uint32_t id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = known_.find(id); found != known_.end()) found->second->aborted = true;
}

void Engine::work() {
  nameThread("evidock read");
  BlockRing ring;
  for (;;) {
    std::shared_ptr<Running> running;
    {
      std::unique_lock lock(mutex_);
      idle_ += 1;
      submitted_.wait(lock, [this] { return closing_ || !queue_.empty(); });
      idle_ -= 1;
      if (queue_.empty()) return;
      running = std::move(queue_.front());
      queue_.pop_front();
    }
    Outcome outcome = Bug{};
    try {
      outcome = run(*running, ring);
    } catch (const std::exception& error) {
      outcome = Bug{error.what()};
    }
    {
      const std::lock_guard lock(mutex_);
      known_.erase(running->id);
    }
    listener_.onOutcome(running->id, std::move(outcome));
  }
}

Outcome Engine::run(Running& running, BlockRing& ring) {
  Watch watch(running.aborted, [&](uint64_t doneBytes) { listener_.onProgress(running.id, doneBytes); });
  Workshop workshop{ring, pool_, watch, [&](const Checkpoint& checkpoint) { listener_.onCheckpoint(running.id, checkpoint); }};
  return std::visit(Overloaded{
                        [&](const CopyJob& job) { return outcomeOf(copyFile(job, workshop)); },
                        [&](const HashJob& job) { return outcomeOf(hashFile(job.source, workshop)); },
                        [&](const BeginningJob& job) { return outcomeOf(hashBeginning(job, workshop)); },
                        [&](const FingerprintJob& job) { return outcomeOf(fingerprintFile(job.source)); },
                        [&](const AtRestJob& job) { return outcomeOf(readFromDevice(job.file, job.provenFileSystem, workshop)); },
                    },
                    running.job);
}

}  // namespace evidock
