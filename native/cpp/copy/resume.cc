#include "resume.h"

#include <algorithm>

namespace evidock {

namespace {

/** Whether camera and target agree from `from` to `to`; what was read of the camera goes into the fingerprint. */
Result<bool> agree(uint64_t from, uint64_t to, const SourceFile& source, TargetFile& target, Fingerprint& fingerprint, Workshop& workshop) {
  for (uint64_t offset = from; offset < to;) {
    if (const auto stopped = workshop.watch.onBlock(offset)) return *stopped;
    Block& block = workshop.ring.next();
    adviseAround(source, offset, from);
    auto read = readSource(source, block.memory.get(), std::min<uint64_t>(BLOCK_BYTES, to - offset), offset);
    if (!read.ok()) return read.fault();
    block.lengthBytes = read.value();
    if (block.lengthBytes == 0) return false;
    auto same = target.samePrefix(block.bytes(), offset);
    if (!same.ok()) return same.fault();
    if (same.value() < block.lengthBytes) return false;
    fingerprint.update(block.bytes());
    offset += block.lengthBytes;
  }
  return true;
}

}  // namespace

Result<bool> bearsOut(const Checkpoint& checkpoint, uint64_t comparedBytes, const SourceFile& source, TargetFile& target,
                      Fingerprint& fingerprint, Workshop& workshop) {
  const uint64_t offset = checkpoint.offset;
  // Near the beginning, all of it would be compared anyway.
  if (comparedBytes == 0 || offset <= comparedBytes || offset % BLOCK_BYTES != 0) return false;
  if (offset > target.presentBytes() || offset >= source.sizeBytes) return false;
  auto tail = target.sha256Of(offset - CHECKPOINT_TAIL_BYTES, CHECKPOINT_TAIL_BYTES);
  if (!tail.ok()) return tail.fault();
  if (tail.value() != checkpoint.tailSha256) return false;
  const uint64_t from = offset - comparedBytes;
  auto head = agree(0, FINGERPRINT_SPAN, source, target, fingerprint, workshop);
  if (!head.ok() || !head.value()) return head;
  fingerprint.skip(from - FINGERPRINT_SPAN);
  return agree(from, offset, source, target, fingerprint, workshop);
}

}  // namespace evidock
