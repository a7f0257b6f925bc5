#pragma once
#include <array>
#include <cstdint>

namespace evidock {

/** SHA-256 and SM3 are made of every copy, the others where they are asked for. */
enum class Algorithm { sha256, sm3, md5, xxh64 };

/** What a hash is between two blocks, at most 32 bytes, zeros behind it. */
using HashState = std::array<uint8_t, 32>;

/** As JavaScript names it. */
constexpr const char* nameOf(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::sha256:
      return "sha256";
    case Algorithm::sm3:
      return "sm3";
    case Algorithm::md5:
      return "md5";
    case Algorithm::xxh64:
      return "xxh64";
  }
  return "";
}

}  // namespace evidock
