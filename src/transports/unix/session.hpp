#pragma once

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "transports/event_queue.hpp"
#include "transports/handler.hpp"

namespace doze::transports {

/// An error in the reply form of a text command, without a line end, for what never reaches a Dispatcher.
[[nodiscard]] std::string error_reply(ErrorCode code, std::string_view message);

/// One connection: commands by line in, replies by line out, each sent when it is known. A client that
/// has several commands out tells their replies apart by the ids of JSON messages. Events stand behind replies.
///
/// A client that ends its writing side still gets all replies. Keeps itself alive while it reads, writes
/// or a reply is out; close() ends that at once.
class Session final : public commands::Listener, public std::enable_shared_from_this<Session> {
   public:
    using Socket = boost::asio::local::stream_protocol::socket;

    /// Longer commands are answered by TOO_LARGE and the end of the connection.
    static constexpr std::size_t longest_line = 1 << 20;

    /// A client that leaves more than this unread is cut off; no single reply is larger.
    static constexpr std::size_t most_unsent = 16 << 20;

    Session(Socket socket, ConnectionHandler handler);

    void start() { read(); }
    void close();
    void hear(std::string_view event) override;
    [[nodiscard]] bool is_open() const { return socket_.has_value(); }

   private:
    void read();
    void on_read(boost::system::error_code error, std::size_t size);
    void take_lines();
    void take(std::string_view line);
    void refuse();
    void send(std::string_view text);
    void write();
    void send_event();

    std::optional<Socket> socket_;  ///< None once closed.
    ConnectionHandler handler_;
    std::array<char, 8192> chunk_;
    std::string input_;               ///< What has come of the next line.
    std::deque<std::string> output_;  ///< The first is being written.
    std::size_t unsent_ = 0;          ///< Bytes of the replies in output_.
    bool writes_event_ = false;       ///< The first of output_ is no reply.
    EventQueue events_;
    bool refused_ = false;  ///< Reads no more, and closes once everything is sent.
};

}  // namespace doze::transports
