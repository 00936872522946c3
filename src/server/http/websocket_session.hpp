#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "commands/host.hpp"
#include "server/event_queue.hpp"
#include "server/http/beast_stream.hpp"
#include "server/http/page_password.hpp"
#include "server/http/web_parts.hpp"

namespace doze::server {

/// A WebSocket: each text message is a command, each reply and event a text message. Replies are sent before events.
/// Binary, overlong and malformed messages end it with the matching close code of RFC 6455. Keeps itself alive while it
/// is open; close() ends that at once.
class WebSocketSession final : public WebConnection,
                               public commands::EventSink,
                               public std::enable_shared_from_this<WebSocketSession> {
   public:
    using Request = boost::beast::http::request<boost::beast::http::empty_body>;

    /// `needs_password`: the page has one. `origin`: the page of settings.json that the connection belongs to, if any:
    /// a key shown by one of its connections is valid for the next.
    WebSocketSession(boost::asio::any_io_executor executor, std::unique_ptr<Stream> stream, Admission::RemotePeer peer,
                     bool needs_password, std::string origin, std::shared_ptr<const WebParts> parts);

    ~WebSocketSession() override;

    /// Answers the upgrade request, which passed the gate.
    void accept(const Request& request);
    void close() override;
    void hear(std::string_view event) override;
    [[nodiscard]] bool is_idle() const override { return false; }

   private:
    void read();
    void on_read(boost::system::error_code error);
    void take(std::string_view message);
    void refuse_binary();
    void send(std::string_view text);
    void write();
    void on_written(boost::system::error_code error);
    void send_event();

    boost::beast::websocket::stream<BeastStream, false> socket_;
    std::shared_ptr<const WebParts> parts_;
    const Admission::RemotePeer peer_;
    const std::shared_ptr<PageEntrance> entrance_;
    bool accepted_ = false;
    bool greets_ = false;  ///< Events sent now (the greeting) need no password.
    bool open_ = true;
    bool reads_ = false;  ///< A read is pending.
    boost::beast::flat_buffer input_;
    std::deque<std::string> output_;  ///< The first is being written.
    std::size_t unsent_ = 0;          ///< Bytes of the replies in output_.
    bool writes_event_ = false;       ///< The first of output_ is an event.
    EventQueue events_;
};

}  // namespace doze::server
