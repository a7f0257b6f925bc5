#include "salvage.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace evidock {

namespace {

/** What a device says of a place on it, and not of itself: a camera that is gone is no hole. */
bool isOfPlace(int error) {
  return error == EIO || error == ENODATA || error == EILSEQ || error == EREMOTEIO || error == ETIMEDOUT || error == EBADMSG;
}

/** The border between two pieces: in the middle, where the system's pages and the card's sectors begin. */
uint64_t middleOf(uint64_t from, uint64_t to) { return (from + (to - from) / 2 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

}  // namespace

Result<size_t> Salvage::read(uint8_t* into, size_t lengthBytes, uint64_t offset) {
  const uint64_t to = std::min(offset + lengthBytes, source_.sizeBytes);
  if (offset >= to) return size_t{0};
  if (auto fault = fill(into, offset, to)) return *fault;
  return static_cast<size_t>(to - offset);
}

MaybeFault Salvage::fill(uint8_t* into, uint64_t from, uint64_t to) {
  while (from < to) {
    const ssize_t read = retrying([&] { return ::pread(source_.descriptor.get(), into, to - from, static_cast<off_t>(from)); });
    if (read == 0) return sourceFault("source.changed", "shorter than listed");
    if (read > 0) {
      from += static_cast<uint64_t>(read);
      into += read;
      continue;
    }
    if (!isOfPlace(errno)) return systemFault(Side::source, errno, "read");
    failedReads_ += 1;
    if (auto stopped = watch_.onBlock(from)) return stopped;
    const uint64_t middle = middleOf(from, to);
    if (middle >= to || failedReads_ > MOST_FAILED_READS) {
      std::memset(into, 0, to - from);
      addHole(from, to - from);
      return std::nullopt;
    }
    if (auto fault = fill(into, from, middle)) return fault;
    into += middle - from;
    from = middle;
  }
  return std::nullopt;
}

void Salvage::addHole(uint64_t offset, uint64_t lengthBytes) {
  if (!holes_.empty() && holes_.back().offset + holes_.back().lengthBytes == offset) {
    holes_.back().lengthBytes += lengthBytes;
  } else {
    holes_.push_back({offset, lengthBytes});
  }
}

}  // namespace evidock
