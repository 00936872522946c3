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

Error failed(std::string_view doing, const fs::path& path, int error) {
    std::string next_step;
    if (error == ENOSPC || error == EDQUOT) next_step = "Free some space on that disk.";
    if (error == EACCES || error == EPERM) next_step = "Check who owns the file and its folder.";
    if (error == EROFS) next_step = "The disk is mounted read-only.";
    return {.code = ErrorCode::internal,
            .message = fmt::format("Can't {} {}: {}.", doing, path.string(), std::generic_category().message(error)),
            .next_step = next_step};
}

/// Where a chain of symlinks ends; the end need not exist.
Result<fs::path> follow(fs::path path) {
    constexpr int longest_chain = 40;  // As the kernel, see path_resolution(7).
    for (int i = 0; i < longest_chain; ++i) {
        std::error_code error;
        const auto target = fs::read_symlink(path, error);
        if (error) return path;  // Not a symlink.
        path = path.parent_path() / target;
    }
    return failed("follow", path, ELOOP);
}

/// A new file that is gone again unless it was renamed into place.
class TempFile {
   public:
    explicit TempFile(const fs::path& beside)
        : path_(beside.parent_path() / fmt::format(".{}.XXXXXX", beside.filename().string())) {
        fd_.reset(::mkostemp(path_.data(), O_CLOEXEC));
        error_ = fd_ ? 0 : errno;
        // Says to remove_left_over() that somebody is at work here.
        if (fd_) [[maybe_unused]]
            const int locked = ::flock(fd_.get(), LOCK_EX | LOCK_NB);
    }
    ~TempFile() {
        if (fd_ && !in_place_) ::unlink(path_.c_str());
    }
    TempFile(const TempFile&) = delete;
    TempFile& operator=(const TempFile&) = delete;

    /// 0, or the errno of what failed first; likewise below.
    [[nodiscard]] int error() const { return error_; }

    int write(std::string_view text) {
        while (!text.empty()) {
            const auto count = ::write(fd_.get(), text.data(), text.size());
            if (count < 0 && errno != EINTR) return errno;
            if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
        }
        return 0;
    }

    int dress(const std::optional<struct stat>& like, FileMode mode) {
        constexpr mode_t private_mode = 0600;
        constexpr mode_t permissions = 07777;
        // Only root can give a file away; for anybody else the owner is right already.
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

int sync_dir(const fs::path& dir) {
    const UniqueFd fd(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return errno;
    return ::fsync(fd.get()) == 0 ? 0 : errno;
}

/// Room for `size` bytes at least; the old memory is wiped.
void make_room(std::string& text, std::size_t size) {
    if (text.capacity() >= size) return;
    std::string larger;
    larger.reserve(2 * size);
    larger = text;
    text.swap(larger);
    wipe(larger);
}

/// The name of a TempFile beside `filename`?
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
    // Not blocking: a named pipe in its place must not hold doze up.
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
    if (error == 0) error = fresh.write(text);
    if (error == 0) error = fresh.dress(old, mode);
    if (error == 0) error = fresh.sync();
    if (error != 0) return failed("write", path, error);

    auto now = read_file(*target, expected ? expected->size() : 0);
    const bool as_expected = now && *now == expected;
    if (now && *now) wipe(**now);
    if (!as_expected)
        return Error{.code = ErrorCode::internal,
                     .message = fmt::format("{} was changed by somebody else at the same moment.", path.string()),
                     .next_step = "Try again.",
                     .recovery = Recovery::retry};
    error = fresh.rename(*target);
    if (error != 0) return failed("write", path, error);
    // The new content is in place whatever this says; only a power cut in the next moments could undo it.
    error = sync_dir(folder);
    if (error != 0) return failed("make safe on disk", path, error);
    return {};
}

}  // namespace doze
