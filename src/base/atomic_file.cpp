#include "base/atomic_file.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "base/handle.hpp"
#include "base/secret.hpp"

namespace doze {
namespace {

namespace fs = std::filesystem;

/// `end` is the file that the symlink at `path` leads to; empty if there is none.
Error failed(std::string_view doing, const fs::path& path, int error, const fs::path& end = {}) {
    std::string next_step;
    if (error == ENOSPC || error == EDQUOT) next_step = "Free some space on that disk.";
    if (error == EACCES || error == EPERM) next_step = "Check who owns the file and its folder.";
    if (error == EROFS)
        next_step =
            "doze may only read there: edit the file where it is made, or allow doze to write there (mount it "
            "writable; "
            "for the systemd unit ReadWritePaths=, by `systemctl --user edit doze`).";
    if (error == EISDIR || error == EINVAL) next_step = "A plain file belongs there.";
    const auto where =
        end.empty() || end == path ? path.string() : fmt::format("{}, where {} leads", end.string(), path.string());
    return {.code = ErrorCode::internal,
            .message = fmt::format("Can't {} {}: {}.", doing, where, std::generic_category().message(error)),
            .next_step = next_step};
}

/// Resolves a chain of symlinks; the final target need not exist.
Result<fs::path> follow(fs::path path) {
    constexpr int longest_chain = 40;  // The kernel's own limit, see path_resolution(7).
    for (int i = 0; i < longest_chain; ++i) {
        std::error_code error;
        const auto target = fs::read_symlink(path, error);
        if (error) return path;  // Not a symlink.
        path = path.parent_path() / target;
    }
    return failed("follow", path, ELOOP);
}

int write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(fd, text.data(), text.size());
        if (count < 0 && errno != EINTR) return errno;
        if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
    }
    return 0;
}

/// Whether `error` means that the file can't be replaced by a rename although it may still be writable: it is a mount
/// point (a container was given this one file), or its folder belongs to somebody else.
bool forbids_rename(int error) {
    return error == EBUSY || error == EXDEV || error == EROFS || error == EACCES || error == EPERM;
}

/// A temporary file, deleted on destruction unless it was renamed into place.
class TempFile {
   public:
    explicit TempFile(const fs::path& beside)
        : path_(beside.parent_path() / fmt::format(".{}.XXXXXX", beside.filename().string())) {
        fd_.reset(::mkostemp(path_.data(), O_CLOEXEC));
        error_ = fd_ ? 0 : errno;
        // The lock tells remove_left_over() that this file is in use.
        if (fd_) [[maybe_unused]]
            const int locked = ::flock(fd_.get(), LOCK_EX | LOCK_NB);
    }
    ~TempFile() {
        if (fd_ && !in_place_) ::unlink(path_.c_str());
    }
    TempFile(const TempFile&) = delete;
    TempFile& operator=(const TempFile&) = delete;

    /// 0, or the errno of the first failure; likewise below.
    [[nodiscard]] int error() const { return error_; }

    int write(std::string_view text) { return write_all(fd_.get(), text); }

    int dress(const std::optional<struct stat>& like, FileMode mode) {
        constexpr mode_t private_mode = 0600;
        constexpr mode_t permissions = 07777;
        // Only root can change the owner; anybody else's new file has the right owner already.
        if (like && (like->st_uid != ::geteuid() || like->st_gid != ::getegid()) &&
            ::fchown(fd_.get(), like->st_uid, like->st_gid) != 0 && errno != EPERM)
            return errno;
        const mode_t bits = like && mode == FileMode::kept ? like->st_mode & permissions : private_mode;
        return ::fchmod(fd_.get(), bits) == 0 ? 0 : errno;
    }

    int sync() { return ::fsync(fd_.get()) == 0 ? 0 : errno; }

    int rename(const fs::path& to) {
        if (::rename(path_.c_str(), to.c_str()) != 0) return errno;
        in_place_ = true;
        return 0;
    }

   private:
    std::string path_;
    UniqueFd fd_;
    int error_ = 0;
    bool in_place_ = false;
};

/// Overwrites a file in place. A power cut may leave half of it, so this is the last resort. On an error it tries to
/// write `old` back.
int write_in_place(const fs::path& path, std::string_view text, std::string_view old, FileMode mode) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    if (!fd) return errno;
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return errno;
    if (!S_ISREG(info.st_mode)) return EINVAL;
    if (mode == FileMode::owner_only && ::fchmod(fd.get(), 0600) != 0) return errno;
    const auto put = [&](std::string_view all) {
        if (::lseek(fd.get(), 0, SEEK_SET) != 0) return errno;
        if (const int error = write_all(fd.get(), all); error != 0) return error;
        return ::ftruncate(fd.get(), static_cast<off_t>(all.size())) == 0 ? 0 : errno;
    };
    const int error = put(text);
    if (error != 0) (void)put(old);
    if (::fsync(fd.get()) != 0 && error == 0) return errno;
    return error;
}

int sync_dir(const fs::path& dir) {
    const UniqueFd fd(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return errno;
    return ::fsync(fd.get()) == 0 ? 0 : errno;
}

/// Reserves at least `size` bytes; wipes the memory that it replaces.
void make_room(std::string& text, std::size_t size) {
    if (text.capacity() >= size) return;
    std::string larger;
    larger.reserve(2 * size);
    larger = text;
    text.swap(larger);
    wipe(larger);
}

/// Whether `name` is that of a TempFile beside `filename`.
bool is_temporary(const std::string& name, const std::string& filename) {
    constexpr std::size_t random = 6;
    const auto prefix = "." + filename + ".";
    return name.size() == prefix.size() + random && name.starts_with(prefix) &&
           std::all_of(name.end() - random, name.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
}

}  // namespace

void remove_left_over(const fs::path& path) {
    const auto target = follow(path);
    if (!target) return;
    const auto folder = target->has_parent_path() ? target->parent_path() : fs::path(".");
    std::error_code error;
    for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
        if (!is_temporary(each->path().filename().string(), target->filename().string())) continue;
        const UniqueFd fd(::open(each->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        struct stat info {};
        const bool is_ours = fd && ::fstat(fd.get(), &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid();
        if (is_ours && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) ::unlink(each->path().c_str());
    }
}

Result<std::optional<std::string>> read_file(const fs::path& path, std::size_t limit) {
    // O_NONBLOCK, so that a named pipe at this path can't block doze.
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd && errno == ENOENT) return std::optional<std::string>();
    if (!fd) return failed("read", path, errno);
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return failed("read", path, errno);
    if (!S_ISREG(info.st_mode)) return failed("read", path, S_ISDIR(info.st_mode) ? EISDIR : EINVAL);
    std::string text;
    while (true) {
        const std::size_t length = text.size();
        make_room(text, length + (std::size_t{1} << 16));
        text.resize(text.capacity());
        const auto count = ::read(fd.get(), text.data() + length, text.size() - length);
        const int error = errno;
        text.resize(length + (count > 0 ? static_cast<std::size_t>(count) : 0));
        if (count < 0 && error != EINTR) return failed("read", path, error);
        if (count == 0) return std::optional(std::move(text));
        if (text.size() > limit) break;
    }
    wipe(text);
    return Error{.code = ErrorCode::bad_request,
                 .message = fmt::format("{} is larger than the {} bytes that doze reads.", path.string(), limit)};
}

Result<void> write_file(const fs::path& path, std::string_view text, const std::optional<std::string>& expected,
                        FileMode mode) {
    const auto target = follow(path);
    if (!target) return target.error();
    const auto folder = target->has_parent_path() ? target->parent_path() : fs::path(".");
    remove_left_over(path);

    std::optional<struct stat> old;
    if (struct stat info{}; ::stat(target->c_str(), &info) == 0) old = info;
    TempFile fresh(folder / target->filename());
    int error = fresh.error();
    if (error != 0 && !(old && forbids_rename(error))) return failed("write", path, error, *target);
    bool in_place = error != 0;
    if (!in_place) {
        error = fresh.write(text);
        if (error == 0) error = fresh.dress(old, mode);
        if (error == 0) error = fresh.sync();
        if (error != 0) return failed("write", path, error, *target);
    }

    auto now = read_file(*target, expected ? expected->size() : 0);
    const bool as_expected = now && *now == expected;
    if (now && *now) wipe(**now);
    if (!as_expected)
        return Error{.code = ErrorCode::internal,
                     .message = fmt::format("{} was changed by somebody else at the same moment.", path.string()),
                     .next_step = "Try again.",
                     .recovery = Recovery::retry};
    if (!in_place) error = fresh.rename(*target);
    in_place = in_place || (old && error != 0 && forbids_rename(error));
    if (in_place) {
        const int first = error;
        error = write_in_place(*target, text, expected.value_or(""), mode);
        // The first error explains more than the failed attempt to write in place.
        return error == 0 ? Result<void>() : failed("write", path, first == EROFS ? first : error, *target);
    }
    if (error != 0) return failed("write", path, error, *target);
    // The new content is in place whatever this returns; only a power cut within moments could still undo it.
    error = sync_dir(folder);
    if (error != 0) return failed("make safe on disk", path, error, *target);
    return {};
}

}  // namespace doze
