#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/activity/wayland/wayland_connection.hpp"
#include "base/result.hpp"
#include "core/model/time.hpp"

namespace doze::activity::wayland {

/// Callbacks of an object that watches the active window.
struct WindowNews {
    /// From here on all changes are reported. A window already active before is the starting point, not a change.
    std::function<void()> running;
    /// The desktop is there but does not report windows.
    std::function<void(const std::string& why)> unavailable;
    /// This window, by the desktop's number for it, became the active one.
    std::function<void(std::uint64_t window)> active;
    /// The desktop is lost; no callback follows.
    std::function<void(const Error& why)> lost;
};

/// Decides which activations are signals. Pure.
class WindowChanges {
   public:
    /// At most one signal in `pause`.
    explicit WindowChanges(core::Duration pause) : pause_(pause) {}

    /// The window that was active at the start.
    void found(std::uint64_t window) { active_ = window; }

    /// Whether this is a signal: another window than before, and the last signal is at least `pause` ago.
    [[nodiscard]] bool activated(std::uint64_t window, core::TimePoint now) {
        if (active_ == window) return false;
        active_ = window;
        if (last_ && now < *last_ + pause_) return false;
        last_ = now;
        return true;
    }

   private:
    core::Duration pause_;
    std::optional<std::uint64_t> active_;
    std::optional<core::TimePoint> last_;
};

}  // namespace doze::activity::wayland

struct org_kde_plasma_window;
struct org_kde_plasma_window_management;

namespace doze::activity::wayland {

/// Watches the active window through KWin's org_kde_plasma_window_management. KWin sends all it knows of every window,
/// titles too, and can't be asked for less; texts are wiped unread. (libwayland's receive buffer of 4 KiB keeps them
/// until later events overwrite it.)
///
/// Callbacks are called as long as `owner` lives.
class PlasmaWindows {
   public:
    [[nodiscard]] static Result<std::unique_ptr<PlasmaWindows>> open(boost::asio::io_context& io, Endpoint endpoint,
                                                                     std::weak_ptr<void> owner, WindowNews news);
    ~PlasmaWindows();
    PlasmaWindows(const PlasmaWindows&) = delete;
    PlasmaWindows& operator=(const PlasmaWindows&) = delete;

    /// No callback is called after this.
    void close() { connection_->close(); }

   private:
    struct Window;

    explicit PlasmaWindows(WindowNews news);

    void settle();
    static int handle(const void*, void* proxy, std::uint32_t, const wl_message* event, wl_argument* arguments);
    void add(std::uint32_t id);

    WindowNews news_;
    std::shared_ptr<Connection> connection_;
    org_kde_plasma_window_management* manager_ = nullptr;
    std::map<std::uint32_t, std::unique_ptr<Window>> windows_;
};

}  // namespace doze::activity::wayland

namespace doze::activity::wayland {

/// Watches the active window over sway's IPC socket, sway-ipc(7). sway's events contain the title as well: they are
/// received into one buffer, which is wiped as soon as the window's number was read.
///
/// Callbacks are called as long as `owner` lives.
class SwayWindows : public std::enable_shared_from_this<SwayWindows> {
   public:
    [[nodiscard]] static Result<std::shared_ptr<SwayWindows>> open(boost::asio::io_context& io, Endpoint endpoint,
                                                                   std::weak_ptr<void> owner, WindowNews news);

    /// No callback is called after this.
    void close();

   private:
    SwayWindows(boost::asio::io_context& io, std::weak_ptr<void> owner, WindowNews news);

    void subscribe();
    void read_header();
    void read_payload();
    void take();
    void lose(const std::string& how);

    /// A handler that does nothing once this or the owner is gone, and reports the loss on an error.
    template <class Then>
    auto guarded(Then then);

    boost::asio::local::stream_protocol::socket socket_;
    std::weak_ptr<void> owner_;
    WindowNews news_;
    std::string path_;
    std::array<char, 14> header_{};
    std::size_t size_ = 0;    ///< Size of the payload, according to the header.
    std::uint32_t type_ = 0;  ///< Type of the message, according to the header.
    std::unique_ptr<char[]> payload_;
    bool closed_ = false;
};

/// The number of the window that has the focus after this sway window event (sway-ipc(7)); empty if the event is
/// about something else or malformed. Reads up to the number, which sway writes before the title, and keeps
/// nothing.
[[nodiscard]] std::optional<std::uint64_t> focused_window(std::string_view payload);

}  // namespace doze::activity::wayland
