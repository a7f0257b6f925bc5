#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

#include "fault.h"

namespace evidock {

/** Between two blocks a job tells how far it is, at most ten times a second, and learns whether it should stop. */
class Watch {
 public:
  Watch(const std::atomic<bool>& aborted, std::function<void(uint64_t)> tell) : aborted_(aborted), tell_(std::move(tell)) {}

  MaybeFault onBlock(uint64_t doneBytes) {
    if (aborted_.load(std::memory_order_relaxed)) return sourceFault("docking.interrupted", "stopped");
    const auto now = std::chrono::steady_clock::now();
    if (now - toldAt_ < std::chrono::milliseconds(100)) return std::nullopt;
    toldAt_ = now;
    tell_(doneBytes);
    return std::nullopt;
  }

 private:
  const std::atomic<bool>& aborted_;
  std::function<void(uint64_t)> tell_;
  std::chrono::steady_clock::time_point toldAt_ = std::chrono::steady_clock::now();
};

}  // namespace evidock
