#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>

#include "adapters/activity/source.hpp"
#include "adapters/activity/x11/x11_environment.hpp"
#include "base/handle.hpp"
#include "base/result.hpp"
#include "base/retry.hpp"

namespace doze::activity::x11 {

template <class T>
using Reply = Handle<T, std::free>;

/// A connection to an X server.
struct Connection {
    Handle<xcb_connection_t, xcb_disconnect> xcb;
    const xcb_screen_t* screen;  ///< The one that the display's name names; lives as long as the connection.

    /// `name` as in $DISPLAY, not empty. The error code says why not: `not_found` no server answers,
    /// `access_denied` it refuses, `bad_request` the name is none. Waits for the server: microseconds for a local one,
    /// but for as long as a remote one that hangs.
    /// Where those of the person's own files (XAUTHORITY) don't open it, `cookies` are tried.
    [[nodiscard]] static Result<Connection> open(const std::string& name, const std::vector<std::string>& cookies = {});

    /// Readable when an event or an answer is there. Owned by the connection.
    [[nodiscard]] int fd() const { return xcb_get_file_descriptor(xcb.get()); }

    /// Nothing else is worth calling then.
    [[nodiscard]] bool is_lost() const { return xcb_connection_has_error(xcb.get()) != 0; }
};

/// What an extension that `connection` has is called by; nullptr if it has none. Waits for the server.
[[nodiscard]] const xcb_query_extension_reply_t* extension(xcb_connection_t* connection, xcb_extension_t& id);

/// The number of a name, which it makes if need be; 0 if the connection is lost. Waits for the server.
[[nodiscard]] xcb_atom_t atom(xcb_connection_t* connection, std::string_view name);

/// Takes the answer to a request if it is there; nullptr if not, or if the answer is an error. Never waits.
template <class T>
Reply<T> poll(xcb_connection_t* connection, unsigned sequence, bool* arrived = nullptr) {
    void* answer = nullptr;
    xcb_generic_error_t* error = nullptr;
    const bool is_there = xcb_poll_for_reply(connection, sequence, &answer, &error) != 0;
    const Reply<xcb_generic_error_t> owned_error(error);
    if (arrived != nullptr) *arrived = is_there;
    return Reply<T>(static_cast<T*>(answer));
}

/// The next event that has come in, if any. Never waits.
[[nodiscard]] inline Reply<xcb_generic_event_t> next_event(xcb_connection_t* connection) {
    return Reply<xcb_generic_event_t>(xcb_poll_for_event(connection));
}

/// Its number, whether the server or another client sent it: the top bit tells.
[[nodiscard]] inline int type_of(const xcb_generic_event_t& event) {
    return event.response_type & 0x7f;
}

/// What the sources on an X display have in common: it connects, waits for what the server says, notices that the
/// server went away and looks for it again. It has one status or several.
class Client : public StatusReporter {
   public:
    struct Source {
        std::string name;  ///< As in SourceStatus.
        core::ActivityKind kind;
        bool enabled = true;
    };

    /// `why_not_wayland`: what to say in a Wayland session, whose X server does not count.
    Client(boost::asio::io_context& io, X11Environment environment, std::vector<Source> sources,
           std::string why_not_wayland);
    ~Client() override;

   protected:
    /// A server is there: asks it for what is to be watched. May wait for answers.
    [[nodiscard]] virtual Result<void> connected(const Connection& connection) = 0;

    /// Takes what has come in and sends what is due, without waiting; whether it did anything.
    virtual bool step() = 0;

    /// The connection is about to go.
    virtual void disconnected() = 0;

    /// There is none, and why. May end this object's owner.
    virtual void failed(const Error&) {}

    /// Only between connected() and disconnected().
    [[nodiscard]] bool is_connected() const { return connection_.has_value(); }
    [[nodiscard]] bool is_lost() const { return connection_->is_lost(); }
    [[nodiscard]] xcb_connection_t* xcb() const { return connection_->xcb.get(); }
    [[nodiscard]] xcb_window_t root() const { return connection_->screen->root; }

    /// Steps until there is nothing left to do, then waits for the server. For timers.
    void pump();

    /// Lets go of the server, says why, and tries again later.
    void fail(const Error& why);

    /// All sources run: something was read.
    void running(const std::string& detail = "");

    /// All sources are unavailable for now, although the server is there.
    void unavailable(const Error& why) { tell_all(core::SourceState::unavailable, why.text()); }

    /// From here on these are the sources; others are unavailable, because `instead`.
    void use(std::vector<Source> sources, const std::string& instead);

    using StatusReporter::tell;
    void tell(core::SessionEvent event) const { tell(event, sources_.front().name); }

   private:
    void begin() override;
    void connect();
    void disconnect();
    void lose();
    void wait();
    void tell_all(core::SourceState state, const std::string& detail);

    const X11Environment environment_;
    std::vector<Source> sources_;
    const std::string why_not_wayland_;
    Retry retry_;
    std::optional<Connection> connection_;
    boost::asio::posix::stream_descriptor descriptor_;
    bool went_away_ = false;  ///< The last thing told is that the server was there and is lost.
    bool waiting_ = false;
};

}  // namespace doze::activity::x11
