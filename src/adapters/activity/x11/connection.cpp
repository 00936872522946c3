#include "adapters/activity/x11/connection.hpp"

#include <fmt/format.h>

#include "adapters/activity/x11/servers.hpp"

namespace doze::activity::x11 {

namespace {

Error why_no_connection(const std::string& name, int error) {
    if (error == XCB_CONN_CLOSED_PARSE_ERR) {
        return {.code = ErrorCode::bad_request,
                .message = fmt::format("DISPLAY is \"{}\", which is not the name of an X display.", name),
                .next_step = "It looks like \":0\"."};
    }
    const auto number = local_number(name);
    const auto refusal = number ? refusal_of(*number) : std::nullopt;
    if (refusal && refusal->find("aximum number of clients") != std::string::npos) {
        return {.code = ErrorCode::internal,
                .message = fmt::format("The X server at {} is full: \"{}\".", name, *refusal),
                .next_step = "Close programs on that display; doze tries again by itself."};
    }
    if (refusal) {
        return {.code = ErrorCode::access_denied,
                .message = fmt::format("The X server at {} refuses doze.", name),
                .next_step = "Start doze as the user who is logged in there, with XAUTHORITY set as in that session."};
    }
    return {.code = ErrorCode::not_found,
            .message = fmt::format("No X server answers at {}.", name),
            .next_step = "doze tries again by itself."};
}

}  // namespace

Result<Connection> Connection::open(const std::string& name, const std::vector<std::string>& cookies) {
    int number = 0;
    Handle<xcb_connection_t, xcb_disconnect> connection(xcb_connect(name.c_str(), &number));
    std::string method = "MIT-MAGIC-COOKIE-1";
    for (std::string cookie : cookies) {
        if (xcb_connection_has_error(connection.get()) == 0) break;
        xcb_auth_info_t shown{.namelen = static_cast<int>(method.size()),
                              .name = method.data(),
                              .datalen = static_cast<int>(cookie.size()),
                              .data = cookie.data()};
        connection.reset(xcb_connect_to_display_with_auth_info(name.c_str(), &shown, &number));
    }
    if (const int error = xcb_connection_has_error(connection.get()); error != 0) return why_no_connection(name, error);

    auto screens = xcb_setup_roots_iterator(xcb_get_setup(connection.get()));
    for (; number > 0 && screens.rem > 1; --number) xcb_screen_next(&screens);
    return Connection{.xcb = std::move(connection), .screen = screens.data};
}

const xcb_query_extension_reply_t* extension(xcb_connection_t* connection, xcb_extension_t& id) {
    const auto* data = xcb_get_extension_data(connection, &id);
    return data == nullptr || data->present == 0 ? nullptr : data;
}

xcb_atom_t atom(xcb_connection_t* connection, std::string_view name) {
    const auto cookie = xcb_intern_atom(connection, 0, static_cast<std::uint16_t>(name.size()), name.data());
    const Reply<xcb_intern_atom_reply_t> reply(xcb_intern_atom_reply(connection, cookie, nullptr));
    return reply ? reply->atom : xcb_atom_t{XCB_ATOM_NONE};
}

}  // namespace doze::activity::x11
