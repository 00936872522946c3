#include "server/stream/session.hpp"

#include <boost/asio/error.hpp>
#include <fmt/format.h>
#include <utility>

#include "commands/refusal.hpp"
#include "server/admission/admission.hpp"
#include "server/admission/authentication.hpp"

namespace doze::server {
namespace {

/// Events that are sent together.
constexpr std::size_t enough_events = 4096;

/// What a connection at rest may keep of its longest reply.
constexpr std::size_t kept_reply_room = 4096;

}  // namespace

std::string hung_up_on(std::string_view peer, std::string_view protocol) {
    return fmt::format(
        "{} spoke {} where lines are commands, and was hung up on. (A web page can make a browser do "
        "so, in the hope that doze obeys a line of it.)",
        peer, protocol);
}

Session::Session(std::unique_ptr<Stream> stream, const boost::asio::any_io_executor& executor, SessionSetup setup,
                 Timeouts patience, Gone gone)
    : stream_(std::move(stream)),
      setup_(std::move(setup)),
      patience_(patience),
      gone_(std::move(gone)),
      timer_(executor) {}

Session::~Session() {
    close();
}

void Session::start() {
    expire_after(patience_.for_command);
    stream_->open([self = shared_from_this()](boost::system::error_code error) {
        if (!self->open_) return;
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
    if (!std::exchange(open_, false)) return;
    timer_.cancel();
    stream_->close();
    if (gone_) gone_(*this);
}

void Session::read() {
    stream_->read([self = shared_from_this()](boost::system::error_code error, std::string_view bytes) {
        if (self->open_) self->on_read(error, bytes);
    });
}

void Session::on_read(boost::system::error_code error, std::string_view bytes) {
    if (error && error != boost::asio::error::eof) return close();
    ended_ = error == boost::asio::error::eof;
    if (refused_) return ended_ ? close() : read();
    framer_.put(bytes);
    take_commands();
}

void Session::take(std::string_view command) {
    const bool first = std::exchange(first_, false);
    if (setup_.may_ask && !setup_.may_ask()) {
        if (setup_.needs_token) return refuse(too_many_requests(), command);
        return send(commands::refusal(command, too_many_requests()));
    }
    if (first && setup_.check_token && takes_authentication(command)) return;
    setup_.handler(
        command, most_unsent - 1, [self = shared_from_this()](std::string_view text) { self->send(text); },
        weak_from_this());
}

/// The first command is AUTH, or must be.
bool Session::takes_authentication(std::string_view command) {
    const auto given = Authentication::parse(command);
    if (!given && !setup_.needs_token) return false;
    const auto checked = given ? setup_.check_token(given->token.view()) : token_needed("Send the token first.");
    if (!checked) {
        refuse(checked.error(), command);
        return true;
    }
    send(given->welcome());
    if (std::exchange(setup_.needs_token, false)) timer_.cancel();
    return true;
}

void Session::take_commands() {
    bool took_any = false;
    while (open_ && unsent() < enough_unsent) {
        const auto command = framer_.next();
        if (!command) {
            if (!framer_.foreign().empty()) return hang_up();
            if (framer_.is_too_long()) {
                refuse({.code = ErrorCode::too_large, .message = "A command may have at most 64 KiB."});
                return read();
            }
            // The last command needs no line end. From here only replies that are still out keep this alive.
            if (const auto rest = ended_ ? framer_.rest() : std::nullopt) take(*rest);
            if (!framer_.foreign().empty()) return hang_up();
            if (took_any) half_there_ = false;
            return ended_ ? void(timer_.cancel()) : wait_for_more();
        }
        took_any = true;
        take(*command);
        if (refused_) return read();
    }
    held_up_ = open_;
    half_there_ = false;
    timer_.cancel();
}

void Session::wait_for_more() {
    if (setup_.needs_token) {
        // The time runs since the connection was opened.
    } else if (framer_.is_empty()) {
        if (std::exchange(half_there_, false)) timer_.cancel();
    } else if (!std::exchange(half_there_, true)) {
        expire_after(patience_.for_command);
    }
    read();
}

void Session::refuse(const Error& error, std::string_view command) {
    refused_ = true;
    half_there_ = false;
    expire_after(patience_.for_command);
    send(commands::refusal(command, error));
}

/// Without a word: whoever speaks another protocol would take it for an answer in that.
void Session::hang_up() {
    if (setup_.on_foreign) setup_.on_foreign(framer_.foreign());
    refused_ = true;
    half_there_ = false;
    events_ = {};
    if (ended_) return close();
    expire_after(patience_.for_farewell);
    if (writing_.empty()) say_farewell();
    read();
}

/// Closing with bytes unread would make the kernel throw away what was sent.
void Session::say_farewell() {
    stream_->end();
    expire_after(patience_.for_farewell);
}

void Session::expire_after(std::chrono::milliseconds time) {
    timer_.expires_after(time);
    timer_.async_wait([known = weak_from_this()](boost::system::error_code cancelled) {
        const auto self = known.lock();
        if (!self || cancelled || !self->open_) return;
        if (!self->half_there_) return self->close();
        self->refuse(
            {.code = ErrorCode::bad_request, .message = "The command was begun, and its end did not come in time."});
    });
}

void Session::send(std::string_view text) {
    if (!open_) return;
    if (unsent() + text.size() + 1 > most_unsent) return close();
    replies_.append(text).push_back('\n');
    if (writing_.empty()) write();
}

std::size_t Session::unsent() const {
    return replies_.size() + (writes_replies_ ? writing_.size() : 0);
}

void Session::write() {
    writes_replies_ = !replies_.empty();
    if (writes_replies_) {
        std::swap(writing_, replies_);
    } else {
        while (!events_.empty() && writing_.size() < enough_events) writing_.append(events_.pop()).push_back('\n');
    }
    stream_->write(writing_, [self = shared_from_this()](boost::system::error_code error) {
        if (self->open_) self->on_written(error);
    });
}

void Session::on_written(boost::system::error_code error) {
    if (error) return close();
    writing_.clear();
    writes_replies_ = false;
    if (writing_.capacity() > kept_reply_room) writing_.shrink_to_fit();
    if (!replies_.empty()) write();
    if (unsent() < enough_unsent && std::exchange(held_up_, false)) take_commands();
    if (!open_ || !writing_.empty()) return;
    if (refused_) {
        ended_ ? close() : say_farewell();
    } else if (!events_.empty()) {
        write();
    }
}

void Session::hear(std::string_view event) {
    if (!open_ || refused_) return;
    events_.push(event);
    if (writing_.empty()) write();
}

}  // namespace doze::server
