#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "commands/host.hpp"
#include "protocol/rest/web_request.hpp"
#include "server/event_queue.hpp"
#include "server/http/framing.hpp"
#include "server/http/web_parts.hpp"
#include "server/stream/stream.hpp"

namespace doze::server {

/// A connection that speaks HTTP/1.1: one request after another, each answered before the next is read. It may become a
/// WebSocket (a WebSocketSession then takes its stream), or its last response stays open and carries events. Keeps
/// itself alive while it reads or writes or a reply is pending; close() ends that at once.
class HttpSession final : public WebConnection,
                          public commands::EventSink,
                          public std::enable_shared_from_this<HttpSession> {
   public:
    static constexpr std::size_t longest_head = HeadCheck::longest_head;
    static constexpr std::size_t longest_body = 64 << 10;

    /// A `peer` that may not talk is told so before it sends anything.
    HttpSession(const boost::asio::any_io_executor& executor, std::unique_ptr<Stream> stream,
                Result<Admission::RemotePeer> peer, std::shared_ptr<const WebParts> parts);

    ~HttpSession() override;

    void start();
    void close() override;
    void hear(std::string_view event) override;
    [[nodiscard]] bool is_idle() const override { return state_ == State::reading_head; }
    [[nodiscard]] std::string_view unauthenticated_address() const override;

   private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;
    enum class State {
        reading_head,  ///< Or idle between two requests.
        reading_body,  ///< The head passed all checks.
        answering,
        writing,
        streaming,      ///< The last response stays open for events.
        writing_event,  ///< Or the beginning of a response that stays open.
        lingering,      ///< The last response was sent; waits for the client to hang up.
        closed,
    };

    void read();
    void on_read(boost::system::error_code error, std::string_view bytes);
    void parse();
    void begin_request();
    [[nodiscard]] bool is_closed() const { return state_ == State::closed; }
    [[nodiscard]] bool is_reading() const { return state_ == State::reading_head || state_ == State::reading_body; }
    [[nodiscard]] bool take_head();
    [[nodiscard]] bool take_body();
    [[nodiscard]] bool authorize();
    [[nodiscard]] std::optional<rest::WebReply> refuse();
    [[nodiscard]] std::optional<rest::WebReply> refuse_page() const;
    [[nodiscard]] std::optional<rest::WebReply> refuse_hidden_page() const;
    [[nodiscard]] std::optional<rest::WebReply> refuse_unauthenticated();
    [[nodiscard]] bool has_token() const;
    [[nodiscard]] bool has_key() const;
    [[nodiscard]] std::string_view bearer() const;
    void upgrade();
    void on_request();
    void answer(rest::WebReply reply);
    void end_with(rest::WebReply reply);
    void end_with(const BadFraming& bad);
    void ask_for_body();
    void write();
    void on_written();
    void send_event();
    void give_time(std::chrono::milliseconds time);
    void wait_until_due();
    void on_late();
    [[nodiscard]] std::string_view header(boost::beast::http::field name) const;

    std::unique_ptr<Stream> stream_;  ///< Null once a WebSocket has it.
    std::shared_ptr<const WebParts> parts_;
    boost::asio::steady_timer timer_;
    boost::asio::steady_timer::time_point due_;  ///< Deadline of the client; the timer may expire earlier.
    bool waits_ = false;                         ///< The timer is running.
    const Result<Admission::RemotePeer> peer_;
    State state_ = State::reading_head;
    bool reads_ = false;           ///< A read is pending.
    std::size_t thrown_away_ = 0;  ///< Bytes discarded after the last response.
    bool showed_token_ = false;    ///< In this request, or an earlier one.
    HeadCheck head_;               ///< Of the current request.
    BodyLength body_length_;
    std::optional<ChunkedBody> chunks_;
    std::string body_;
    std::optional<Parser> parser_;  ///< Exists from the first byte of a request until its response.
    std::string input_;             ///< Received, but not parsed yet.
    std::string origin_;            ///< Of the current request, if it passed the gate.
    bool keep_alive_ = true;
    std::size_t turn_ = 0;  ///< Number of requests passed to handlers.
    std::string output_;    ///< Being written.
    EventQueue events_;
};

}  // namespace doze::server
