#pragma once
#include "../hash/fingerprint.h"
#include "checkpoint.h"
#include "jobs.h"
#include "source-file.h"
#include "target-file.h"

namespace evidock {

/**
 * Whether a copy may go on from a checkpoint: the target still ends there as it did, and the camera's first 64 kB and the
 * `comparedBytes` before it are those of the target. Everything it reads of the camera goes into `fingerprint`, which stands
 * at the checkpoint then. Neither this nor the checkpoint proves what lies between: see `Copied::unread`.
 */
Result<bool> bearsOut(const Checkpoint& checkpoint, uint64_t comparedBytes, const SourceFile& source, TargetFile& target,
                      Fingerprint& fingerprint, Workshop& workshop);

}  // namespace evidock
