#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "../hash/algorithm.h"

namespace evidock {

/** Bytes before a checkpoint by whose hash it is known again. */
inline constexpr size_t CHECKPOINT_TAIL_BYTES = 65'536;

/** Its hashes after the first `offset` bytes of a copy, which its target's device holds. See native/engine.ts. */
struct Checkpoint {
  uint64_t offset = 0;
  std::map<Algorithm, HashState> states;
  std::string tailSha256;
};

}  // namespace evidock
