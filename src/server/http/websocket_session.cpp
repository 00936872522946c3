#include "server/http/websocket_session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include "protocol/handshake.hpp"
#include "protocol/message.hpp"

namespace doze::server {
namespace websocket = boost::beast::websocket;

WebSocketSession::WebSocketSession(boost::asio::any_io_executor executor, std::unique_ptr<Stream> stream,
                                   Admission::RemotePeer peer, bool needs_password, std::string origin,
                                   std::shared_ptr<const WebParts> parts)
    : socket_(std::move(executor), std::move(stream)),
      parts_(std::move(parts)),
      peer_(std::move(peer)),
      entrance_(std::make_shared<PageEntrance>(
          needs_password ? parts_->password.get() : nullptr,
          PageEntrance::Visitor{.is_near = peer_.is_near, .origin = std::move(origin)},
          [complaints = parts_->complaints, name = peer_.name] {
              complaints->say("password", fmt::format("{} gave a wrong password (or key) of the web page.", name));
          })) {
    websocket::stream_base::timeout limits{};
    limits.handshake_timeout = parts_->timeouts.for_request;
    limits.idle_timeout = parts_->timeouts.silence;
    limits.keep_alive_pings = true;
    socket_.set_option(limits);
    socket_.read_message_max(protocol::longest_message);
    socket_.auto_fragment(false);
    socket_.text(true);
}

void WebSocketSession::accept(const Request& request) {
    socket_.async_accept(request, [self = shared_from_this()](boost::system::error_code error) {
        if (!self->open_) return;
        if (error) return self->close();
        self->accepted_ = true;
        self->greets_ = true;
        self->parts_->greeter(self);
        self->greets_ = false;
        self->send_event();
        self->read();
    });
}

WebSocketSession::~WebSocketSession() {
    close();
}

void WebSocketSession::close() {
    if (!std::exchange(open_, false)) return;
    socket_.next_layer().stream().close();
    parts_->gone(*this);
}

void WebSocketSession::read() {
    if (!open_ || reads_ || unsent_ > enough_unsent) return;
    reads_ = true;
    socket_.async_read(input_, [self = shared_from_this()](boost::system::error_code error, std::size_t) {
        self->reads_ = false;
        if (self->open_) self->on_read(error);
    });
}

void WebSocketSession::on_read(boost::system::error_code error) {
    if (error) return close();  // Boost.Beast has sent the client the reason.
    if (!socket_.got_text()) return refuse_binary();
    const auto bytes = input_.cdata();
    take({static_cast<const char*>(bytes.data()), bytes.size()});
    input_ = {};  // An idle connection keeps no buffer.
    read();
}

void WebSocketSession::take(std::string_view message) {
    const auto reply = [self = shared_from_this()](std::string_view text) { self->send(text); };
    if (!parts_->admission->may_ask(peer_.key)) return reply(protocol::refusal(message, too_many_requests()));
    if (protocol::answer_password(message, *entrance_, reply)) return;
    if (!entrance_->lets_in()) return reply(protocol::refusal(message, password_needed(*parts_->password)));
    parts_->commands(message, most_unsent, reply, weak_from_this());
}

void WebSocketSession::refuse_binary() {
    socket_.async_close({websocket::close_code::unknown_data, "doze takes text messages only"},
                        [self = shared_from_this()](boost::system::error_code) { self->close(); });
}

void WebSocketSession::send(std::string_view text) {
    if (!open_) return;
    unsent_ += text.size();
    if (unsent_ > most_unsent) return close();
    output_.emplace_back(text);
    if (output_.size() == 1) write();
}

void WebSocketSession::write() {
    socket_.async_write(boost::asio::buffer(output_.front()),
                        [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                            if (self->open_) self->on_written(error);
                        });
}

void WebSocketSession::on_written(boost::system::error_code error) {
    if (error) return close();
    if (!std::exchange(writes_event_, false)) unsent_ -= output_.front().size();
    output_.pop_front();
    if (!output_.empty()) return write();
    send_event();
    read();
}

void WebSocketSession::hear(std::string_view event) {
    if (!open_ || (!greets_ && !entrance_->lets_in())) return;
    events_.push(event);
    send_event();
}

void WebSocketSession::send_event() {
    if (!open_ || !accepted_ || !output_.empty() || events_.empty()) return;
    output_.push_back(events_.pop());
    writes_event_ = true;
    write();
}

}  // namespace doze::server
