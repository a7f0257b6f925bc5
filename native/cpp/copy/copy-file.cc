#include <cerrno>

#include "../hash/fingerprint.h"
#include "checkpointer.h"
#include "jobs.h"
#include "resume.h"
#include "salvage.h"
#include "source-file.h"
#include "target-file.h"
#include "target-writer.h"

namespace evidock {

namespace {

/** Everything that is made of a source while it is read. */
struct Reading {
  std::vector<HashStream> hashes;
  Fingerprint fingerprint;
};

/** Reads on until the end, an abort, or the first trouble on either side. */
MaybeFault readAll(const CopyJob& job, const SourceFile& source, TargetWriter& writer, Checkpointer& checkpointer, Reading& reading,
                   Copied& copied, Workshop& workshop) {
  uint64_t& offset = copied.sizeBytes;
  const uint64_t begunAt = offset;
  Salvage salvage(source, workshop.watch);
  while (!writer.hasFailed() && !checkpointer.hasFailed()) {
    if (auto stopped = workshop.watch.onBlock(offset)) return stopped;
    Block& block = workshop.ring.next();
    adviseAround(source, offset, begunAt);
    auto read = job.salvage ? salvage.read(block.memory.get(), BLOCK_BYTES, offset) : readSource(source, block.memory.get(), BLOCK_BYTES, offset);
    if (!read.ok()) return read.fault();
    if (read.value() == 0) {
      copied.holes = salvage.holes();
      return whyChanged(job.source, source, offset);
    }
    block.lengthBytes = read.value();
    block.offset = offset;
    reading.fingerprint.update(block.bytes());
    offset += block.lengthBytes;
    workshop.ring.publish(block, 1 + static_cast<int>(reading.hashes.size()));
    writer.give(block);
    for (HashStream& hash : reading.hashes) workshop.pool.give(hash, block);
  }
  return std::nullopt;
}

/** Goes on from the job's checkpoint where that is borne out, and says what of the source is left unread so. */
Result<std::optional<Beginning>> resume(const CopyJob& job, const SourceFile& source, TargetFile& target, Reading& reading,
                                        Workshop& workshop) {
  if (!job.from) return std::optional<Beginning>{};
  Fingerprint fingerprint;
  auto borneOut = bearsOut(*job.from, job.checkpointBytes, source, target, fingerprint, workshop);
  if (!borneOut.ok()) return borneOut.fault();
  if (!borneOut.value()) return std::optional<Beginning>{};
  const uint64_t offset = job.from->offset;
  reading.fingerprint = std::move(fingerprint);
  for (HashStream& hash : reading.hashes) hash.goOnFrom(job.from->states.at(hash.algorithm()), offset);
  // Of a copy: a digest ends what it is asked of.
  return std::optional<Beginning>{{offset, digestsOf(std::vector(reading.hashes))}};
}

Result<Copied> transfer(const CopyJob& job, const SourceFile& source, TargetFile& target, Workshop& workshop) {
  Reading reading{{job.hashes.begin(), job.hashes.end()}, {}};
  Copied copied;
  auto resumed = resume(job, source, target, reading, workshop);
  if (!resumed.ok()) return resumed.fault();
  copied.unread = std::move(resumed.value());
  const uint64_t begunAt = copied.unread ? copied.unread->bytes : 0;
  copied.sizeBytes = begunAt;
  Checkpointer checkpointer(target, reading.hashes.size(), job.checkpointBytes, source.sizeBytes, workshop.onCheckpoint);
  for (HashStream& stream : reading.hashes) {
    stream.afterEach([&checkpointer](const HashStream& of, const Block& block) { checkpointer.hashed(of, block); });
  }
  {
    const DrainAtEnd drain(workshop.ring);
    TargetWriter writer(target, checkpointer);
    const auto sourceTrouble = readAll(job, source, writer, checkpointer, reading, copied, workshop);
    // Whatever the writer met, it met at an earlier byte than the reader.
    if (const auto targetTrouble = writer.finish()) return *targetTrouble;
    if (sourceTrouble) return *sourceTrouble;
    copied.resumedBytes = begunAt + writer.resumedBytes();
  }
  // There is nothing to keep.
  if (copied.sizeBytes > 0 && !copied.holes.empty() && copied.holes.front().lengthBytes == copied.sizeBytes) {
    return systemFault(Side::source, EIO, "no byte of it can be read");
  }
  // Its flush and the last one report a failure to whoever comes first, so it ends before that.
  if (const auto trouble = checkpointer.finish()) return *trouble;
  if (const auto trouble = target.finish(copied.sizeBytes)) return *trouble;
  copied.digests = digestsOf(std::move(reading.hashes));
  copied.fingerprint = reading.fingerprint.digest();
  copied.writtenBytes = copied.sizeBytes - copied.resumedBytes;
  return copied;
}

}  // namespace

Result<Copied> copyFile(const CopyJob& job, Workshop& workshop) {
  auto source = job.device ? openDevice(job.source) : openSource(job.source);
  if (!source.ok()) return source.fault();
  if (source.value().sizeBytes != job.listedBytes || source.value().mtimeNs != job.listedMtimeNs) {
    return sourceFault("source.changed", "size or time differs from the listing");
  }
  auto target = TargetFile::open(job.target);
  if (!target.ok()) return target.fault();
  if (const auto trouble = target.value().reserve(job.listedBytes)) return *trouble;
  return transfer(job, source.value(), target.value(), workshop);
}

}  // namespace evidock
