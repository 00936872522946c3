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

/// What one way to learn of the active window tells.
struct WindowNews {
    /// From here on all is told. What was active before is a window that was found so, not a change.
    std::function<void()> running;
    /// The desktop is there but does not tell.
    std::function<void(const std::string& why)> unavailable;
    /// A window, by the desktop's number for it, is the active one.
    std::function<void(std::uint64_t window)> active;
    /// The desktop is lost; nothing else is called.
    std::function<void(const Error& why)> lost;
};

/// Tells which activations are signals. Pure.
class WindowChanges {
   public:
    /// At most one signal in `pause`.
    explicit WindowChanges(core::Duration pause) : pause_(pause) {}

    /// The window that was active before anybody looked.
    void found(std::uint64_t window) { active_ = window; }

    /// Whether this is a signal: another window than before, and none was signalled just now.
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

/// Learns of the active window from KWin, by org_kde_plasma_window_management. KWin tells all that it knows of every
/// window, titles too, and can't be asked for less: what is text is wiped unread. (libwayland's receive buffer of
/// 4 KiB keeps it until other events have overwritten it.)
///
/// The news is told as long as `owner` lives.
class PlasmaWindows {
   public:
    [[nodiscard]] static Result<std::unique_ptr<PlasmaWindows>> open(boost::asio::io_context& io, Endpoint endpoint,
                                                                     std::weak_ptr<void> owner, WindowNews news);
    ~PlasmaWindows();
    PlasmaWindows(const PlasmaWindows&) = delete;
    PlasmaWindows& operator=(const PlasmaWindows&) = delete;

    /// Nothing is told from here on.
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

/// Learns of the active window over sway's own socket, sway-ipc(7). What sway tells of it has the title as well: it is
/// received into one buffer, which is wiped as soon as the window's number was taken from it.
///
/// The news is told as long as `owner` lives.
class SwayWindows : public std::enable_shared_from_this<SwayWindows> {
   public:
    [[nodiscard]] static Result<std::shared_ptr<SwayWindows>> open(boost::asio::io_context& io, Endpoint endpoint,
                                                                   std::weak_ptr<void> owner, WindowNews news);

    /// Nothing is told from here on.
    void close();

   private:
    SwayWindows(boost::asio::io_context& io, std::weak_ptr<void> owner, WindowNews news);

    void subscribe();
    void read_header();
    void read_payload();
    void take();
    void lose(const std::string& how);

    /// A handler that does nothing once this or the owner is gone, and tells of the loss where it failed.
    template <class Then>
    auto guarded(Then then);

    boost::asio::local::stream_protocol::socket socket_;
    std::weak_ptr<void> owner_;
    WindowNews news_;
    std::string path_;
    std::array<char, 14> header_{};
    std::size_t size_ = 0;    ///< What the header says of the payload.
    std::uint32_t type_ = 0;  ///< The same.
    std::unique_ptr<char[]> payload_;
    bool closed_ = false;
};

/// The number of the window that a window event of sway's (sway-ipc(7)) says now has the focus; none if the event is of
/// something else, or nonsense. Reads up to that number, which sway writes before the window's title, and keeps
/// nothing.
[[nodiscard]] std::optional<std::uint64_t> focused_window(std::string_view payload);

}  // namespace doze::activity::wayland
