#pragma once
#include <openssl/md5.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

namespace evidock {

/** MD5 by libcrypto, for manifests of others that know nothing better; proves nothing against anybody who means harm. */
class Md5 {
 public:
  Md5() { MD5_Init(&context_); }
  void update(std::span<const uint8_t> bytes) { MD5_Update(&context_, bytes.data(), bytes.size()); }
  std::array<uint8_t, MD5_DIGEST_LENGTH> digest() {
    std::array<uint8_t, MD5_DIGEST_LENGTH> out;
    MD5_Final(out.data(), &context_);
    return out;
  }

  /** The chaining value in the byte order of a digest, and zeros; only between blocks of 64 bytes. */
  std::array<uint8_t, 32> state() const {
    const std::array<MD5_LONG, 4> words{context_.A, context_.B, context_.C, context_.D};
    std::array<uint8_t, 32> out{};
    std::memcpy(out.data(), words.data(), sizeof words);
    return out;
  }
  /** Stands where a hash stood whose chaining value this was, after so many bytes, of whole blocks. */
  void goOnFrom(const std::array<uint8_t, 32>& state, uint64_t totalBytes) {
    static_assert(std::endian::native == std::endian::little, "MD5 has its words that way round");
    std::array<MD5_LONG, 4> words;
    std::memcpy(words.data(), state.data(), sizeof words);
    MD5_Init(&context_);
    context_.A = words[0];
    context_.B = words[1];
    context_.C = words[2];
    context_.D = words[3];
    // The library counts bits in two words.
    context_.Nl = static_cast<MD5_LONG>(totalBytes << 3);
    context_.Nh = static_cast<MD5_LONG>(totalBytes >> 29);
  }

 private:
  MD5_CTX context_;
};

}  // namespace evidock
