#include "server/http/http_session.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <fmt/format.h>
#include <utility>

#include "server/http/framing.hpp"
#include "server/http/page_password.hpp"
#include "server/http/websocket_session.hpp"

namespace doze::server {
namespace http = boost::beast::http;
namespace {

constexpr std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

rest::WebReply bad_request_reply(unsigned status, std::string message) {
    return web_error(status, {.code = ErrorCode::bad_request, .message = std::move(message)});
}

rest::WebReply unauthorized_reply(std::string what) {
    auto reply = web_error(401, {.code = ErrorCode::unauthorized,
                                 .message = std::move(what),
                                 .next_step = "Send it as Authorization: Bearer."});
    reply.headers.emplace_back("WWW-Authenticate", "Bearer");
    return reply;
}

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

rest::WebReply too_often_reply(const Error& error) {
    auto reply = web_error(429, error);
    reply.headers.emplace_back("Retry-After", "1");
    return reply;
}

bool is_websocket_path(std::string_view target) {
    const auto path = target.substr(0, target.find('?'));
    return path == "/" || path == "/ws";
}

/// After a refusal, up to so much of the request is read and discarded, so that the client gets to read the response.
constexpr std::size_t most_thrown_away = 4 << 20;

using Clock = boost::asio::steady_timer::clock_type;

/// While a request is being answered.
constexpr auto no_end = Clock::time_point::max();

}  // namespace

HttpSession::HttpSession(const boost::asio::any_io_executor& executor, std::unique_ptr<Stream> stream,
                         Result<Admission::RemotePeer> peer, std::shared_ptr<const WebParts> parts)
    : stream_(std::move(stream)), parts_(std::move(parts)), timer_(executor), peer_(std::move(peer)) {}

void HttpSession::start() {
    give_time(parts_->timeouts.for_request);
    stream_->open([self = shared_from_this()](boost::system::error_code error) {
        if (self->is_closed()) return;
        if (error) return self->close();
        if (!self->peer_) return self->end_with(web_error(403, self->peer_.error()));
        self->read();
    });
}

HttpSession::~HttpSession() {
    close();
}

void HttpSession::close() {
    if (std::exchange(state_, State::closed) == State::closed) return;
    timer_.cancel();
    if (stream_) stream_->close();
    parts_->gone(*this);
}

/// Most deadlines end before they expire. Setting a timer costs as much as a short response, so a running timer is left
/// alone, and set anew when it expires.
void HttpSession::give_time(std::chrono::milliseconds time) {
    due_ = Clock::now() + time;
    if (!waits_ || due_ < timer_.expiry()) wait_until_due();
}

void HttpSession::wait_until_due() {
    waits_ = true;
    timer_.expires_at(due_);
    timer_.async_wait([known = weak_from_this()](boost::system::error_code cancelled) {
        const auto self = known.lock();
        if (!self || cancelled || self->is_closed()) return;
        self->waits_ = false;
        if (self->due_ == no_end) return;
        if (self->due_ > Clock::now()) return self->wait_until_due();
        self->on_late();
    });
}

void HttpSession::on_late() {
    if (is_reading() && parser_) return end_with(bad_request_reply(408, "The request took too long."));
    close();
}

void HttpSession::read() {
    if (std::exchange(reads_, true)) return;
    stream_->read([self = shared_from_this()](boost::system::error_code error, std::string_view bytes) {
        self->reads_ = false;
        if (!self->is_closed()) self->on_read(error, bytes);
    });
}

void HttpSession::on_read(boost::system::error_code error, std::string_view bytes) {
    if (error || thrown_away_ > most_thrown_away) return close();
    if (is_reading()) {
        input_.append(bytes);
        return parse();
    }
    // A client that receives events has nothing to say, and one that was refused may still be sending.
    if (state_ == State::lingering) thrown_away_ += bytes.size();
    read();
}

void HttpSession::parse() {
    if (!parser_) {
        // Some clients send an empty line after a body.
        while (input_.starts_with("\r\n")) input_.erase(0, 2);
        if (input_.empty() || input_ == "\r") return read();
        begin_request();
    }
    if (state_ == State::reading_head && !take_head()) return;
    if (take_body()) on_request();
}

void HttpSession::begin_request() {
    origin_.clear();
    head_ = {};
    chunks_.reset();
    body_.clear();
    parser_.emplace();
    parser_->header_limit(longest_head);
    parser_->body_limit(boost::none);
    parser_->skip(true);  // take_body() reads what follows the head.
    give_time(parts_->timeouts.for_request);
}

/// False if the request continues later, or not at all.
bool HttpSession::take_head() {
    const auto size = head_.put(input_);
    if (const auto& bad = head_.refusal()) {
        end_with(*bad);
        return false;
    }
    if (size == 0) {
        read();
        return false;
    }
    boost::system::error_code error;
    parser_->put(boost::asio::buffer(input_.data(), size), error);
    input_.erase(0, size);
    if (error || !parser_->is_header_done()) {
        end_with(bad_request_reply(400, "This is no request of HTTP/1.1."));
        return false;
    }
    body_length_ = head_.body();
    if (!authorize()) return false;
    if (!body_length_.is_chunked && body_length_.bytes > longest_body) {
        end_with(BadFraming{.status = 413,
                            .message = fmt::format("The body of a request has at most {} bytes.", longest_body)});
        return false;
    }
    if (body_length_.is_chunked) chunks_.emplace(longest_body);
    state_ = State::reading_body;
    const bool waits = parser_->get().version() == 11 && parser_->get().count(http::field::expect) > 0;
    if (!waits || !body_length_.has_body() || !input_.empty()) return true;
    ask_for_body();
    return false;
}

/// Sends "100 Continue", which the client awaits before it sends the body.
void HttpSession::ask_for_body() {
    stream_->write(go_on, [self = shared_from_this()](boost::system::error_code error) {
        if (!self->is_reading()) return;
        if (error) return self->close();
        self->read();
    });
}

bool HttpSession::take_body() {
    if (!chunks_) {
        if (input_.size() < body_length_.bytes) {
            read();
            return false;
        }
        body_ = input_.substr(0, body_length_.bytes);
        input_.erase(0, body_length_.bytes);
        return true;
    }
    if (chunks_->take(input_)) {
        body_ = std::move(chunks_->body());
        return true;
    }
    if (const auto& bad = chunks_->refusal()) {
        end_with(*bad);
    } else {
        read();
    }
    return false;
}

void HttpSession::end_with(const BadFraming& bad) {
    const bool is_large = bad.status == 413 || bad.status == 414 || bad.status == 431;
    end_with(web_error(bad.status,
                       {.code = is_large ? ErrorCode::too_large : ErrorCode::bad_request, .message = bad.message}));
}

bool HttpSession::authorize() {
    keep_alive_ = parser_->keep_alive();
    if (auto refused = refuse()) {
        end_with(std::move(*refused));
        return false;
    }
    origin_ = header(http::field::origin);
    if (!boost::beast::websocket::is_upgrade(parser_->get())) return true;
    upgrade();
    return false;
}

std::optional<rest::WebReply> HttpSession::refuse() {
    if (!parts_->admission->may_ask(peer_->key)) return too_often_reply(too_many_requests());
    if (auto refused = refuse_page()) return refused;
    return refuse_unauthenticated();
}

std::optional<rest::WebReply> HttpSession::refuse_unauthenticated() {
    // A browser's preflight asks whether the token may be sent, without sending it.
    if (peer_->is_known || parser_->get().method() == http::verb::options) return std::nullopt;
    if (parser_->get().count(http::field::authorization) == 0)
        return unauthorized_reply("The token is needed. It is security.token in doze's settings.json.");
    if (const auto checked = parts_->admission->check_token(*peer_, bearer()); !checked) {
        if (checked.error().code == ErrorCode::rate_limited) return too_often_reply(checked.error());
        return unauthorized_reply(checked.error().text());
    }
    showed_token_ = true;
    return std::nullopt;
}

std::string_view HttpSession::unauthenticated_address() const {
    return !peer_ || peer_->is_known || showed_token_ ? std::string_view() : std::string_view(peer_->address);
}

std::optional<rest::WebReply> HttpSession::refuse_page() const {
    const auto& head = parser_->get();
    const auto host = header(http::field::host);
    if (const auto known = parts_->gate.check_host(host); !known) return web_error(403, known.error());
    if (head.count(http::field::origin) == 0) return refuse_hidden_page();
    const auto allowed = parts_->gate.check_origin(header(http::field::origin), host);
    if (allowed) return std::nullopt;
    parts_->complaints->once(allowed.error().text());
    return web_error(403, allowed.error());
}

/// A page can make the browser send a request without an Origin, by an image or a link. It can't read the response, but
/// doze would do the work.
std::optional<rest::WebReply> HttpSession::refuse_hidden_page() const {
    const auto site = view(parser_->get()["Sec-Fetch-Site"]);
    if (site != "cross-site" && site != "same-site") return std::nullopt;
    if (view(parser_->get()["Sec-Fetch-Mode"]) == "navigate" && view(parser_->get().target()) == "/")
        return std::nullopt;
    return web_error(403, {.code = ErrorCode::unauthorized, .message = "Another page made the browser ask for this."});
}

std::string_view HttpSession::bearer() const {
    constexpr std::string_view scheme = "Bearer ";
    const auto credentials = header(http::field::authorization);
    return credentials.starts_with(scheme) ? credentials.substr(scheme.size()) : std::string_view();
}

bool HttpSession::has_token() const {
    return parts_->admission->is_token(bearer());
}

/// A client with the token needs no password.
bool HttpSession::has_key() const {
    return !parts_->password || parts_->password->lets_in(bearer()) || has_token();
}

std::string_view HttpSession::header(http::field name) const {
    return view(parser_->get()[name]);
}

void HttpSession::upgrade() {
    if (!is_websocket_path(view(parser_->get().target())))
        return end_with(web_error(404, {.code = ErrorCode::not_found, .message = "WebSockets are at /ws."}));
    if (!input_.empty() || body_length_.has_body())
        return end_with(bad_request_reply(400, "A WebSocket waits for the answer to its request."));
    timer_.cancel();
    const auto origin = header(http::field::origin);
    const std::string remembered(parts_->gate.is_allowed_origin(origin) ? origin : std::string_view());
    const auto session = std::make_shared<WebSocketSession>(timer_.get_executor(), std::move(stream_), *peer_,
                                                            !has_token(), remembered, parts_);
    parts_->adopt(session);
    session->accept(parser_->get());
    close();  // The stream belongs to the WebSocket session now.
}

void HttpSession::on_request() {
    const auto& head = parser_->get();
    if (head.method() == http::verb::options && head.target() == "*") return answer(preflight_reply());
    auto target = parse_target(view(head.target()));
    if (!target) return end_with(bad_request_reply(400, "The target of a request is a path, and perhaps a query."));
    if (head.method() == http::verb::options) return answer(preflight_reply());
    const auto method = head.method() == http::verb::head ? "GET" : view(head.method_string());
    const auto rows = parts_->router.rows(target->path);
    const bool is_public = !rows.empty() && rows.front().is_public;
    if (!is_public && !has_key()) return answer(unauthorized_reply(password_needed(*parts_->password).text()));
    const auto* route = row_for(method, rows);
    if (!route) return answer(no_row(rows));

    const rest::WebRequest request{.method = std::string(method),
                                   .server = fmt::format("{}://{}", parts_->gate.scheme(), header(http::field::host)),
                                   .path = std::move(target->path),
                                   .query = std::move(target->query),
                                   .content_type = std::string(header(http::field::content_type)),
                                   .accept_language = std::string(header(http::field::accept_language)),
                                   .if_none_match = std::string(header(http::field::if_none_match)),
                                   .body = std::move(body_)};
    state_ = State::answering;
    due_ = no_end;
    route->handler(
        request,
        [self = shared_from_this(), turn = ++turn_](rest::WebReply reply) {
            if (self->turn_ == turn && self->state_ == State::answering) self->answer(std::move(reply));
        },
        weak_from_this());
}

void HttpSession::end_with(rest::WebReply reply) {
    keep_alive_ = false;
    answer(std::move(reply));
}

void HttpSession::answer(rest::WebReply reply) {
    if (is_closed()) return;
    const bool head_only = parser_ && parser_->is_header_done() && parser_->get().method() == http::verb::head;
    state_ = reply.stays_open && !head_only ? State::writing_event : State::writing;
    keep_alive_ = keep_alive_ && !reply.stays_open;
    output_ = http_head(reply, {.keep_alive = keep_alive_, .allowed_origin = origin_});
    if (!head_only) output_ += reply.body;
    if (state_ == State::writing) {
        events_ = {};
        give_time(parts_->timeouts.for_reply);
    }
    parser_.reset();
    write();
}

void HttpSession::write() {
    stream_->write(output_, [self = shared_from_this()](boost::system::error_code error) {
        if (self->is_closed()) return;
        if (error) return self->close();
        self->output_ = {};
        self->on_written();
    });
}

void HttpSession::on_written() {
    if (state_ == State::writing_event) {
        state_ = State::streaming;
        read();  // Detects when the client disconnects.
        return send_event();
    }
    if (keep_alive_) {
        state_ = State::reading_head;
        give_time(parts_->timeouts.between_requests);
        return parse();
    }
    stream_->end();
    state_ = State::lingering;
    give_time(parts_->timeouts.to_linger);
    read();
}

void HttpSession::hear(std::string_view event) {
    if (state_ != State::answering && state_ != State::streaming && state_ != State::writing_event) return;
    events_.push(event);
    send_event();
}

void HttpSession::send_event() {
    if (state_ != State::streaming || events_.empty()) return;
    output_ = fmt::format("data: {}\n\n", events_.pop());
    state_ = State::writing_event;
    write();
}

}  // namespace doze::server
