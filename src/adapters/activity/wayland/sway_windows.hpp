#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/activity/wayland/wayland_environment.hpp"
#include "adapters/activity/wayland/window_changes.hpp"
#include "base/result.hpp"

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
