#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "block-ring.h"
#include "descriptor.h"
#include "fault.h"

namespace evidock {

/**
 * The partial's file being filled, by one thread. Whole aligned pieces go past the page cache (O_DIRECT) where the file
 * system takes that; the end of the file, and everything elsewhere, goes through the cache and is dropped after the flush.
 */
class TargetFile {
 public:
  static Result<TargetFile> open(const std::string& path);

  /** Bytes the file held when it was opened. */
  uint64_t presentBytes() const { return presentBytes_; }
  /** Takes the room for the whole file at once, beyond its end, so that it lies in one piece and a full disk is known early. */
  MaybeFault reserve(uint64_t sizeBytes);
  /** How many leading bytes of `bytes` the file holds at `offset` already. */
  Result<size_t> samePrefix(std::span<const uint8_t> bytes, uint64_t offset);
  /** SHA-256 of bytes that the file holds already, at most a block; what it does not hold is left out. */
  Result<std::string> sha256Of(uint64_t offset, size_t lengthBytes);
  /** Writes all of a block from its byte `from` on. */
  MaybeFault write(std::span<const uint8_t> block, uint64_t blockOffset, size_t from);
  /** Makes what was written so far outlast a power cut. May be called while another thread writes; not again after it failed. */
  MaybeFault flush();
  /** Gives the file its size and flushes it; what went through the cache leaves it. */
  MaybeFault finish(uint64_t sizeBytes);

 private:
  explicit TargetFile(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
  /** Reads what the file holds already into `compared_`, and says how much that was. */
  Result<size_t> readPresent(uint64_t offset, size_t lengthBytes);
  MaybeFault setDirect(bool direct);
  MaybeFault startFlushing(uint64_t writtenTo);

  Descriptor descriptor_;
  uint64_t presentBytes_ = 0;
  uint64_t reservedBytes_ = 0;
  bool directWorks_ = true;
  bool direct_ = false;
  uint64_t flushStartedTo_ = 0;
  AlignedBytes compared_;
};

}  // namespace evidock
