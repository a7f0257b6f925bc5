#include "source-file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace evidock {

namespace {

constexpr uint64_t AHEAD_BYTES = RING_BLOCKS * BLOCK_BYTES;

int64_t nanosecondsOf(const timespec& time) { return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec; }

Result<SourceFile> openAs(const std::string& path, bool isDevice) {
  const int fd = retrying([&] { return ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC); });
  if (fd < 0) return systemFault(Side::source, errno, "open");
  SourceFile source{.descriptor = Descriptor(fd), .isDevice = isDevice};
  struct stat facts;
  if (::fstat(fd, &facts) != 0) return systemFault(Side::source, errno, "fstat");
  if (isDevice && !S_ISBLK(facts.st_mode)) return sourceFault("source.special-file", "not a block device");
  if (!isDevice && !S_ISREG(facts.st_mode)) return sourceFault("source.special-file", "not a regular file");
  // A device's own size is where it ends.
  const off_t size = isDevice ? ::lseek(fd, 0, SEEK_END) : facts.st_size;
  if (size < 0) return systemFault(Side::source, errno, "lseek");
  source.sizeBytes = static_cast<uint64_t>(size);
  source.mtimeNs = isDevice ? 0 : nanosecondsOf(facts.st_mtim);
  source.device = facts.st_dev;
  source.inode = facts.st_ino;
  return source;
}

}  // namespace

Result<SourceFile> openSource(const std::string& path) { return openAs(path, false); }
Result<SourceFile> openDevice(const std::string& path) { return openAs(path, true); }

void adviseAround(const SourceFile& source, uint64_t offset, uint64_t begunAt) {
  const int fd = source.descriptor.get();
  // Advice only: a file system that takes none is read all the same.
  const bool begins = offset == begunAt;
  if (begins) ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  if (source.sizeBytes > BLOCK_BYTES) {
    const uint64_t from = begins ? offset : offset + AHEAD_BYTES - BLOCK_BYTES;
    const uint64_t length = begins ? AHEAD_BYTES : BLOCK_BYTES;
    if (from < source.sizeBytes) ::posix_fadvise(fd, static_cast<off_t>(from), static_cast<off_t>(length), POSIX_FADV_WILLNEED);
  }
  if (offset >= begunAt + BLOCK_BYTES) ::posix_fadvise(fd, static_cast<off_t>(offset - BLOCK_BYTES), BLOCK_BYTES, POSIX_FADV_DONTNEED);
}

void forgetCached(const SourceFile& source) { ::posix_fadvise(source.descriptor.get(), 0, 0, POSIX_FADV_DONTNEED); }

Result<size_t> readSource(const SourceFile& source, uint8_t* into, size_t lengthBytes, uint64_t offset) {
  size_t filled = 0;
  while (filled < lengthBytes) {
    const ssize_t read =
        retrying([&] { return ::pread(source.descriptor.get(), into + filled, lengthBytes - filled, static_cast<off_t>(offset + filled)); });
    if (read < 0) return systemFault(Side::source, errno, "read");
    if (read == 0) break;
    filled += static_cast<size_t>(read);
  }
  return filled;
}

MaybeFault whyChanged(const std::string& path, const SourceFile& source, uint64_t readBytes) {
  struct stat open;
  struct stat named;
  if (::fstat(source.descriptor.get(), &open) != 0) return systemFault(Side::source, errno, "fstat");
  if (::lstat(path.c_str(), &named) != 0) return systemFault(Side::source, errno, "lstat");
  if (named.st_dev != source.device || named.st_ino != source.inode) return sourceFault("source.changed", "another file took its name");
  if (!source.isDevice && nanosecondsOf(open.st_mtim) != source.mtimeNs) return sourceFault("source.changed", "modification time changed");
  const auto sizeNow = source.isDevice ? source.sizeBytes : static_cast<uint64_t>(open.st_size);
  if (sizeNow == source.sizeBytes && readBytes == source.sizeBytes) return std::nullopt;
  return sourceFault("source.changed", std::to_string(source.sizeBytes) + " bytes listed, " + std::to_string(readBytes) + " read, " +
                                           std::to_string(sizeNow) + " now");
}

}  // namespace evidock
