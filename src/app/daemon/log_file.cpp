#include "app/daemon/log_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/paths.hpp"

namespace doze::daemon {

LogFile::LogFile(std::filesystem::path state_dir, std::size_t rotate_at, int older)
    : state_dir_(std::move(state_dir)), path_(log_file(state_dir_)), rotate_at_(rotate_at), older_(older) {}

Result<void> LogFile::open() {
    const auto try_once = [&] {
        struct stat named {};
        const bool is_link = ::lstat(path_.c_str(), &named) == 0 && S_ISLNK(named.st_mode);
        if (is_link && named.st_uid != ::geteuid() && named.st_uid != 0) return ELOOP;
        // Not blocking: a named pipe in its place must not hold doze up.
        fd_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600));
        return fd_ ? 0 : errno;
    };
    int error = try_once();
    if (error == ENOENT && make_private_dir(state_dir_)) error = try_once();
    struct stat info {};
    if (error == 0 && (::fstat(fd_.get(), &info) != 0 || !S_ISREG(info.st_mode))) error = EINVAL;  // A pipe, say.
    if (error == 0) return {};
    fd_.reset();
    return Error{
        .code = ErrorCode::internal,
        .message = path_.string() + ": " +
                   (error == ELOOP ? "it is a link of somebody else's" : std::generic_category().message(error)) + "."};
}

void LogFile::write(std::string_view line) {
    if ((!fd_ || is_moved()) && !open()) return;
    struct stat info {};
    if (::fstat(fd_.get(), &info) == 0 && static_cast<std::size_t>(info.st_size) + line.size() > rotate_at_) rotate();
    while (fd_ && !line.empty()) {
        const auto count = ::write(fd_.get(), line.data(), line.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        line.remove_prefix(static_cast<std::size_t>(count));
    }
}

bool LogFile::is_moved() const {
    struct stat named {};
    struct stat open {};
    return ::stat(path_.c_str(), &named) != 0 || ::fstat(fd_.get(), &open) != 0 || named.st_ino != open.st_ino ||
           named.st_dev != open.st_dev;
}

void LogFile::rotate() {
    std::error_code ignored;
    for (int age = older_; age > 0; --age)
        std::filesystem::rename(log_file(state_dir_, age - 1), log_file(state_dir_, age), ignored);
    if (is_moved()) (void)open();  // Else it goes on in the old one.
}

}  // namespace doze::daemon
