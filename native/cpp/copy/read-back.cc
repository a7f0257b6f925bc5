#include "read-back.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace evidock {

namespace {

struct Held {
  uint64_t sizeBytes = 0;
  std::string sha256;
};

/** One block, short only at the end of the file. A direct read may only go on from an aligned place. */
Result<size_t> readBlock(int fd, uint8_t* into, uint64_t offset, bool direct) {
  size_t filled = 0;
  while (filled < BLOCK_BYTES) {
    const ssize_t read = retrying([&] { return ::pread(fd, into + filled, BLOCK_BYTES - filled, static_cast<off_t>(offset + filled)); });
    if (read < 0) return systemFault(Side::target, errno, "read");
    if (read == 0) break;
    const size_t reached = filled + static_cast<size_t>(read);
    if (!direct || reached % ALIGNMENT == 0) {
      filled = reached;
      continue;
    }
    struct stat facts;
    if (::fstat(fd, &facts) != 0) return systemFault(Side::target, errno, "fstat");
    if (offset + reached >= static_cast<uint64_t>(facts.st_size)) return reached;
    // Short in the middle of the file: the broken piece is read again, since some file systems would take a direct read from
    // there out of the cache without a word. One that never reads a whole piece is no use for this.
    const size_t aligned = reached / ALIGNMENT * ALIGNMENT;
    if (aligned == filled) return systemFault(Side::target, EINVAL, "read");
    filled = aligned;
  }
  return filled;
}

Result<Held> hashFrom(int fd, bool direct, Workshop& workshop) {
  HashStream sha256(Algorithm::sha256);
  Held held;
  {
    const DrainAtEnd drain(workshop.ring);
    for (;;) {
      if (const auto stopped = workshop.watch.onBlock(held.sizeBytes)) return *stopped;
      Block& block = workshop.ring.next();
      auto read = readBlock(fd, block.memory.get(), held.sizeBytes, direct);
      if (!read.ok()) return read.fault();
      if (read.value() == 0) break;
      block.lengthBytes = read.value();
      workshop.ring.publish(block, 1);
      workshop.pool.give(sha256, block);
      held.sizeBytes += block.lengthBytes;
      // A direct read from an unaligned place, here behind the end, is refused by some file systems.
      if (direct && held.sizeBytes % ALIGNMENT != 0) break;
    }
  }
  held.sha256 = sha256.hexDigest();
  return held;
}

bool isRefusal(const Fault& fault) { return fault.error == EINVAL; }

AtRest proofOf(Held&& held, bool provenFileSystem, const char* how) {
  return {held.sizeBytes, std::move(held.sha256), provenFileSystem ? how : "unproven"};
}

}  // namespace

Result<AtRest> readFromDevice(const std::string& path, bool provenFileSystem, Workshop& workshop) {
  const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC;
  const Descriptor direct(retrying([&] { return ::open(path.c_str(), flags | O_DIRECT); }));
  if (direct.valid()) {
    auto held = hashFrom(direct.get(), true, workshop);
    if (held.ok()) return proofOf(std::move(held.value()), provenFileSystem, "direct");
    if (!isRefusal(held.fault())) return held.fault();
  } else if (errno != EINVAL) {
    return systemFault(Side::target, errno, "open");
  }
  const Descriptor cached(retrying([&] { return ::open(path.c_str(), flags); }));
  if (!cached.valid()) return systemFault(Side::target, errno, "open");
  // Returns the error instead of setting errno. Without it the cache could answer for the device, so it must succeed.
  if (const int error = ::posix_fadvise(cached.get(), 0, 0, POSIX_FADV_DONTNEED)) return systemFault(Side::target, error, "fadvise");
  auto held = hashFrom(cached.get(), false, workshop);
  if (!held.ok()) return held.fault();
  return proofOf(std::move(held.value()), provenFileSystem, "cache-dropped");
}

}  // namespace evidock
