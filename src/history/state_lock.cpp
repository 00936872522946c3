#include "history/state_lock.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <sys/file.h>
#include <unistd.h>

namespace doze::history {

namespace {

/// Who wrote themselves into the file; none where it is empty (its holder has not come to it yet).
std::optional<int> holder(int fd) {
    std::array<char, 32> text = {};
    const auto length = ::pread(fd, text.data(), text.size(), 0);
    int pid = 0;
    if (length <= 0 || std::from_chars(text.data(), text.data() + length, pid).ec != std::errc() || pid <= 0) {
        return std::nullopt;
    }
    return pid;
}

Error taken(const std::filesystem::path& state_dir, std::optional<int> pid) {
    const auto who = pid ? fmt::format("Another doze (process {})", *pid) : std::string("Another doze");
    const auto stop = pid ? fmt::format("Stop it first (kill {})", *pid) : std::string("Stop it first");
    return {.message = fmt::format("{} already uses the folder {}.", who, state_dir.string()),
            .next_step = stop + ", or give this one a folder of its own with --state-dir."};
}

Error unusable(const std::filesystem::path& file, int why) {
    return {.message = fmt::format("The lock {} can't be taken: {}.", file.string(), std::strerror(why)),
            .next_step = "Make the folder writable, or choose another one with --state-dir.",
            .recovery = Recovery::retry};
}

}  // namespace

Result<StateLock> StateLock::take(const std::filesystem::path& state_dir) {
    const auto file = state_dir / "doze.lock";
    UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    const bool writable = static_cast<bool>(fd);
    if (!writable && (errno == EROFS || errno == EACCES)) {
        // On a read-only disk the lock of an earlier run can still be held, though not signed.
        const int why = errno;
        fd.reset(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        if (!fd) return unusable(file, why);
    }
    if (!fd) return unusable(file, errno);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return taken(state_dir, holder(fd.get()));
        return unusable(file, errno);
    }
    // The number is for people; the lock holds without it (on a full disk, say).
    const auto pid = fmt::format("{}\n", ::getpid());
    if (writable && ::ftruncate(fd.get(), 0) == 0) {
        [[maybe_unused]] const auto written = ::pwrite(fd.get(), pid.data(), pid.size(), 0);
    }
    return StateLock(std::move(fd));
}

StateLock::~StateLock() {
    // Not unlinked: a process that waits to open it would lock a file that nobody else can see.
    if (fd_) [[maybe_unused]]
        const int emptied = ::ftruncate(fd_.get(), 0);
}

}  // namespace doze::history
