#include <algorithm>
#include <vector>

#include "../hash/fingerprint.h"
#include "jobs.h"
#include "source-file.h"

namespace evidock {

namespace {

Result<std::vector<uint8_t>> readSpan(const SourceFile& source, uint64_t from, size_t length) {
  std::vector<uint8_t> span(length);
  auto read = readSource(source, span.data(), length, from);
  if (!read.ok()) return read.fault();
  if (read.value() < length) return sourceFault("source.changed", "shorter than listed");
  return span;
}

}  // namespace

Digests digestsOf(std::vector<HashStream> hashes) {
  Digests digests;
  for (HashStream& hash : hashes) digests[hash.algorithm()] = hash.hexDigest();
  return digests;
}

Result<Hashed> hashFile(const std::string& path, Workshop& workshop) {
  auto opened = openSource(path);
  if (!opened.ok()) return opened.fault();
  const SourceFile& source = opened.value();
  // This hash may decide whether a file is cleared: it should be of what the camera holds, not of what was read once.
  forgetCached(source);
  HashStream sha256(Algorithm::sha256);
  Fingerprint fingerprint;
  Hashed hashed;
  {
    const DrainAtEnd drain(workshop.ring);
    for (;;) {
      if (const auto stopped = workshop.watch.onBlock(hashed.sizeBytes)) return *stopped;
      Block& block = workshop.ring.next();
      adviseAround(source, hashed.sizeBytes);
      auto read = readSource(source, block.memory.get(), BLOCK_BYTES, hashed.sizeBytes);
      if (!read.ok()) return read.fault();
      if (read.value() == 0) break;
      block.lengthBytes = read.value();
      fingerprint.update(block.bytes());
      hashed.sizeBytes += block.lengthBytes;
      workshop.ring.publish(block, 1);
      workshop.pool.give(sha256, block);
    }
  }
  if (const auto changed = whyChanged(path, source, hashed.sizeBytes)) return *changed;
  hashed.sha256 = sha256.hexDigest();
  hashed.fingerprint = fingerprint.digest();
  return hashed;
}

Result<Beginning> hashBeginning(const BeginningJob& job, Workshop& workshop) {
  auto opened = openSource(job.source);
  if (!opened.ok()) return opened.fault();
  const SourceFile& source = opened.value();
  if (source.sizeBytes != job.listedBytes || source.mtimeNs != job.listedMtimeNs) {
    return sourceFault("source.changed", "size or time differs from the listing");
  }
  // Of what the camera holds now, and not of what the machine remembers of it.
  forgetCached(source);
  std::vector<HashStream> hashes(job.hashes.begin(), job.hashes.end());
  Beginning beginning;
  {
    const DrainAtEnd drain(workshop.ring);
    while (beginning.bytes < job.bytes) {
      if (const auto stopped = workshop.watch.onBlock(beginning.bytes)) return *stopped;
      Block& block = workshop.ring.next();
      adviseAround(source, beginning.bytes);
      const auto wanted = static_cast<size_t>(std::min<uint64_t>(BLOCK_BYTES, job.bytes - beginning.bytes));
      auto read = readSource(source, block.memory.get(), wanted, beginning.bytes);
      if (!read.ok()) return read.fault();
      if (read.value() == 0) return sourceFault("source.changed", "shorter than listed");
      block.lengthBytes = read.value();
      beginning.bytes += block.lengthBytes;
      workshop.ring.publish(block, static_cast<int>(hashes.size()));
      for (HashStream& hash : hashes) workshop.pool.give(hash, block);
    }
  }
  if (const auto changed = whyChanged(job.source, source, job.listedBytes)) return *changed;
  beginning.digests = digestsOf(std::move(hashes));
  return beginning;
}

Result<Fingerprinted> fingerprintFile(const std::string& path) {
  auto opened = openSource(path);
  if (!opened.ok()) return opened.fault();
  const uint64_t sizeBytes = opened.value().sizeBytes;
  const auto span = static_cast<size_t>(std::min<uint64_t>(FINGERPRINT_SPAN, sizeBytes));
  auto head = readSpan(opened.value(), 0, span);
  if (!head.ok()) return head.fault();
  auto tail = readSpan(opened.value(), sizeBytes - span, span);
  if (!tail.ok()) return tail.fault();
  return Fingerprinted{sizeBytes, fingerprintOf(sizeBytes, head.value(), tail.value())};
}

}  // namespace evidock
