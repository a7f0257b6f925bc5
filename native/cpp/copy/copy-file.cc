#include "../hash/fingerprint.h"
#include "jobs.h"
#include "source-file.h"
#include "target-file.h"
#include "target-writer.h"

namespace evidock {

namespace {

/** Reads on until the end, an abort, or the first trouble on either side. */
MaybeFault readAll(const CopyJob& job, const SourceFile& source, TargetWriter& writer, HashStream& sha256, HashStream& sm3,
                   Fingerprint& fingerprint, uint64_t& offset, Workshop& workshop) {
  while (!writer.hasFailed()) {
    if (auto stopped = workshop.watch.onBlock(offset)) return stopped;
    Block& block = workshop.ring.next();
    adviseAround(source, offset);
    auto read = readSource(source, block.memory.get(), BLOCK_BYTES, offset);
    if (!read.ok()) return read.fault();
    if (read.value() == 0) return whyChanged(job.source, source, offset);
    block.lengthBytes = read.value();
    block.offset = offset;
    fingerprint.update(block.bytes());
    offset += block.lengthBytes;
    workshop.ring.publish(block, 3);
    writer.give(block);
    workshop.pool.give(sha256, block);
    workshop.pool.give(sm3, block);
  }
  return std::nullopt;
}

Result<Copied> transfer(const CopyJob& job, const SourceFile& source, TargetFile& target, Workshop& workshop) {
  HashStream sha256(HashStream::Algorithm::sha256);
  HashStream sm3(HashStream::Algorithm::sm3);
  Fingerprint fingerprint;
  Copied copied;
  {
    const DrainAtEnd drain(workshop.ring);
    TargetWriter writer(target);
    const auto sourceTrouble = readAll(job, source, writer, sha256, sm3, fingerprint, copied.sizeBytes, workshop);
    // Whatever the writer met, it met at an earlier byte than the reader.
    if (const auto targetTrouble = writer.finish()) return *targetTrouble;
    if (sourceTrouble) return *sourceTrouble;
    copied.resumedBytes = writer.resumedBytes();
  }
  if (const auto trouble = target.finish(copied.sizeBytes)) return *trouble;
  copied.sha256 = sha256.hexDigest();
  copied.sm3 = sm3.hexDigest();
  copied.fingerprint = fingerprint.digest();
  copied.writtenBytes = copied.sizeBytes - copied.resumedBytes;
  return copied;
}

Result<Copied> prove(const CopyJob& job, Copied copied, Workshop& workshop) {
  auto read = readFromDevice(job.target, job.provenFileSystem, copied.sizeBytes, workshop);
  if (!read.ok()) return read.fault();
  const AtRest& held = read.value();
  if (held.sha256 != copied.sha256 || held.sizeBytes != copied.sizeBytes) {
    return targetFault("vault.read-back-differs", "read " + copied.sha256 + ", device holds " + held.sha256);
  }
  copied.readBack = held.readBack;
  return copied;
}

}  // namespace

Result<Copied> copyFile(const CopyJob& job, Workshop& workshop) {
  auto source = openSource(job.source);
  if (!source.ok()) return source.fault();
  if (source.value().sizeBytes != job.listedBytes || source.value().mtimeNs != job.listedMtimeNs) {
    return sourceFault("source.changed", "size or time differs from the listing");
  }
  auto target = TargetFile::open(job.target);
  if (!target.ok()) return target.fault();
  if (const auto trouble = target.value().reserve(job.listedBytes)) return *trouble;
  auto copied = transfer(job, source.value(), target.value(), workshop);
  if (!copied.ok()) return copied;
  return prove(job, std::move(copied.value()), workshop);
}

}  // namespace evidock
