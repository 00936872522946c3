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

/// The environment variables that locate a Wayland desktop.
struct WaylandEnvironment {
    std::string runtime_dir;  ///< XDG_RUNTIME_DIR; empty if not set.
    std::string display;      ///< WAYLAND_DISPLAY: a name in runtime_dir, or a path.
    std::string sway_socket;  ///< SWAYSOCK: a path.

    /// WAYLAND_DEBUG. If set, libwayland writes everything it receives to stderr, window titles too.
    std::string debug;

    [[nodiscard]] static WaylandEnvironment of_process();
};

namespace wayland {

/// A connected socket.
struct Endpoint {
    std::filesystem::path path;
    UniqueFd fd;  ///< Connected; does not block.
};

/// Paths where a compositor may listen, best first: that of WAYLAND_DISPLAY, then every `wayland-*` of runtime_dir,
/// newest first (a restarted compositor may have another name, and a crashed one may have left its socket).
[[nodiscard]] std::vector<std::filesystem::path> compositor_sockets(const WaylandEnvironment& environment);

/// Those of them that accept connections. Never blocks.
[[nodiscard]] std::vector<std::filesystem::path> answering_sockets(const WaylandEnvironment& environment);

/// The same for sway's IPC socket: SWAYSOCK, then `sway-ipc.*`.
[[nodiscard]] std::vector<std::filesystem::path> sway_sockets(const WaylandEnvironment& environment);

/// Connects to the first of `paths` that accepts. Fails with `not_found` if none does, `access_denied` if one exists
/// but refuses. `whom` names the peer in the message: "Wayland compositor". Never blocks.
[[nodiscard]] Result<Endpoint> connect_to_first(const std::vector<std::filesystem::path>& paths, std::string_view whom);

/// What to tell a person if no compositor was found.
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

/// An owned libwayland object. (libwayland's destroy functions are `static inline`, which Handle can't take.)
template <class T>
using Proxy = std::unique_ptr<T, ProxyDeleter>;

/// An interface that the compositor offers.
struct Global {
    std::uint32_t name = 0;  ///< The compositor's number for it.
    std::string interface;   ///< "wl_seat"
    std::uint32_t version = 0;
};

/// A connection to a Wayland compositor on the loop. It never waits for an answer: events are handled as they arrive.
///
/// The callbacks are called as long as `owner` lives; they may close() the connection or release the owner. Proxies
/// made on the connection must be destroyed before it.
class Connection : public std::enable_shared_from_this<Connection> {
   public:
    struct Callbacks {
        /// The set of globals changed; first called once all of them are known.
        std::function<void()> globals;
        /// The connection is lost; no callback follows.
        std::function<void(const Error& why)> lost;
    };

    /// `owner` owns the state that the callbacks use.
    [[nodiscard]] static Result<std::shared_ptr<Connection>> open(boost::asio::io_context& io, Endpoint endpoint,
                                                                  std::weak_ptr<void> owner, Callbacks callbacks);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] const std::vector<Global>& globals() const { return globals_; }
    [[nodiscard]] const Global* find(std::string_view interface) const;
    [[nodiscard]] wl_registry* registry() const { return registry_.get(); }

    /// Calls `then` once the compositor has handled all requests sent so far. One at a time.
    void after_all(std::function<void()> then);

    /// Sends requests that were made outside of a callback.
    void flush();

    /// No callback is called after this.
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
    bool writing_ = false;  ///< Waiting for the socket to accept more data.
    bool closed_ = false;
};

}  // namespace doze::activity::wayland
