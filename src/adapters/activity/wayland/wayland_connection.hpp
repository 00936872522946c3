#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include <wayland-client.h>

#include "base/handle.hpp"
#include "base/result.hpp"

namespace doze::activity {

/// The environment variables that say where a Wayland desktop is.
struct WaylandEnvironment {
    std::string runtime_dir;  ///< XDG_RUNTIME_DIR; empty if not set.
    std::string display;      ///< WAYLAND_DISPLAY: a name in runtime_dir, or a path.
    std::string sway_socket;  ///< SWAYSOCK: a path.

    /// WAYLAND_DEBUG. libwayland writes all that comes in to stderr if it is set, window titles too.
    std::string debug;

    [[nodiscard]] static WaylandEnvironment of_process();
};

namespace wayland {

/// A socket that somebody answers at.
struct Endpoint {
    std::filesystem::path path;
    UniqueFd fd;  ///< Connected; does not block.
};

/// The paths where a compositor may be, best first: that of WAYLAND_DISPLAY, then every `wayland-*` of runtime_dir,
/// the newest first (a compositor that was restarted may have another name, and one that died may have left its own).
[[nodiscard]] std::vector<std::filesystem::path> compositor_sockets(const WaylandEnvironment& environment);

/// Those of them where somebody answers. Never blocks.
[[nodiscard]] std::vector<std::filesystem::path> answering_sockets(const WaylandEnvironment& environment);

/// The same for sway's own socket: SWAYSOCK, then `sway-ipc.*`.
[[nodiscard]] std::vector<std::filesystem::path> sway_sockets(const WaylandEnvironment& environment);

/// Connects to the first of `paths` where somebody answers. `not_found` if nobody does, `access_denied` if one that is
/// there refuses. `whom` for the message: "Wayland compositor". Never blocks.
[[nodiscard]] Result<Endpoint> connect_to_first(const std::vector<std::filesystem::path>& paths, std::string_view whom);

/// What to tell a person where nobody does.
[[nodiscard]] std::string no_session(const WaylandEnvironment& environment);

}  // namespace wayland

}  // namespace doze::activity

namespace doze::activity::wayland {

struct ProxyDeleter {
    template <class T>
    void operator()(T* proxy) const noexcept {
        wl_proxy_destroy(reinterpret_cast<wl_proxy*>(proxy));
    }
};

/// An owned object of libwayland's. (Its own functions to destroy them are `static inline`, which Handle can't take.)
template <class T>
using Proxy = std::unique_ptr<T, ProxyDeleter>;

/// Something that the compositor offers.
struct Global {
    std::uint32_t name = 0;  ///< The compositor's number for it.
    std::string interface;   ///< "wl_seat"
    std::uint32_t version = 0;
};

/// A connection to a Wayland compositor on the loop. It waits for no answer: what comes in is handled when it is there.
///
/// The callbacks are called as long as `owner` lives, and may close() the connection or let go of the owner. Proxies
/// made on the connection must go before it does.
class Connection : public std::enable_shared_from_this<Connection> {
   public:
    struct Callbacks {
        /// What is offered changed; called for the first time once all of it is known.
        std::function<void()> globals;
        /// It is over; nothing else is called.
        std::function<void(const Error& why)> lost;
    };

    /// `owner` holds the callbacks' state.
    [[nodiscard]] static Result<std::shared_ptr<Connection>> open(boost::asio::io_context& io, Endpoint endpoint,
                                                                  std::weak_ptr<void> owner, Callbacks callbacks);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] const std::vector<Global>& globals() const { return globals_; }
    [[nodiscard]] const Global* find(std::string_view interface) const;
    [[nodiscard]] wl_registry* registry() const { return registry_.get(); }

    /// Calls `then` once the compositor has handled everything that was sent so far. One at a time.
    void after_all(std::function<void()> then);

    /// Sends what was asked for outside of a callback.
    void flush();

    /// No callback comes from here on.
    void close();

   private:
    Connection(boost::asio::io_context& io, std::string path, std::weak_ptr<void> owner, Callbacks callbacks);

    [[nodiscard]] Result<void> begin(UniqueFd fd);
    void pump();
    void wait_to_read();
    void wait_to_write();
    void lose();

    static const wl_registry_listener registry_listener;
    static const wl_callback_listener sync_listener;

    std::string path_;
    std::weak_ptr<void> owner_;
    Callbacks callbacks_;
    boost::asio::posix::stream_descriptor descriptor_;  ///< A duplicate: libwayland closes its own.
    Handle<wl_display, wl_display_disconnect> display_;
    Proxy<wl_registry> registry_;
    Proxy<wl_callback> sync_;
    std::function<void()> then_;
    std::vector<Global> globals_;
    bool globals_known_ = false;
    bool globals_changed_ = false;
    bool writing_ = false;  ///< Waits until the socket takes more.
    bool closed_ = false;
};

}  // namespace doze::activity::wayland
