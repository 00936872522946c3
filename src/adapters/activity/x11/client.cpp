#include "adapters/activity/x11/client.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace doze::activity::x11 {

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
    // That it went away says more than that it is not there.
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
