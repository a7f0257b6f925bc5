#pragma once
#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace evidock {

/** SHA-256 by libcrypto, linked statically with hidden symbols. See native/decisions/0001-hashes.md. */
class Sha256 {
 public:
  Sha256() { SHA256_Init(&context_); }
  void update(std::span<const uint8_t> bytes) { SHA256_Update(&context_, bytes.data(), bytes.size()); }
  std::array<uint8_t, 32> digest() {
    std::array<uint8_t, 32> out;
    SHA256_Final(out.data(), &context_);
    return out;
  }

  /** The chaining value in the byte order of a digest; only between blocks of 64 bytes. */
  std::array<uint8_t, 32> state() const;
  /** Stands where a hash stood whose chaining value this was, after so many bytes, of whole blocks. */
  void goOnFrom(const std::array<uint8_t, 32>& state, uint64_t totalBytes);

 private:
  SHA256_CTX context_;
};

/** Eight words of a chaining value as bytes, most significant first, and back. */
std::array<uint8_t, 32> bytesOfWords(std::span<const uint32_t, 8> words);
std::array<uint32_t, 8> wordsOfBytes(const std::array<uint8_t, 32>& bytes);

std::string hexOf(std::span<const uint8_t> bytes);

/** Whether libcrypto finds the processor's SHA instructions. */
bool hasShaInstructions();
std::string libcryptoVersion();

}  // namespace evidock
