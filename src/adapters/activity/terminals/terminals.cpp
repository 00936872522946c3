#include "adapters/activity/terminals/terminals.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include "adapters/activity/single_source.hpp"
#include "base/retry.hpp"

namespace doze::activity {

namespace {

namespace fs = std::filesystem;
using boost::asio::posix::stream_descriptor;
using boost::system::error_code;
using core::ActivityKind;
using core::SourceState;

/// A terminal that appears is handed to its person a moment later; one look for all of it.
constexpr std::chrono::milliseconds settling{200};

bool is_number(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

/// Lives on while handlers of its loop do; the source may go while they are under way.
class Terminals::Watcher final : public SingleSource {
   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, TerminalsOptions options)
        : SingleSource(io, {.name = "terminals", .kind = ActivityKind::input, .partial = options.partial}),
          clock_(clock),
          options_(std::move(options)),
          inotify_(io),
          retry_(io),
          next_look_(io) {}

   private:
    void let_go() override {
        retry_.cancel();
        next_look_.cancel();
        error_code ignored;
        inotify_.close(ignored);
    }

    void begin() override {
        const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (fd < 0) return fail(errno);
        inotify_.assign(fd);
        for (const fs::path& folder : {options_.devices, options_.devices / "pts"}) {
            ::inotify_add_watch(fd, folder.c_str(), IN_CREATE | IN_DELETE | IN_ATTRIB | IN_ONLYDIR);
        }
        wait();
        look();
    }

    /// Watches each terminal of the person's for the next read of it. IN_ONESHOT, so that a long text wakes once;
    /// asking again for one that is watched changes nothing.
    void look() {
        next_look_.cancel();
        bool any = false;
        int refused = 0;
        const auto watch = [&](const fs::path& terminal) {
            struct stat info {};
            if (::stat(terminal.c_str(), &info) != 0 || !S_ISCHR(info.st_mode) || info.st_uid != options_.person)
                return;
            if (::inotify_add_watch(inotify_.native_handle(), terminal.c_str(), IN_ACCESS | IN_ONESHOT) >= 0) {
                any = true;
            } else if (errno != ENOENT) {
                refused = errno;
            }
        };
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(options_.devices, ignored)) {
            const std::string name = entry.path().filename();
            if (name.starts_with("tty") && is_number(std::string_view(name).substr(3))) watch(entry.path());
        }
        for (const auto& entry : fs::directory_iterator(options_.devices / "pts", ignored)) {
            if (is_number(entry.path().filename().native())) watch(entry.path());
        }
        if (!any && refused != 0) return fail(refused);
        retry_.succeeded();
        const std::string none = "No terminal of yours is open.";
        if (any) {
            tell_running();
        } else if (options_.partial) {
            tell_unavailable(none);
        } else {
            tell_running(none);  // Where terminals are all there is, whoever has none open is not there.
        }
    }

    void look_after(core::Duration pause) {
        next_look_.expires_after(pause);
        next_look_.async_wait(guarded([this] { look(); }));
    }

    void wait() {
        inotify_.async_wait(stream_descriptor::wait_read, guarded([this] {
                                read();
                                if (inotify_.is_open()) wait();
                            }));
    }

    void read() {
        alignas(inotify_event) std::array<char, 4096> buffer{};
        std::uint32_t all = 0;
        while (true) {
            const auto count = ::read(inotify_.native_handle(), buffer.data(), buffer.size());
            if (count <= 0) break;  // EAGAIN: all read.
            for (std::size_t at = 0; at < static_cast<std::size_t>(count);) {
                inotify_event event{};
                std::memcpy(&event, buffer.data() + at, sizeof event);
                all |= event.mask;
                at += sizeof event + event.len;
            }
        }
        if ((all & (IN_CREATE | IN_DELETE | IN_ATTRIB | IN_Q_OVERFLOW)) != 0) {
            look_after(std::min<core::Duration>(settling, options_.interval));
        } else if ((all & IN_ACCESS) != 0) {
            look_after(options_.interval);
        }
        if ((all & IN_ACCESS) != 0) tell({.kind = ActivityKind::input, .at = clock_.now().boot});
    }

    /// Says why, and tries again later.
    void fail(int error) {
        error_code ignored;
        inotify_.close(ignored);
        retry_.later(guarded([this] { begin(); }));
        tell_unavailable(
            fmt::format("Terminals can't be watched: {}. If it is a limit, raise fs.inotify.max_user_instances and "
                        "fs.inotify.max_user_watches, or the number of open files; doze tries again by itself.",
                        std::generic_category().message(error)));
    }

    const ports::Clock& clock_;
    const TerminalsOptions options_;
    stream_descriptor inotify_;
    Retry retry_;
    boost::asio::steady_timer next_look_;
};

Terminals::Terminals(boost::asio::io_context& io, const ports::Clock& clock, TerminalsOptions options)
    : watcher_(std::make_shared<Watcher>(io, clock, std::move(options))) {}

Terminals::~Terminals() {
    watcher_->stop();
}

void Terminals::start(ports::ActivitySink sink) {
    watcher_->start(std::move(sink));
}

}  // namespace doze::activity
