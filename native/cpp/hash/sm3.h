#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace evidock {

/** SM3 (GB/T 32905-2016, GM/T 0004-2012). The chaining value alone; plain words, so that it can be written down. */
struct Sm3State {
  std::array<uint32_t, 8> words{0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e};
};

inline constexpr size_t SM3_BLOCK_BYTES = 64;
inline constexpr size_t SM3_LANES = 8;
/** Raised when a chaining value of before could not be gone on with. */
inline constexpr const char* SM3_VERSION = "1";

void compressSm3(Sm3State& state, const uint8_t* blocks, size_t count);

/** A way to hash `lanes` streams side by side, at most 8, each with `count` blocks of its own. */
struct Sm3Lanes {
  const char* name;
  void (*compress)(Sm3State* const* states, const uint8_t* const* blocks, size_t lanes, size_t count);
  /** From so many streams on, that is faster than one after the other. */
  size_t worth;
};
void compressSm3Avx2(Sm3State* const* states, const uint8_t* const* blocks, size_t lanes, size_t count);
void compressSm3Avx512(Sm3State* const* states, const uint8_t* const* blocks, size_t lanes, size_t count);

/** The ways that this processor has, the best one first. */
std::span<const Sm3Lanes> sm3Lanes();

/** One stream being hashed: state, and the bytes that do not fill a block yet. */
class Sm3 {
 public:
  void update(std::span<const uint8_t> bytes);
  std::array<uint8_t, 32> digest();

  /** Takes bytes until the stream stands on a block boundary; what is left of `bytes` begins there. */
  std::span<const uint8_t> takeToBoundary(std::span<const uint8_t> bytes);
  /** For whole blocks that were compressed from outside, side by side with other streams. */
  Sm3State& words() { return state_; }
  void countCompressed(size_t bytes) { totalBytes_ += bytes; }

  /** The chaining value in the byte order of a digest; only between blocks of 64 bytes. */
  std::array<uint8_t, 32> state() const;
  /** Stands where a hash stood whose chaining value this was, after so many bytes, of whole blocks. */
  void goOnFrom(const std::array<uint8_t, 32>& state, uint64_t totalBytes);

 private:
  Sm3State state_;
  std::array<uint8_t, SM3_BLOCK_BYTES> rest_{};
  size_t restBytes_ = 0;
  uint64_t totalBytes_ = 0;
};

}  // namespace evidock
