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
    const xcb_screen_t* screen;  ///< The default screen of the display's name; lives as long as the connection.

    /// `name` as in $DISPLAY, not empty. Error codes: `not_found` if no server answers, `access_denied` if it
    /// refuses, `bad_request` if the name is invalid. Waits for the server: microseconds for a local one, without
    /// limit for a remote one that hangs. `cookies` are tried after those of the person's own authority file
    /// (XAUTHORITY).
    [[nodiscard]] static Result<Connection> open(const std::string& name, const std::vector<std::string>& cookies = {});

    /// Readable when an event or an answer has arrived. Owned by the connection.
    [[nodiscard]] int fd() const { return xcb_get_file_descriptor(xcb.get()); }

    /// If true, no other call is of use.
    [[nodiscard]] bool is_lost() const { return xcb_connection_has_error(xcb.get()) != 0; }
};

/// Opcodes of an extension at this server; nullptr if the server lacks it. Waits for the server.
[[nodiscard]] const xcb_query_extension_reply_t* extension(xcb_connection_t* connection, xcb_extension_t& id);

/// The atom of a name, created if necessary; 0 if the connection is lost. Waits for the server.
[[nodiscard]] xcb_atom_t atom(xcb_connection_t* connection, std::string_view name);

/// Takes the answer to a request if it has arrived; nullptr if not, or if it is an error. Never waits.
template <class T>
Reply<T> poll(xcb_connection_t* connection, unsigned sequence, bool* arrived = nullptr) {
    void* answer = nullptr;
    xcb_generic_error_t* error = nullptr;
    const bool is_there = xcb_poll_for_reply(connection, sequence, &answer, &error) != 0;
    const Reply<xcb_generic_error_t> owned_error(error);
    if (arrived != nullptr) *arrived = is_there;
    return Reply<T>(static_cast<T*>(answer));
}

/// The next event that has arrived, if any. Never waits.
[[nodiscard]] inline Reply<xcb_generic_event_t> next_event(xcb_connection_t* connection) {
    return Reply<xcb_generic_event_t>(xcb_poll_for_event(connection));
}

/// The event's number without the top bit, which marks events sent by another client.
[[nodiscard]] inline int type_of(const xcb_generic_event_t& event) {
    return event.response_type & 0x7f;
}

/// Base of the sources on an X display: connects, waits for the server's events, notices a lost server and looks for it
/// again. Has one status or several.
class Client : public StatusReporter {
   public:
    struct Source {
        std::string name;  ///< As in SourceStatus.
        core::ActivityKind kind;
        bool enabled = true;
    };

    /// `why_not_wayland`: the status in a Wayland session, whose X server does not count.
    Client(boost::asio::io_context& io, X11Environment environment, std::vector<Source> sources,
           std::string why_not_wayland);
    ~Client() override;

   protected:
    /// Called with each new connection, to subscribe to events. May wait for answers.
    [[nodiscard]] virtual Result<void> connected(const Connection& connection) = 0;

    /// Handles what has arrived and sends requests that are due, without waiting; returns whether there was anything to
    /// do.
    virtual bool step() = 0;

    /// Called before the connection is closed.
    virtual void disconnected() = 0;

    /// Called when connecting failed. May destroy this object's owner.
    virtual void failed(const Error&) {}

    /// These four only between connected() and disconnected().
    [[nodiscard]] bool is_connected() const { return connection_.has_value(); }
    [[nodiscard]] bool is_lost() const { return connection_->is_lost(); }
    [[nodiscard]] xcb_connection_t* xcb() const { return connection_->xcb.get(); }
    [[nodiscard]] xcb_window_t root() const { return connection_->screen->root; }

    /// Steps until there is nothing left to do, then waits for the server. For timer handlers.
    void pump();

    /// Disconnects, reports why, and retries later.
    void fail(const Error& why);

    /// Reports all sources as running: something was read.
    void running(const std::string& detail = "");

    /// Reports all sources as unavailable for now, although the server is there.
    void unavailable(const Error& why) { tell_all(core::SourceState::unavailable, why.text()); }

    /// Replaces the set of sources; `instead` is the status of those left out.
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
    bool went_away_ = false;  ///< The last report said that the server was there and is lost.
    bool waiting_ = false;
};

}  // namespace doze::activity::x11
