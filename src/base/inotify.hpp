#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

namespace doze {

/// Watches files and folders by inotify(7), on the event loop. The masks are those of inotify(7). Loop's thread
/// only.
class Inotify {
   public:
    struct Event {
        int watch = 0;
        std::uint32_t mask = 0;
        std::string_view name;  ///< Of the entry in a watched folder; valid only while the event is handled.
    };

    explicit Inotify(const boost::asio::any_io_executor& executor) : descriptor_(executor) {}

    /// False, with errno set, if the system refuses another inotify instance. REQUIRES: it is not open.
    [[nodiscard]] bool open() {
        const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (fd >= 0) descriptor_.assign(fd);
        return fd >= 0;
    }

    [[nodiscard]] bool is_open() const { return descriptor_.is_open(); }

    /// Cancels a pending wait(), which then completes with an error.
    void close() {
        boost::system::error_code ignored;
        descriptor_.close(ignored);
    }

    /// The watch descriptor; negative, with errno set, on failure.
    int watch(const std::filesystem::path& path, std::uint32_t what) {
        return ::inotify_add_watch(descriptor_.native_handle(), path.c_str(), what);
    }

    void unwatch(int watch) { ::inotify_rm_watch(descriptor_.native_handle(), watch); }

    /// Calls `then(error)` once events can be read.
    template <class Then>
    void wait(Then then) {
        descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read, std::move(then));
    }

    /// Calls `each(event)` for every pending event. Never waits.
    template <class Each>
    void read(Each each) {
        alignas(inotify_event) std::array<char, 16 << 10> buffer{};
        while (true) {
            const auto count = ::read(descriptor_.native_handle(), buffer.data(), buffer.size());
            if (count <= 0) return;  // EAGAIN: all read.
            for (std::size_t at = 0; at < static_cast<std::size_t>(count);) {
                inotify_event event{};
                std::memcpy(&event, buffer.data() + at, sizeof event);
                // The name is padded with zero bytes.
                const char* name = event.len > 0 ? buffer.data() + at + sizeof event : "";
                each(Event{.watch = event.wd, .mask = event.mask, .name = name});
                at += sizeof event + event.len;
            }
        }
    }

   private:
    boost::asio::posix::stream_descriptor descriptor_;
};

}  // namespace doze
