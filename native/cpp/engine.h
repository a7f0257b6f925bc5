#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "copy/checkpoint.h"
#include "copy/jobs.h"
#include "hash/hash-pool.h"

namespace evidock {

struct HashJob {
  std::string source;
};
struct FingerprintJob {
  std::string source;
};
struct AtRestJob {
  std::string file;
  bool provenFileSystem = false;
};
using Job = std::variant<CopyJob, HashJob, BeginningJob, FingerprintJob, AtRestJob>;

/** A thrown exception is a bug; what it said. */
struct Bug {
  std::string what;
};
using Outcome = std::variant<Copied, Hashed, Beginning, Fingerprinted, AtRest, Fault, Bug>;

/**
 * Runs jobs on threads of its own: `slots` of them read, and have one writing thread each while they copy; the hash
 * threads are shared. Jobs start in the order they come. The listener is called on those threads.
 */
class Engine {
 public:
  struct Listener {
    std::function<void(uint32_t id, uint64_t doneBytes)> onProgress;
    std::function<void(uint32_t id, const Checkpoint& checkpoint)> onCheckpoint;
    std::function<void(uint32_t id, Outcome outcome)> onOutcome;
  };

  Engine(size_t slots, size_t hashThreads, Listener listener);
  /** Stops every job at its next block and waits for that; jobs not begun end as interrupted too. */
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void submit(uint32_t id, Job job, bool aborted);
  void abort(uint32_t id);

 private:
  struct Running {
    uint32_t id;
    Job job;
    std::atomic<bool> aborted{false};
  };

  void work();
  Outcome run(Running& running, BlockRing& ring);

  const size_t slots_;
  const Listener listener_;
  HashPool pool_;
  std::mutex mutex_;
  std::condition_variable submitted_;
  std::deque<std::shared_ptr<Running>> queue_;
  std::unordered_map<uint32_t, std::shared_ptr<Running>> known_;
  size_t idle_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace evidock
