#pragma once
#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "block-ring.h"
#include "descriptor.h"
#include "fault.h"

namespace evidock {

/** A source open for reading, and the facts by which a change is noticed. */
struct SourceFile {
  Descriptor descriptor;
  uint64_t sizeBytes = 0;
  int64_t mtimeNs = 0;
  dev_t device = 0;
  ino_t inode = 0;
  /** A block device has no time of its own: `mtimeNs` is 0. */
  bool isDevice = false;
};

/** Opens a file on a camera: not through a link, not waiting on a pipe, and only if it is a regular file. */
Result<SourceFile> openSource(const std::string& path);

/** Opens a block device, and nothing else, not through a link. */
Result<SourceFile> openDevice(const std::string& path);

/**
 * Reads ahead of `offset`, and lets go of what was read before it since `begunAt`: a camera's 64 GB must not push out the
 * machine's cache.
 */
void adviseAround(const SourceFile& source, uint64_t offset, uint64_t begunAt = 0);
void forgetCached(const SourceFile& source);

/** Fills a block from `offset`, however short the single reads are; less than a block only at the end of the file. */
Result<size_t> readSource(const SourceFile& source, uint8_t* into, size_t lengthBytes, uint64_t offset);

/** `source.changed` unless file and path are still what was opened and `readBytes` of it were read. */
MaybeFault whyChanged(const std::string& path, const SourceFile& source, uint64_t readBytes);

}  // namespace evidock
