#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint.h"
#include "fault.h"
#include "read-back.h"

namespace evidock {

struct CopyJob {
  std::string source;
  std::string target;
  uint64_t listedBytes = 0;
  int64_t listedMtimeNs = 0;
  /** A checkpoint each so many bytes, and as many compared on going on from one; 0 for none. */
  uint64_t checkpointBytes = 0;
  std::optional<Checkpoint> from;
  /** Reads around what cannot be read, and says where that was. */
  bool salvage = false;
  /** The source is a block device. */
  bool device = false;
  std::vector<Algorithm> hashes;
};

/** Bytes of a source that could not be read; in the copy zeros stand for them. */
struct Hole {
  uint64_t offset = 0;
  uint64_t lengthBytes = 0;
};

/** In hexadecimal. */
using Digests = std::map<Algorithm, std::string>;

/** Hashes of the first bytes of a file. */
struct Beginning {
  uint64_t bytes = 0;
  Digests digests;
};

struct Copied {
  uint64_t sizeBytes = 0;
  Digests digests;
  std::string fingerprint;
  uint64_t resumedBytes = 0;
  uint64_t writtenBytes = 0;
  /** What was taken from a checkpoint and not read from the source. */
  std::optional<Beginning> unread;
  /** In order, none touching the next. */
  std::vector<Hole> holes;
};

struct Hashed {
  uint64_t sizeBytes = 0;
  std::string sha256;
  std::string fingerprint;
};

struct BeginningJob {
  std::string source;
  uint64_t listedBytes = 0;
  int64_t listedMtimeNs = 0;
  uint64_t bytes = 0;
  std::vector<Algorithm> hashes;
};

struct Fingerprinted {
  uint64_t sizeBytes = 0;
  std::string fingerprint;
};

/** Ends the streams. */
Digests digestsOf(std::vector<HashStream> hashes);

// What each of these promises stands in native/engine.ts.
Result<Copied> copyFile(const CopyJob& job, Workshop& workshop);
Result<Hashed> hashFile(const std::string& path, Workshop& workshop);
Result<Beginning> hashBeginning(const BeginningJob& job, Workshop& workshop);
Result<Fingerprinted> fingerprintFile(const std::string& path);

}  // namespace evidock
