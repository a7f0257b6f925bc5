// The one part of a station that runs as root: mounts cameras for a station that runs as a user of its own.
//
// Started for one connection, with the socket as standard input and output (a systemd socket unit with Accept=yes). Its only
// argument is the name of the user whose process may be at the other end. A request is one line, an answer too:
//
//   <id> mount <device> <vfat|exfat> <name>    -> <id> ok
//   <id> writable|readonly|release <name>      -> <id> failed <why>     the kernel did not do it
//                                              -> <id> refused <why>    it was not tried
//
// Nothing the station says is taken as a path: a device is the name of a disk below a USB socket, looked up here; a name is
// made of plain words, and stands for a folder below MOUNTS, where nobody but root can change anything.
#include <fcntl.h>
#include <pwd.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

const std::string MOUNTS = "/run/evidock-usb";
constexpr size_t MAX_LINE = 512;
constexpr size_t MAX_WORD = 100;
constexpr size_t MAX_DEPTH = 3;
/** Requests under way at once: more than a station has ports. */
constexpr int MAX_CHILDREN = 128;
/** A dying device can hold a request up for this long, s. */
constexpr unsigned CHILD_S = 60;
constexpr long VFAT_MAGIC = 0x4d44;
constexpr long EXFAT_MAGIC = 0x2011bab0;

struct Answer {
  const char* word;
  std::string why;
};
Answer ok() { return {"ok", ""}; }
Answer refused(std::string why) { return {"refused", std::move(why)}; }
Answer failed(const std::string& what) { return {"failed", what + ": " + strerror(errno)}; }

/** A file descriptor that is closed with its scope. */
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> parts;
  for (size_t from = 0;;) {
    const size_t to = text.find(by, from);
    parts.emplace_back(text.substr(from, to - from));
    if (to == std::string_view::npos) return parts;
    from = to + 1;
  }
}

bool isPlain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/** The folder a name stands for: up to three words of letters, digits and `_-.`, of which the first is no `-` or `.`. */
std::optional<std::string> folderOf(const std::string& name) {
  const auto words = split(name, '/');
  if (words.size() > MAX_DEPTH) return std::nullopt;
  for (const auto& word : words) {
    if (word.empty() || word.size() > MAX_WORD || !isPlain(word[0])) return std::nullopt;
    for (const char c : word)
      if (!isPlain(c) && c != '-' && c != '.') return std::nullopt;
  }
  return MOUNTS + "/" + name;
}

/** The first word of a file of sysfs; empty when there is none. */
std::string wordIn(const std::string& file) {
  std::ifstream stream(file);
  std::string word;
  stream >> word;
  return word;
}

std::optional<std::string> realPath(const std::string& path) {
  char real[PATH_MAX];
  if (realpath(path.c_str(), real) == nullptr) return std::nullopt;
  return real;
}

/** `1-3.2`: a device below a root hub. */
bool isUsbDevice(const std::string& word) {
  const size_t dash = word.find('-');
  if (dash == 0 || dash == std::string::npos || dash + 1 == word.size()) return false;
  for (size_t at = 0; at < word.size(); ++at) {
    const bool isDigit = word[at] >= '0' && word[at] <= '9';
    if (!isDigit && at != dash && !(word[at] == '.' && at > dash)) return false;
  }
  return true;
}

/** The USB device that a disk belongs to, as its folder in sysfs; none when it belongs to none. */
std::optional<std::string> usbDeviceOf(const std::string& node) {
  std::string path;
  std::optional<std::string> found;
  bool isBelowUsb = false;
  for (const auto& word : split(node, '/')) {
    if (word.empty()) continue;
    path += "/" + word;
    if (word.starts_with("usb")) isBelowUsb = true;
    if (isBelowUsb && isUsbDevice(word)) found = path;
  }
  return found;
}

/** `sdb`, `sdb1`. */
bool isDiskName(const std::string& name) {
  if (!name.starts_with("sd") || name.size() < 3 || name.size() > 12) return false;
  size_t at = 2;
  while (at < name.size() && name[at] >= 'a' && name[at] <= 'z') ++at;
  if (at == 2) return false;
  while (at < name.size() && name[at] >= '0' && name[at] <= '9') ++at;
  return at == name.size();
}

bool isMountedAnywhere(const std::string& number) {
  std::ifstream table("/proc/self/mountinfo");
  for (std::string line; std::getline(table, line);)
    if (const auto words = split(line, ' '); words.size() > 2 && words[2] == number) return true;
  return false;
}

/** Why a disk is none that may be mounted; empty when it may be. `number` becomes its device number. */
std::string whyNotMountable(const std::string& device, std::string& number) {
  if (!isDiskName(device)) return "no name of a disk";
  const auto node = realPath("/sys/class/block/" + device);
  if (!node) return "no such disk";
  const auto usb = usbDeviceOf(*node);
  if (!usb) return "not a USB disk";
  if (wordIn(*usb + "/removable") == "fixed") return "built in";
  const std::string disk = access((*node + "/partition").c_str(), F_OK) == 0 ? node->substr(0, node->rfind('/')) : *node;
  if (wordIn(disk + "/device/type") != "0") return "not a disk";
  number = wordIn(*node + "/dev");
  if (isMountedAnywhere(number)) return "mounted already";
  return "";
}

bool isRootsFolder(const struct stat& is) { return S_ISDIR(is.st_mode) && is.st_uid == 0 && (is.st_mode & 022) == 0; }

/** Makes a mount point and what is above it; false when anything on the way is not a folder of root's alone, or is mounted on. */
bool makeMountPoint(const std::string& folder) {
  struct stat base {};
  if (mkdir(MOUNTS.c_str(), 0755) != 0 && errno != EEXIST) return false;
  if (lstat(MOUNTS.c_str(), &base) != 0 || !isRootsFolder(base)) return false;
  for (size_t at = MOUNTS.size(); at != std::string::npos;) {
    at = folder.find('/', at + 1);
    const std::string part = folder.substr(0, at);
    struct stat is {};
    if (mkdir(part.c_str(), at == std::string::npos ? 0700 : 0755) != 0 && errno != EEXIST) return false;
    if (lstat(part.c_str(), &is) != 0 || !isRootsFolder(is) || is.st_dev != base.st_dev) return false;
  }
  return true;
}

/** Takes away a mount point that nothing is mounted on, and folders above it that are empty then. */
void removeMountPoint(std::string folder) {
  while (folder.size() > MOUNTS.size() && rmdir(folder.c_str()) == 0) folder.resize(folder.rfind('/'));
}

/** Attaches a new, read-only file system to `folder`. */
Answer attach(const std::string& source, dev_t number, const std::string& type, const std::string& folder, const ucred& peer) {
  const Descriptor context(fsopen(type.c_str(), FSOPEN_CLOEXEC));
  if (!context) return failed("fsopen");
  const std::string uid = std::to_string(peer.uid), gid = std::to_string(peer.gid);
  // Camera times have no zone: they are told as the camera wrote them.
  std::vector<std::pair<const char*, const char*>> options = {
      {"source", source.c_str()}, {"umask", "0077"}, {"uid", uid.c_str()}, {"gid", gid.c_str()}};
  if (type == "vfat") options.push_back({"tz", "UTC"});
  else options.push_back({"iocharset", "utf8"});
  for (const auto& [key, value] : options)
    if (fsconfig(context.get(), FSCONFIG_SET_STRING, key, value, 0) != 0) return failed(key);
  if (type == "vfat" && fsconfig(context.get(), FSCONFIG_SET_FLAG, "utf8", nullptr, 0) != 0) return failed("utf8");
  // The file system is read-only, its mount is not: only so does a later change reach the copies of the mount that services
  // with a view of their own of the file tree have.
  if (fsconfig(context.get(), FSCONFIG_SET_FLAG, "ro", nullptr, 0) != 0) return failed("ro");
  if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) return failed(type);
  const Descriptor mount(fsmount(context.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  if (!mount) return failed("fsmount");
  struct stat is {};
  if (fstat(mount.get(), &is) != 0 || is.st_dev != number) return refused("another disk has its name now");
  if (move_mount(mount.get(), "", AT_FDCWD, folder.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) return failed("move_mount");
  return ok();
}

Answer mountDisk(const std::string& device, const std::string& type, const std::string& name, const ucred& peer) {
  const auto folder = folderOf(name);
  if (!folder) return refused("no name of a mount point");
  if (type != "vfat" && type != "exfat") return refused("no file system of cameras");
  std::string number;
  if (const auto why = whyNotMountable(device, number); !why.empty()) return refused(why);
  const std::string source = "/dev/" + device;
  // Held open: the disk's number cannot become another one's meanwhile.
  const Descriptor held(open(source.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!held) return failed("open");
  struct stat is {};
  if (fstat(held.get(), &is) != 0) return failed("stat");
  if (!S_ISBLK(is.st_mode) || std::to_string(major(is.st_rdev)) + ":" + std::to_string(minor(is.st_rdev)) != number)
    return refused("its node is another device");
  if (!makeMountPoint(*folder)) return refused("the mount point is in use or not root's");
  const Answer answer = attach(source, is.st_rdev, type, *folder, peer);
  if (answer.word != std::string_view("ok")) removeMountPoint(*folder);
  return answer;
}

Answer reconfigure(const std::string& name, const char* flag) {
  const auto folder = folderOf(name);
  if (!folder) return refused("no name of a mount point");
  struct statfs is {};
  if (statfs(folder->c_str(), &is) != 0) return failed("statfs");
  if (is.f_type != VFAT_MAGIC && is.f_type != EXFAT_MAGIC) return refused("no camera is mounted there");
  // Succeeds only for the root of a mount.
  const Descriptor context(fspick(AT_FDCWD, folder->c_str(), FSPICK_CLOEXEC | FSPICK_SYMLINK_NOFOLLOW | FSPICK_NO_AUTOMOUNT));
  if (!context) return failed("fspick");
  if (fsconfig(context.get(), FSCONFIG_SET_FLAG, flag, nullptr, 0) != 0) return failed(flag);
  if (fsconfig(context.get(), FSCONFIG_CMD_RECONFIGURE, nullptr, nullptr, 0) != 0) return failed("reconfigure");
  return ok();
}

/** A mount that is busy, or whose device is gone, is detached at once and goes with its last user. */
Answer release(const std::string& name) {
  const auto folder = folderOf(name);
  if (!folder) return refused("no name of a mount point");
  if (umount2(folder->c_str(), UMOUNT_NOFOLLOW) != 0 && umount2(folder->c_str(), UMOUNT_NOFOLLOW | MNT_DETACH) != 0) {
    const Answer answer = failed("umount");
    removeMountPoint(*folder);
    return answer;
  }
  removeMountPoint(*folder);
  return ok();
}

Answer act(const std::vector<std::string>& words, const ucred& peer) {
  if (words.size() == 5 && words[1] == "mount") return mountDisk(words[2], words[3], words[4], peer);
  if (words.size() == 3 && words[1] == "writable") return reconfigure(words[2], "rw");
  if (words.size() == 3 && words[1] == "readonly") return reconfigure(words[2], "ro");
  if (words.size() == 3 && words[1] == "release") return release(words[2]);
  return refused("no such request");
}

bool isNumber(const std::string& word) {
  return !word.empty() && word.size() < 16 && word.find_first_not_of("0123456789") == std::string::npos;
}

void tell(const std::string& id, const Answer& answer) {
  const std::string line = id + " " + answer.word + (answer.why.empty() ? "" : " " + answer.why) + "\n";
  // One write: answers of several children do not mix. Whoever asked may be gone; there is nobody else to tell.
  [[maybe_unused]] const auto written = write(STDOUT_FILENO, line.data(), line.size());
}

/** Each request in a process of its own: a device that holds one up holds nothing else up. */
void serve(const std::string& line, const ucred& peer, int& children) {
  const auto words = split(line, ' ');
  if (!isNumber(words[0])) return tell("0", refused("no number"));
  while (waitpid(-1, nullptr, children >= MAX_CHILDREN ? 0 : WNOHANG) > 0) --children;
  const pid_t child = fork();
  if (child < 0) return tell(words[0], failed("fork"));
  if (child > 0) {
    ++children;
    return;
  }
  alarm(CHILD_S);
  tell(words[0], act(words, peer));
  _exit(0);
}

/** Whether the process at the other end is one of the user that may be there. */
bool isAllowed(const char* user, ucred& peer) {
  socklen_t size = sizeof(peer);
  if (getsockopt(STDIN_FILENO, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  const passwd* known = getpwnam(user);
  return known != nullptr && known->pw_uid == peer.uid;
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    fprintf(stderr, "usage: evidock-usb-helper USER, with a connected socket as standard input\n");
    return 64;
  }
  ucred peer{};
  if (!isAllowed(words[1], peer)) {
    tell("0", refused("not the user of the station"));
    return 77;
  }
  umask(022);
  std::string pending;
  int children = 0;
  for (char bytes[MAX_LINE]; const ssize_t got = read(STDIN_FILENO, bytes, sizeof(bytes));) {
    if (got < 0) return errno == ECONNRESET ? 0 : 1;
    pending.append(bytes, static_cast<size_t>(got));
    for (size_t end; (end = pending.find('\n')) != std::string::npos; pending.erase(0, end + 1)) serve(pending.substr(0, end), peer, children);
    if (pending.size() > MAX_LINE) return 65;
  }
  return 0;
}
