#include "adapters/activity/terminals/terminals.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include "base/inotify.hpp"
#include "base/retry.hpp"

namespace doze::activity {

namespace {

namespace fs = std::filesystem;
using core::ActivityKind;
using core::SourceState;

/// A new terminal is given to its owner a moment later; one scan after that is enough.
constexpr std::chrono::milliseconds terminal_settling{200};

bool is_number(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

/// Kept alive by its handlers; the source may be destroyed while they run.
class Terminals::Watcher final : public SingleSource {
   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, TerminalsOptions options)
        : SingleSource(io, {.name = "terminals", .kind = ActivityKind::input, .partial = options.partial}),
          clock_(clock),
          options_(std::move(options)),
          inotify_(io.get_executor()),
          retry_(io),
          next_look_(io) {}

   private:
    void let_go() override {
        retry_.cancel();
        next_look_.cancel();
        inotify_.close();
    }

    void begin() override {
        if (!inotify_.open()) return fail(errno);
        for (const fs::path& folder : {options_.devices, options_.devices / "pts"}) {
            inotify_.watch(folder, IN_CREATE | IN_DELETE | IN_ATTRIB | IN_ONLYDIR);
        }
        wait();
        look();
    }

    /// Watches each of the person's terminals for its next read. IN_ONESHOT, so that a long text wakes doze once;
    /// adding a watch twice changes nothing.
    void look() {
        next_look_.cancel();
        bool any = false;
        int refused = 0;
        const auto watch = [&](const fs::path& terminal) {
            struct stat info {};
            if (::stat(terminal.c_str(), &info) != 0 || !S_ISCHR(info.st_mode) || info.st_uid != options_.person)
                return;
            if (inotify_.watch(terminal, IN_ACCESS | IN_ONESHOT) >= 0) {
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
            tell_running(none);  // Where terminals are all there is, a person with none open is not there.
        }
    }

    void look_after(core::Duration pause) {
        next_look_.expires_after(pause);
        next_look_.async_wait(guarded([this] { look(); }));
    }

    void wait() {
        inotify_.wait(guarded([this] {
            read();
            if (inotify_.is_open()) wait();
        }));
    }

    void read() {
        std::uint32_t all = 0;
        inotify_.read([&](const Inotify::Event& event) { all |= event.mask; });
        const auto at = clock_.now().boot;  // Taken before the pause starts.
        if ((all & (IN_CREATE | IN_DELETE | IN_ATTRIB | IN_Q_OVERFLOW)) != 0) {
            look_after(std::min<core::Duration>(terminal_settling, options_.interval));
        } else if ((all & IN_ACCESS) != 0) {
            look_after(options_.interval);
        }
        if ((all & IN_ACCESS) != 0) tell({.kind = ActivityKind::input, .at = at});
    }

    /// Reports why, and retries later.
    void fail(int error) {
        inotify_.close();
        retry_.later(guarded([this] { begin(); }));
        tell_unavailable(
            fmt::format("Terminals can't be watched: {}. If it is a limit, raise fs.inotify.max_user_instances and "
                        "fs.inotify.max_user_watches, or the number of open files; doze tries again by itself.",
                        std::generic_category().message(error)));
    }

    const ports::Clock& clock_;
    const TerminalsOptions options_;
    Inotify inotify_;
    Retry retry_;
    boost::asio::steady_timer next_look_;
};

Terminals::Terminals(boost::asio::io_context& io, const ports::Clock& clock, TerminalsOptions options)
    : SourceHandle(std::make_shared<Watcher>(io, clock, std::move(options))) {}

}  // namespace doze::activity
