#include "app/daemon/log.hpp"

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <deque>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <poll.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include "base/paths.hpp"
#include "base/text.hpp"

namespace doze::daemon {

namespace {

/// Size limit of the queue.
constexpr std::size_t most_bytes = std::size_t{256} << 10;

/// Time for pending lines at the end.
constexpr std::chrono::milliseconds last_patience(500);

void write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(fd, text.data(), text.size());
        if (count > 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        } else if (count < 0 && errno == EAGAIN) {  // Another process that shares the descriptor made it non-blocking.
            pollfd ready{.fd = fd, .events = POLLOUT, .revents = 0};
            ::poll(&ready, 1, -1);
        } else if (count == 0 || errno != EINTR) {
            return;
        }
    }
}

}  // namespace

struct TerminalWriter::Queue {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::string> lines;
    std::size_t bytes = 0;
    std::size_t lost = 0;
    bool is_writing = false;
    bool is_over = false;

    [[nodiscard]] bool is_drained() const { return lines.empty() && !is_writing; }

    void run(int fd) {
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [&] { return is_over || !lines.empty(); });
            if (lines.empty()) return;
            auto line = std::move(lines.front());
            lines.pop_front();
            bytes -= line.size();
            is_writing = true;
            lock.unlock();
            write_all(fd, line);
            lock.lock();
            is_writing = false;
            if (lines.empty() && lost > 0) {
                lines.push_back(fmt::format("({} lines were lost while the terminal stood still)\n", lost));
                bytes = lines.front().size();
                lost = 0;
            }
            changed.notify_all();
        }
    }
};

TerminalWriter::TerminalWriter(int fd) : queue_(std::make_shared<Queue>()) {
    // This thread handles no signals, and SIGTTOU, which a terminal sends to a background writer, must not stop doze.
    sigset_t all{};
    sigset_t before{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        std::thread([queue = queue_, fd] { queue->run(fd); }).detach();
    } catch (const std::system_error&) {
        queue_.reset();  // No thread available: the log still has its file.
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TerminalWriter::~TerminalWriter() {
    if (!queue_) return;
    drain(last_patience);
    const std::lock_guard lock(queue_->mutex);
    queue_->is_over = true;
    queue_->lines.clear();
    queue_->changed.notify_all();
}

void TerminalWriter::write(std::string line) {
    if (!queue_) return;
    const std::lock_guard lock(queue_->mutex);
    if (queue_->bytes + line.size() > most_bytes) {
        ++queue_->lost;
        return;
    }
    queue_->bytes += line.size();
    queue_->lines.push_back(std::move(line));
    queue_->changed.notify_all();
}

void TerminalWriter::drain(std::chrono::milliseconds patience) {
    if (!queue_) return;
    std::unique_lock lock(queue_->mutex);
    queue_->changed.wait_for(lock, patience, [&] { return queue_->is_drained(); });
}

LogFile::LogFile(std::filesystem::path state_dir, std::size_t rotate_at, int older)
    : state_dir_(std::move(state_dir)), path_(log_file(state_dir_)), rotate_at_(rotate_at), older_(older) {}

Result<void> LogFile::open() {
    const auto try_once = [&] {
        struct stat named {};
        const bool is_link = ::lstat(path_.c_str(), &named) == 0 && S_ISLNK(named.st_mode);
        if (is_link && named.st_uid != ::geteuid() && named.st_uid != 0) return ELOOP;
        // O_NONBLOCK, so that a named pipe at this path can't block doze.
        fd_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600));
        return fd_ ? 0 : errno;
    };
    int error = try_once();
    if (error == ENOENT && make_private_dir(state_dir_)) error = try_once();
    struct stat info {};
    if (error == 0 && (::fstat(fd_.get(), &info) != 0 || !S_ISREG(info.st_mode)))
        error = EINVAL;  // A pipe, for example.
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
    if (is_moved()) (void)open();  // If that fails, the old file stays in use.
}

namespace {

/// Makes foreign text (names, reasons, AWS's answers) a single line without invisible characters.
class PrintableFormatter : public spdlog::formatter {
   public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        const auto text = printable({message.payload.data(), message.payload.size()});
        auto safe = message;
        safe.payload = text;
        pattern_.format(safe, out);
    }
    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<PrintableFormatter>();
    }

   private:
    spdlog::pattern_formatter pattern_{"[%Y-%m-%d %H:%M:%S.%e] [%l] [%n] - %v"};
};

constexpr std::size_t rotate_at = std::size_t{5} << 20;

/// Passes each formatted line to a function.
template <class Take>
class LineSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
   public:
    explicit LineSink(Take take) : take_(std::move(take)) {}

   private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        take_(std::string_view(line.data(), line.size()), message);
    }
    void flush_() override {}

    Take take_;
};

template <class Take>
spdlog::sink_ptr make_sink(Take take) {
    return std::make_shared<LineSink<Take>>(std::move(take));
}

std::string_view color_of(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::info: return "\033[32m";
        case spdlog::level::warn: return "\033[33m\033[1m";
        case spdlog::level::err:
        case spdlog::level::critical: return "\033[31m\033[1m";
        default: return "\033[36m";
    }
}

}  // namespace

Log::Log(const std::filesystem::path& state_dir, spdlog::level::level_enum level)
    : terminal_(std::make_shared<TerminalWriter>(STDERR_FILENO)), level_(level) {
    const bool has_color = ::isatty(STDERR_FILENO) == 1;
    sinks_.push_back(make_sink([terminal = terminal_, has_color](std::string_view line, const auto& message) {
        std::string text(line);
        if (has_color) text.insert(0, color_of(message.level)).insert(text.size() - 1, "\033[0m");
        terminal->write(std::move(text));
    }));
    const auto file = std::make_shared<LogFile>(state_dir, rotate_at, old_log_files);
    if (const auto opened = file->open(); !opened)
        file_trouble_ = "The log file can't be written, so the log goes to the terminal only: " + opened.error().text();
    sinks_.push_back(make_sink([file](std::string_view line, const auto&) { file->write(line); }));
    for (auto& sink : sinks_) sink->set_formatter(std::make_unique<PrintableFormatter>());
}

void Log::drain() {
    terminal_->drain(std::chrono::milliseconds(500));
}

spdlog::logger& Log::of(const std::string& module) {
    auto& logger = loggers_[module];
    if (!logger) {
        logger = std::make_unique<spdlog::logger>(module, sinks_.begin(), sinks_.end());
        logger->set_level(level_);
        // A full disk must not fill the terminal with errors.
        logger->set_error_handler([](const std::string&) {});
    }
    return *logger;
}

}  // namespace doze::daemon
