#include "xxh64.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace evidock {

namespace {

static_assert(std::endian::native == std::endian::little, "the specification reads little-endian words");

uint64_t word64(const uint8_t* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

uint32_t word32(const uint8_t* bytes) {
  uint32_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

}  // namespace

void Xxh64::consume(const uint8_t* stripe) {
  for (size_t lane = 0; lane < lanes_.size(); ++lane) {
    lanes_[lane] = std::rotl(lanes_[lane] + word64(stripe + 8 * lane) * PRIME2, 31) * PRIME1;
  }
}

void Xxh64::update(std::span<const uint8_t> bytes) {
  const size_t begun = totalBytes_ % STRIPE_BYTES;
  totalBytes_ += bytes.size();
  if (begun > 0) {
    const auto first = bytes.first(std::min(bytes.size(), STRIPE_BYTES - begun));
    std::ranges::copy(first, rest_.begin() + static_cast<ptrdiff_t>(begun));
    bytes = bytes.subspan(first.size());
    if (begun + first.size() < STRIPE_BYTES) return;
    consume(rest_.data());
  }
  for (; bytes.size() >= STRIPE_BYTES; bytes = bytes.subspan(STRIPE_BYTES)) consume(bytes.data());
  std::ranges::copy(bytes, rest_.begin());
}

std::array<uint8_t, 8> Xxh64::digest() const {
  uint64_t hash = lanes_[2] + PRIME5;
  if (totalBytes_ >= STRIPE_BYTES) {
    hash = std::rotl(lanes_[0], 1) + std::rotl(lanes_[1], 7) + std::rotl(lanes_[2], 12) + std::rotl(lanes_[3], 18);
    for (const uint64_t lane : lanes_) hash = (hash ^ (std::rotl(lane * PRIME2, 31) * PRIME1)) * PRIME1 + PRIME4;
  }
  hash += totalBytes_;
  const uint8_t* at = rest_.data();
  const uint8_t* end = at + totalBytes_ % STRIPE_BYTES;
  for (; at + 8 <= end; at += 8) hash = std::rotl(hash ^ (std::rotl(word64(at) * PRIME2, 31) * PRIME1), 27) * PRIME1 + PRIME4;
  if (at + 4 <= end) {
    hash = std::rotl(hash ^ (word32(at) * PRIME1), 23) * PRIME2 + PRIME3;
    at += 4;
  }
  for (; at < end; ++at) hash = std::rotl(hash ^ (*at * PRIME5), 11) * PRIME1;
  hash = (hash ^ (hash >> 33)) * PRIME2;
  hash = (hash ^ (hash >> 29)) * PRIME3;
  hash ^= hash >> 32;
  std::array<uint8_t, 8> out;
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<uint8_t>(hash >> (56 - 8 * i));
  return out;
}

std::array<uint8_t, 32> Xxh64::state() const {
  std::array<uint8_t, 32> out;
  std::memcpy(out.data(), lanes_.data(), out.size());
  return out;
}

void Xxh64::goOnFrom(const std::array<uint8_t, 32>& state, uint64_t totalBytes) {
  std::memcpy(lanes_.data(), state.data(), state.size());
  totalBytes_ = totalBytes;
}

}  // namespace evidock
