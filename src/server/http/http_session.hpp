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

/// One connection that speaks HTTP/1.1: one request after the other, each answered before the next is read. It may turn
/// into a WebSocket (then a WebSocketSession goes on with its stream), or its last reply stays open and carries events.
/// Keeps itself alive while it reads or writes or a reply is out; close() ends that at once.
class HttpSession final : public WebConnection,
                          public commands::EventSink,
                          public std::enable_shared_from_this<HttpSession> {
   public:
    static constexpr std::size_t longest_head = HeadCheck::longest_head;
    static constexpr std::size_t longest_body = 64 << 10;

    /// A `peer` who may not talk is told so before they say anything.
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
        reading_head,  ///< Or at rest between two requests.
        reading_body,  ///< The head passed every gate.
        answering,
        writing,
        streaming,      ///< The last reply stays open, for events.
        writing_event,  ///< Or the beginning of a reply that stays open.
        lingering,      ///< The last reply is out; until the client hangs up.
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

    std::unique_ptr<Stream> stream_;  ///< None once a WebSocket has it.
    std::shared_ptr<const WebParts> parts_;
    boost::asio::steady_timer timer_;
    boost::asio::steady_timer::time_point due_;  ///< The client's time is over; the timer may end earlier.
    bool waits_ = false;                         ///< The timer runs.
    const Result<Admission::RemotePeer> peer_;
    State state_ = State::reading_head;
    bool reads_ = false;           ///< A read is under way.
    std::size_t thrown_away_ = 0;  ///< Bytes of what came after the last reply.
    bool showed_token_ = false;    ///< With this request, or one before.
    HeadCheck head_;               ///< Of the request that is being read.
    BodyLength body_length_;
    std::optional<ChunkedBody> chunks_;
    std::string body_;
    std::optional<Parser> parser_;  ///< There from the first byte of a request to its reply.
    std::string input_;             ///< What was read and not parsed yet.
    std::string origin_;            ///< Of the request, if it passed the gate.
    bool keep_alive_ = true;
    std::size_t turn_ = 0;  ///< How many requests were handed over.
    std::string output_;    ///< Being written.
    EventQueue events_;
};

}  // namespace doze::server
