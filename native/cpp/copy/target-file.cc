#include "target-file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "../hash/sha256.h"

namespace evidock {

namespace {

/** Dirty bytes of one file in the page cache, where it has to be used, before their write-out is started. */
constexpr uint64_t FLUSH_STEP_BYTES = 8 * BLOCK_BYTES;

constexpr uint64_t alignedDown(uint64_t bytes) { return bytes / ALIGNMENT * ALIGNMENT; }

}  // namespace

Result<TargetFile> TargetFile::open(const std::string& path) {
  const int fd = retrying([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600); });
  if (fd < 0) return systemFault(Side::target, errno, "open");
  TargetFile target{Descriptor(fd)};
  struct stat facts;
  if (::fstat(fd, &facts) != 0) return systemFault(Side::target, errno, "fstat");
  target.presentBytes_ = static_cast<uint64_t>(facts.st_size);
  if (target.presentBytes_ > 0) target.compared_ = allocateAligned(BLOCK_BYTES);
  return target;
}

MaybeFault TargetFile::reserve(uint64_t sizeBytes) {
  if (sizeBytes == 0) return std::nullopt;
  const int result =
      retrying([&] { return ::fallocate(descriptor_.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(sizeBytes)); });
  if (result == 0) {
    reservedBytes_ = sizeBytes;
    return std::nullopt;
  }
  // A file system that cannot reserve (FAT, many network ones) finds out that it is full while it is written.
  if (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) return std::nullopt;
  return systemFault(Side::target, errno, "fallocate");
}

MaybeFault TargetFile::setDirect(bool direct) {
  if (direct == direct_) return std::nullopt;
  const int flags = ::fcntl(descriptor_.get(), F_GETFL);
  if (flags < 0) return systemFault(Side::target, errno, "fcntl");
  if (::fcntl(descriptor_.get(), F_SETFL, direct ? flags | O_DIRECT : flags & ~O_DIRECT) == 0) {
    direct_ = direct;
    return std::nullopt;
  }
  if (!direct || errno != EINVAL) return systemFault(Side::target, errno, "fcntl");
  directWorks_ = false;
  return std::nullopt;
}

Result<size_t> TargetFile::readPresent(uint64_t offset, size_t lengthBytes) {
  // What is compared here is read back from the device before it counts, so the cache may answer.
  if (const auto fault = setDirect(false)) return *fault;
  const size_t length = static_cast<size_t>(std::min<uint64_t>(lengthBytes, presentBytes_ - offset));
  size_t filled = 0;
  while (filled < length) {
    const ssize_t read =
        retrying([&] { return ::pread(descriptor_.get(), compared_.get() + filled, length - filled, static_cast<off_t>(offset + filled)); });
    if (read < 0) return systemFault(Side::target, errno, "read");
    if (read == 0) break;
    filled += static_cast<size_t>(read);
  }
  return filled;
}

Result<std::string> TargetFile::sha256Of(uint64_t offset, size_t lengthBytes) {
  auto read = readPresent(offset, lengthBytes);
  if (!read.ok()) return read.fault();
  Sha256 hash;
  hash.update({compared_.get(), read.value()});
  return hexOf(hash.digest());
}

Result<size_t> TargetFile::samePrefix(std::span<const uint8_t> bytes, uint64_t offset) {
  auto read = readPresent(offset, bytes.size());
  if (!read.ok()) return read.fault();
  const auto differs = std::mismatch(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(read.value()), compared_.get());
  return static_cast<size_t>(differs.first - bytes.begin());
}

MaybeFault TargetFile::write(std::span<const uint8_t> block, uint64_t blockOffset, size_t from) {
  // Begins a little early when that makes the piece aligned: those bytes were found to be the same.
  size_t done = directWorks_ ? static_cast<size_t>(alignedDown(from)) : from;
  while (done < block.size()) {
    const size_t left = block.size() - done;
    const size_t whole = static_cast<size_t>(alignedDown(left));
    const bool direct = directWorks_ && whole > 0 && done % ALIGNMENT == 0;
    if (const auto fault = setDirect(direct)) return fault;
    if (direct && !direct_) continue;
    const ssize_t written = retrying(
        [&] { return ::pwrite(descriptor_.get(), block.data() + done, direct ? whole : left, static_cast<off_t>(blockOffset + done)); });
    if (written < 0 && direct && errno == EINVAL) {
      directWorks_ = false;
      continue;
    }
    if (written < 0) return systemFault(Side::target, errno, "write");
    // POSIX lets a write end with nothing written and no error; asking for ever is no answer to that.
    if (written == 0) return systemFault(Side::target, EIO, "write");
    done += static_cast<size_t>(written);
  }
  return direct_ ? std::nullopt : startFlushing(blockOffset + block.size());
}

/** Keeps what is dirty small, so that the flush at the end is short and other users of the disk are not pushed aside. */
MaybeFault TargetFile::startFlushing(uint64_t writtenTo) {
  if (writtenTo - flushStartedTo_ < FLUSH_STEP_BYTES) return std::nullopt;
  const auto from = static_cast<off_t>(flushStartedTo_);
  const auto length = static_cast<off_t>(writtenTo - flushStartedTo_);
  const int result = retrying([&] { return ::sync_file_range(descriptor_.get(), from, length, SYNC_FILE_RANGE_WRITE); });
  if (result != 0 && errno != ENOSYS && errno != ESPIPE && errno != EINVAL) return systemFault(Side::target, errno, "sync_file_range");
  flushStartedTo_ = writtenTo;
  return std::nullopt;
}

MaybeFault TargetFile::flush() {
  // Asked for once: a flush that failed may succeed when asked again although the bytes are lost.
  const int flushed = retrying([&] { return ::fdatasync(descriptor_.get()); });
  if (flushed != 0) return systemFault(Side::target, errno, "fdatasync");
  return std::nullopt;
}

MaybeFault TargetFile::finish(uint64_t sizeBytes) {
  struct stat facts;
  if (::fstat(descriptor_.get(), &facts) != 0) return systemFault(Side::target, errno, "fstat");
  if (static_cast<uint64_t>(facts.st_size) != sizeBytes || reservedBytes_ > sizeBytes) {
    const int cut = retrying([&] { return ::ftruncate(descriptor_.get(), static_cast<off_t>(sizeBytes)); });
    if (cut != 0) return systemFault(Side::target, errno, "ftruncate");
  }
  if (const auto fault = flush()) return fault;
  ::posix_fadvise(descriptor_.get(), 0, 0, POSIX_FADV_DONTNEED);
  return std::nullopt;
}

}  // namespace evidock
