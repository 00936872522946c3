#include "app/daemon/terminal_writer.hpp"

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <deque>
#include <fmt/format.h>
#include <mutex>
#include <poll.h>
#include <string_view>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace doze::daemon {
namespace {

/// So much waits at most.
constexpr std::size_t most_bytes = std::size_t{256} << 10;

/// At the end, for what is still to be written.
constexpr std::chrono::milliseconds last_patience(500);

void write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(fd, text.data(), text.size());
        if (count > 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        } else if (count < 0 && errno == EAGAIN) {  // Whoever shares the descriptor made it so.
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
    // No signal is for this thread; and what a terminal sends to who writes from the background must not stop doze.
    sigset_t all{};
    sigset_t before{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        std::thread([queue = queue_, fd] { queue->run(fd); }).detach();
    } catch (const std::system_error&) {
        queue_.reset();  // No thread to be had: the log has its file.
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

}  // namespace doze::daemon
