#pragma once
#include <array>
#include <cstdint>
#include <string>

namespace evidock {

/** Bytes before a checkpoint by whose hash it is known again. */
inline constexpr size_t CHECKPOINT_TAIL_BYTES = 65'536;

/** Both hashes after the first `offset` bytes of a copy, which its target's device holds. See native/engine.ts. */
struct Checkpoint {
  uint64_t offset = 0;
  std::array<uint8_t, 32> sha256State{};
  std::array<uint8_t, 32> sm3State{};
  std::string tailSha256;
};

}  // namespace evidock
