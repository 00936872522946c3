#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>

#include "base/handle.hpp"
#include "base/result.hpp"

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

}  // namespace doze::activity::x11
