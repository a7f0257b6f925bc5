#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace evidock {

/** Bytes of head and of tail that go into a fingerprint. */
inline constexpr size_t FINGERPRINT_SPAN = 65'536;

/** SHA-256 over the size (decimal, newline), the first and the last 64 kB of a file; short files have them overlap. */
std::string fingerprintOf(uint64_t sizeBytes, std::span<const uint8_t> head, std::span<const uint8_t> tail);

/** Collects head and tail of a stream of blocks. */
class Fingerprint {
 public:
  void update(std::span<const uint8_t> block);
  /** Goes over bytes that are in neither, for head is full and a tail comes after them. */
  void skip(uint64_t bytes) { sizeBytes_ += bytes; }
  std::string digest() const { return fingerprintOf(sizeBytes_, head_, tail_); }

 private:
  uint64_t sizeBytes_ = 0;
  std::vector<uint8_t> head_;
  std::vector<uint8_t> tail_;
};

}  // namespace evidock
