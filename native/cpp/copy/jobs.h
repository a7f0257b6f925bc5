#pragma once
#include <cstdint>
#include <string>

#include "fault.h"
#include "read-back.h"

namespace evidock {

struct CopyJob {
  std::string source;
  std::string target;
  uint64_t listedBytes = 0;
  int64_t listedMtimeNs = 0;
  bool provenFileSystem = false;
};

struct Copied {
  uint64_t sizeBytes = 0;
  std::string sha256;
  std::string sm3;
  std::string fingerprint;
  std::string readBack;
  uint64_t resumedBytes = 0;
  uint64_t writtenBytes = 0;
};

struct Hashed {
  uint64_t sizeBytes = 0;
  std::string sha256;
  std::string fingerprint;
};

struct Fingerprinted {
  uint64_t sizeBytes = 0;
  std::string fingerprint;
};

// What each of these promises stands in native/engine.ts.
Result<Copied> copyFile(const CopyJob& job, Workshop& workshop);
Result<Hashed> hashFile(const std::string& path, Workshop& workshop);
Result<Fingerprinted> fingerprintFile(const std::string& path);

}  // namespace evidock
