#include "sha256.h"

#include <cpuid.h>
#include <openssl/opensslv.h>

#include <algorithm>

namespace evidock {

std::array<uint8_t, 32> bytesOfWords(std::span<const uint32_t, 8> words) {
  std::array<uint8_t, 32> bytes;
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(words[i / 4] >> (24 - 8 * (i % 4)));
  return bytes;
}

std::array<uint32_t, 8> wordsOfBytes(const std::array<uint8_t, 32>& bytes) {
  std::array<uint32_t, 8> words{};
  for (size_t i = 0; i < bytes.size(); ++i) words[i / 4] = words[i / 4] << 8 | bytes[i];
  return words;
}

std::array<uint8_t, 32> Sha256::state() const { return bytesOfWords(context_.h); }

void Sha256::goOnFrom(const std::array<uint8_t, 32>& state, uint64_t totalBytes) {
  SHA256_Init(&context_);
  std::ranges::copy(wordsOfBytes(state), context_.h);
  // The library counts bits in two words.
  context_.Nl = static_cast<SHA_LONG>(totalBytes << 3);
  context_.Nh = static_cast<SHA_LONG>(totalBytes >> 29);
}

std::string hexOf(std::span<const uint8_t> bytes) {
  static constexpr char DIGITS[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const uint8_t byte : bytes) {
    out.push_back(DIGITS[byte >> 4]);
    out.push_back(DIGITS[byte & 15]);
  }
  return out;
}

bool hasShaInstructions() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & (1U << 29)) != 0;
}

std::string libcryptoVersion() { return OPENSSL_VERSION_STR; }

}  // namespace evidock
