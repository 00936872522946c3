#include "adapters/activity/x11/x11_client.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "adapters/activity/x11/x11_environment.hpp"

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

using boost::system::error_code;
using core::SourceState;

Client::Client(boost::asio::io_context& io, X11Environment environment, std::vector<Source> sources,
               std::string why_not_wayland)
    : StatusReporter(io),
      environment_(std::move(environment)),
      sources_(std::move(sources)),
      why_not_wayland_(std::move(why_not_wayland)),
      retry_(io),
      descriptor_(io) {}

Client::~Client() {
    // xcb owns the socket and closes it.
    if (descriptor_.is_open()) descriptor_.release();
}

void Client::begin() {
    for (const Source& source : sources_) {
        if (!source.enabled)
            tell(core::SourceStatus{.name = source.name, .kind = source.kind, .state = SourceState::disabled});
    }
    if (std::none_of(sources_.begin(), sources_.end(), [](const Source& source) { return source.enabled; })) return;
    if (!environment_.wayland_display.empty() || environment_.session_type == "wayland") {
        return tell_all(SourceState::unavailable, why_not_wayland_);
    }
    if (environment_.display.empty()) {
        return tell_all(SourceState::unavailable,
                        "No X display: DISPLAY is not set. Start doze from within the graphical session, or set "
                        "DISPLAY (usually \":0\").");
    }
    connect();
}

void Client::connect() {
    auto opened = Connection::open(environment_.display, environment_.cookies);
    if (!opened) return fail(opened.error());
    connection_.emplace(std::move(*opened));
    if (auto ready = connected(*connection_); !ready) return fail(ready.error());
    error_code error;
    descriptor_.assign(connection_->fd(), error);
    if (error) {
        return fail({.code = ErrorCode::internal,
                     .message = fmt::format("The X connection cannot be watched: {}.", error.message())});
    }
    pump();
}

void Client::pump() {
    for (bool busy = true; busy;) {
        busy = step();
        if (is_stopped() || !connection_) return;
        if (connection_->is_lost()) return lose();
    }
    wait();
}

void Client::wait() {
    if (std::exchange(waiting_, true)) return;
    descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                           [this, weak = weak_from_this()](const error_code& error) {
                               const auto self = weak.lock();
                               if (!self) return;
                               waiting_ = false;
                               if (!error && !is_stopped() && connection_) pump();
                           });
}

void Client::lose() {
    fail({.code = ErrorCode::internal,
          .message = fmt::format("The X server at {} went away.", environment_.display),
          .next_step = "doze tries again by itself."});
    went_away_ = true;
}

void Client::fail(const Error& why) {
    // "Went away" is the better explanation than "not found".
    went_away_ = went_away_ && why.code == ErrorCode::not_found;
    disconnect();
    failed(why);
    if (is_stopped()) return;
    if (!went_away_) tell_all(SourceState::unavailable, why.text());
    if (is_stopped()) return;
    retry_.later(guarded([this] { connect(); }));
}

void Client::disconnect() {
    if (!connection_) return;
    disconnected();
    if (descriptor_.is_open()) descriptor_.release();
    connection_.reset();
}

void Client::running(const std::string& detail) {
    retry_.succeeded();
    went_away_ = false;
    tell_all(SourceState::running, detail);
}

void Client::use(std::vector<Source> sources, const std::string& instead) {
    sources_ = std::move(sources);
    std::vector<core::SourceStatus> others;
    for (const auto& told : told()) {
        const auto is_it = [&](const Source& source) { return source.name == told.first; };
        const bool stays =
            told.second.state == SourceState::disabled || std::any_of(sources_.begin(), sources_.end(), is_it);
        if (!stays) others.push_back(told.second);
    }
    for (core::SourceStatus& other : others) {
        other.state = SourceState::unavailable;
        other.detail = instead;
        tell(other);
    }
}

void Client::tell_all(SourceState state, const std::string& detail) {
    for (const Source& source : sources_) {
        if (source.enabled) {
            tell(core::SourceStatus{.name = source.name, .kind = source.kind, .state = state, .detail = detail});
        }
    }
}

}  // namespace doze::activity::x11
