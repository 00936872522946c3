#include "adapters/store/state_lock.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace doze::store {

namespace {

/// The process id in the file; empty if there is none (its holder has not written it yet).
std::optional<int> signer(int fd) {
    std::array<char, 32> text = {};
    const auto length = ::pread(fd, text.data(), text.size(), 0);
    int pid = 0;
    if (length <= 0 || std::from_chars(text.data(), text.data() + length, pid).ec != std::errc() || pid <= 0) {
        return std::nullopt;
    }
    return pid;
}

/// Whether /proc/locks shows a lock of this process on this file. Its lines (proc_locks(5)): "1: FLOCK  ADVISORY  WRITE
/// 1234 fd:01:5678 0 EOF", with the process id and, as the last of the three numbers, the inode.
bool is_locked(int pid, ::ino_t inode) {
    std::ifstream in("/proc/locks");
    std::string line;
    while (std::getline(in, line)) {
        std::istringstream words(line);
        std::string number, type, manner, mode, owner, file;
        words >> number >> type >> manner >> mode >> owner >> file;
        if (type == "FLOCK" && owner == std::to_string(pid) && file.ends_with(":" + std::to_string(inode))) return true;
    }
    return false;
}

/// Whether this name refers to the open file.
bool is_named(int fd, const std::filesystem::path& file) {
    struct stat opened = {}, named = {};
    return ::fstat(fd, &opened) == 0 && ::stat(file.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

Error taken(const std::filesystem::path& state_dir, std::optional<int> pid) {
    const auto who = pid ? fmt::format("Another doze (process {})", *pid) : std::string("Another doze");
    const auto stop = pid ? fmt::format("Stop it first (kill {})", *pid) : std::string("Stop it first");
    return {.message = fmt::format("{} already uses the folder {}.", who, state_dir.string()),
            .next_step = stop + ", or give this one a folder of its own with --state-dir."};
}

Error unusable(const std::filesystem::path& file, int why) {
    return {
        .message = fmt::format("The lock {} can't be taken: {}.", file.string(), std::generic_category().message(why)),
        .next_step = "Make the folder writable, or choose another one with --state-dir.",
        .recovery = Recovery::retry};
}

}  // namespace

Result<StateLock> StateLock::take(const std::filesystem::path& state_dir) {
    const auto file = state_dir / "doze.lock";
    UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    const bool writable = static_cast<bool>(fd);
    if (!writable && (errno == EROFS || errno == EACCES)) {
        // On a read-only disk the leftover file of an earlier run can still be locked, though not written.
        const int why = errno;
        fd.reset(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        if (!fd) return unusable(file, why);
    }
    if (!fd) return unusable(file, errno);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return taken(state_dir, signer(fd.get()));
        return unusable(file, errno);
    }
    // The process id is for people; the lock holds without it (on a full disk, say).
    const auto pid = fmt::format("{}\n", ::getpid());
    if (writable && ::ftruncate(fd.get(), 0) == 0) {
        [[maybe_unused]] const auto written = ::pwrite(fd.get(), pid.data(), pid.size(), 0);
    }
    return StateLock(std::move(fd));
}

std::optional<int> StateLock::holder(const std::filesystem::path& state_dir) {
    const UniqueFd fd(::open((state_dir / "doze.lock").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat status = {};
    if (!fd || ::fstat(fd.get(), &status) != 0) return std::nullopt;
    const auto pid = signer(fd.get());
    return pid && is_locked(*pid, status.st_ino) ? pid : std::nullopt;
}

bool StateLock::is_in_place(const std::filesystem::path& state_dir) const {
    return is_named(fd_.get(), state_dir / "doze.lock");
}

StateLock::~StateLock() {
    // Not unlinked: a process waiting to open it would lock a file that nobody else can see.
    if (fd_) [[maybe_unused]]
        const int emptied = ::ftruncate(fd_.get(), 0);
}

Result<std::optional<DatabaseLock>> DatabaseLock::take(const std::filesystem::path& file,
                                                       const std::filesystem::path& state_dir) {
    UniqueFd fd(::open(file.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd && errno == ENOENT) return std::optional<DatabaseLock>();
    if (!fd) return unusable(file, errno);
    // Far beyond the bytes that SQLite locks (around 1 GiB) and any size of a journal. An open file description lock:
    // SQLite's own locks belong to the process, and neither kind releases the other.
    struct flock byte = {};
    byte.l_type = F_WRLCK;
    byte.l_whence = SEEK_SET;
    byte.l_start = off_t{1} << 46;
    byte.l_len = 1;
    if (::fcntl(fd.get(), F_OFD_SETLK, &byte) != 0) {
        if (errno == EAGAIN || errno == EACCES) return taken(state_dir, StateLock::holder(state_dir));
        return unusable(file, errno);
    }
    return std::optional(DatabaseLock(std::move(fd)));
}

bool DatabaseLock::is_in_place(const std::filesystem::path& file) const {
    return is_named(fd_.get(), file);
}

}  // namespace doze::store
