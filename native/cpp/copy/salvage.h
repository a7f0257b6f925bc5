#pragma once
#include <cstdint>
#include <vector>

#include "jobs.h"
#include "source-file.h"
#include "watch.h"

namespace evidock {

/**
 * Reads a source around what its device cannot read: a piece that fails is tried again in halves, down to 4 kB on their own
 * borders, and what fails then is a hole. Every failing read of a bad card may take seconds, so after `MOST_FAILED_READS` of
 * them a piece that fails is a hole as it is. See native/decisions/0004-holes.md.
 */
class Salvage {
 public:
  static constexpr size_t MOST_FAILED_READS = 4096;

  Salvage(const SourceFile& source, Watch& watch) : source_(source), watch_(watch) {}
  /** Like `readSource`, but for holes, and nothing beyond the size it had; a fault when the camera is gone, or when asked to stop. */
  Result<size_t> read(uint8_t* into, size_t lengthBytes, uint64_t offset);
  /** In order, none touching the next. */
  const std::vector<Hole>& holes() const { return holes_; }

 private:
  MaybeFault fill(uint8_t* into, uint64_t from, uint64_t to);
  void addHole(uint64_t offset, uint64_t lengthBytes);

  const SourceFile& source_;
  Watch& watch_;
  std::vector<Hole> holes_;
  size_t failedReads_ = 0;
};

}  // namespace evidock
