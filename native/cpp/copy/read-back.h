#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "../hash/hash-pool.h"
#include "block-ring.h"
#include "checkpoint.h"
#include "descriptor.h"
#include "fault.h"
#include "watch.h"

namespace evidock {

/** What a device holds, and how it was made sure that it was the device that answered: direct, cache-dropped or unproven. */
struct AtRest {
  uint64_t sizeBytes = 0;
  std::string sha256;
  std::string readBack;
};

/** Threads and buffers that a job works with. */
struct Workshop {
  BlockRing& ring;
  HashPool& pool;
  Watch& watch;
  std::function<void(const Checkpoint&)> onCheckpoint;
};

/**
 * SHA-256 of a file's bytes past the page cache with O_DIRECT, or, where that is refused, after its flushed pages were
 * dropped. On file systems not known to honour either it is `unproven`. Faults are of the target's side.
 */
Result<AtRest> readFromDevice(const std::string& path, bool provenFileSystem, Workshop& workshop);

}  // namespace evidock
