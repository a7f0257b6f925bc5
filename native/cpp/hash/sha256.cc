#include "sha256.h"

#include <cpuid.h>
#include <openssl/opensslv.h>

namespace evidock {

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
