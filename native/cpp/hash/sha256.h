#pragma once
#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace evidock {

/** SHA-256 by libcrypto, linked statically with hidden symbols. See native/decisions/hashes.md. */
class Sha256 {
 public:
  Sha256() { SHA256_Init(&context_); }
  void update(std::span<const uint8_t> bytes) { SHA256_Update(&context_, bytes.data(), bytes.size()); }
  std::array<uint8_t, 32> digest() {
    std::array<uint8_t, 32> out;
    SHA256_Final(out.data(), &context_);
    return out;
  }

 private:
  SHA256_CTX context_;
};

std::string hexOf(std::span<const uint8_t> bytes);

/** Whether libcrypto finds the processor's SHA instructions. */
bool hasShaInstructions();
std::string libcryptoVersion();

}  // namespace evidock
