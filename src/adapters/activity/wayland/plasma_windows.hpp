#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <map>
#include <memory>

#include "adapters/activity/wayland/wayland_connection.hpp"
#include "adapters/activity/wayland/window_changes.hpp"
#include "base/result.hpp"

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
