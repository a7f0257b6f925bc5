#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace evidock {

/** Raised when accumulators of before could not be gone on with. */
inline constexpr const char* XXH64_VERSION = "1";

/** XXH64 with seed 0 (XXH64 of the xxHash specification): quick, and no proof against anybody who means harm. */
class Xxh64 {
 public:
  static constexpr size_t STRIPE_BYTES = 32;

  void update(std::span<const uint8_t> bytes);
  /** Most significant byte first, as it is written. */
  std::array<uint8_t, 8> digest() const;
  /** The four accumulators; only between stripes. */
  std::array<uint8_t, 32> state() const;
  void goOnFrom(const std::array<uint8_t, 32>& state, uint64_t totalBytes);

 private:
  void consume(const uint8_t* stripe);

  static constexpr uint64_t PRIME1 = 0x9E3779B185EBCA87U;
  static constexpr uint64_t PRIME2 = 0xC2B2AE3D27D4EB4FU;
  static constexpr uint64_t PRIME3 = 0x165667B19E3779F9U;
  static constexpr uint64_t PRIME4 = 0x85EBCA77C2B2AE63U;
  static constexpr uint64_t PRIME5 = 0x27D4EB2F165667C5U;

  std::array<uint64_t, 4> lanes_{PRIME1 + PRIME2, PRIME2, 0, 0 - PRIME1};
  std::array<uint8_t, STRIPE_BYTES> rest_{};
  uint64_t totalBytes_ = 0;
};

}  // namespace evidock
