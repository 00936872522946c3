#include "server/stream/session.hpp"

#include <boost/asio/error.hpp>
#include <fmt/format.h>
#include <utility>

#include "protocol/handshake.hpp"
#include "protocol/message.hpp"
#include "server/admission/admission.hpp"

namespace doze::server {
namespace {

/// Size up to which events are sent together.
constexpr std::size_t enough_events = 4096;

/// Size of the reply buffer that an idle connection may keep.
constexpr std::size_t kept_reply_room = 4096;

}  // namespace

std::string hung_up_on(std::string_view peer, std::string_view protocol) {
    return fmt::format(
        "{} spoke {} where lines are commands, and was hung up on. (A web page can make a browser do "
        "so, in the hope that doze obeys a line of it.)",
        peer, protocol);
}

Session::Session(std::unique_ptr<Stream> stream, const boost::asio::any_io_executor& executor, SessionSetup setup,
                 Timeouts timeouts, Gone gone)
    : stream_(std::move(stream)),
      setup_(std::move(setup)),
      timeouts_(timeouts),
      gone_(std::move(gone)),
      timer_(executor) {}

Session::~Session() {
    close();
}

void Session::start() {
    expire_after(timeouts_.for_command);
    stream_->open([self = shared_from_this()](boost::system::error_code error) {
        if (self->is_closed()) return;
        if (error) return self->close();
        if (const auto& refusal = self->setup_.refusal) {
            self->refuse(*refusal);
        } else if (!self->setup_.needs_token) {
            self->timer_.cancel();
        }
        self->read();
    });
}

void Session::close() {
    if (std::exchange(state_, State::closed) == State::closed) return;
    timer_.cancel();
    stream_->close();
    if (gone_) gone_(*this);
}

void Session::read() {
    stream_->read([self = shared_from_this()](boost::system::error_code error, std::string_view bytes) {
        if (!self->is_closed()) self->on_read(error, bytes);
    });
}

void Session::on_read(boost::system::error_code error, std::string_view bytes) {
    if (error && error != boost::asio::error::eof) return close();
    ended_ = error == boost::asio::error::eof;
    if (state_ == State::lingering) return ended_ ? close() : read();
    framer_.put(bytes);
    gathers_ = true;
    take_commands();
    stop_gathering();
}

/// Sends the replies that were gathered in one write.
void Session::stop_gathering() {
    gathers_ = false;
    const bool has_any = !replies_.empty() || !events_.empty();
    if (has_any && !is_closed() && output_ == Output::none) write();
}

void Session::take(std::string_view command) {
    const bool is_first = state_ == State::fresh;
    state_ = State::serving;
    if (setup_.may_ask && !setup_.may_ask()) {
        if (setup_.needs_token) return refuse(too_many_requests(), command);
        return send(protocol::refusal(command, too_many_requests()));
    }
    if (is_first && setup_.check_token && takes_authentication(command)) return;
    setup_.handler(
        command, most_unsent - 1, [self = shared_from_this()](std::string_view text) { self->send(text); },
        weak_from_this());
}

/// Handles the first command if it is, or must be, AUTH.
bool Session::takes_authentication(std::string_view command) {
    const auto checked =
        protocol::authenticate(command, setup_.check_token, [this](std::string_view text) { send(text); });
    if (!checked && !setup_.needs_token) return false;
    if (!checked || !*checked) {
        refuse(checked ? checked->error() : token_needed("Send the token first."), command);
        return true;
    }
    if (std::exchange(setup_.needs_token, false)) timer_.cancel();
    return true;
}

void Session::take_commands() {
    bool took_any = false;
    while (!is_closed() && unsent() < enough_unsent) {
        const auto command = framer_.next();
        if (!command) {
            if (!framer_.foreign().empty()) return hang_up();
            if (framer_.is_too_long()) {
                refuse({.code = ErrorCode::too_large, .message = "A command may have at most 64 KiB."});
                return read();
            }
            // The last command needs no line end. From here on only pending replies keep this object alive.
            if (const auto rest = ended_ ? framer_.rest() : std::nullopt) take(*rest);
            if (!framer_.foreign().empty()) return hang_up();
            if (took_any) input_ = Input::at_rest;
            return ended_ ? void(timer_.cancel()) : wait_for_more();
        }
        took_any = true;
        take(*command);
        if (state_ == State::lingering) return read();
    }
    input_ = Input::held_up;
    timer_.cancel();
}

void Session::wait_for_more() {
    if (setup_.needs_token) {
        // The time limit counts from the opening of the connection.
    } else if (framer_.is_empty()) {
        if (std::exchange(input_, Input::at_rest) == Input::half_there) timer_.cancel();
    } else if (std::exchange(input_, Input::half_there) != Input::half_there) {
        expire_after(timeouts_.for_command);
    }
    read();
}

void Session::refuse(const Error& error, std::string_view command) {
    stop_taking();
    expire_after(timeouts_.for_command);
    send(protocol::refusal(command, error));
}

/// Closes without a reply, which a client of another protocol would take for one in that.
void Session::hang_up() {
    if (setup_.on_foreign) setup_.on_foreign(framer_.foreign());
    events_ = {};
    stop_gathering();
    stop_taking();
    if (ended_) return close();
    expire_after(timeouts_.to_linger);
    if (output_ == Output::none) linger();
    read();
}

void Session::stop_taking() {
    if (!is_closed()) state_ = State::lingering;
    input_ = Input::at_rest;
}

/// Closing with unread data would make the kernel discard what was sent.
void Session::linger() {
    stream_->end();
    expire_after(timeouts_.to_linger);
}

void Session::expire_after(std::chrono::milliseconds time) {
    timer_.expires_after(time);
    timer_.async_wait([known = weak_from_this()](boost::system::error_code cancelled) {
        const auto self = known.lock();
        if (!self || cancelled || self->is_closed()) return;
        if (self->input_ != Input::half_there) return self->close();
        self->refuse(
            {.code = ErrorCode::bad_request, .message = "The command was begun, and its end did not come in time."});
    });
}

void Session::send(std::string_view text) {
    if (is_closed()) return;
    if (unsent() + text.size() + 1 > most_unsent) return close();
    replies_.reserve(replies_.size() + text.size() + 1);
    replies_.append(text).push_back('\n');
    if (output_ == Output::none && !gathers_) write();
}

std::size_t Session::unsent() const {
    return replies_.size() + (output_ == Output::replies ? writing_.size() : 0);
}

void Session::write() {
    output_ = replies_.empty() ? Output::events : Output::replies;
    if (output_ == Output::replies) {
        std::swap(writing_, replies_);
    } else {
        while (!events_.empty() && writing_.size() < enough_events) writing_.append(events_.pop()).push_back('\n');
    }
    stream_->write(writing_, [self = shared_from_this()](boost::system::error_code error) {
        if (!self->is_closed()) self->on_written(error);
    });
}

void Session::on_written(boost::system::error_code error) {
    if (error) return close();
    writing_.clear();
    output_ = Output::none;
    if (writing_.capacity() > kept_reply_room) writing_.shrink_to_fit();
    if (!replies_.empty()) write();
    if (input_ == Input::held_up && unsent() < enough_unsent) {
        input_ = Input::at_rest;
        take_commands();
    }
    if (is_closed() || output_ != Output::none) return;
    if (state_ == State::lingering) {
        ended_ ? close() : linger();
    } else if (!events_.empty()) {
        write();
    }
}

void Session::hear(std::string_view event) {
    if (is_closed() || state_ == State::lingering) return;
    events_.push(event);
    if (output_ == Output::none && !gathers_) write();
}

}  // namespace doze::server
