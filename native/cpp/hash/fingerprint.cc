#include "fingerprint.h"

#include <algorithm>

#include "sha256.h"

namespace evidock {

std::string fingerprintOf(uint64_t sizeBytes, std::span<const uint8_t> head, std::span<const uint8_t> tail) {
  const std::string size = std::to_string(sizeBytes) + "\n";
  Sha256 hash;
  hash.update({reinterpret_cast<const uint8_t*>(size.data()), size.size()});
  hash.update(head);
  hash.update(tail);
  return hexOf(hash.digest());
}

void Fingerprint::update(std::span<const uint8_t> block) {
  sizeBytes_ += block.size();
  const size_t wanted = std::min(FINGERPRINT_SPAN - head_.size(), block.size());
  head_.insert(head_.end(), block.begin(), block.begin() + static_cast<ptrdiff_t>(wanted));
  const auto last = block.last(std::min(FINGERPRINT_SPAN, block.size()));
  const size_t kept = std::min(tail_.size(), FINGERPRINT_SPAN - last.size());
  tail_.erase(tail_.begin(), tail_.end() - static_cast<ptrdiff_t>(kept));
  tail_.insert(tail_.end(), last.begin(), last.end());
}

}  // namespace evidock
