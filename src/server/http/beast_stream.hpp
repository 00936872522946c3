#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/role.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "server/stream/stream.hpp"

namespace doze::server {

/// Adapts a Stream to Boost.Beast: the WebSocket code is compiled once, whatever carries the bytes.
class BeastStream {
   public:
    using executor_type = boost::asio::any_io_executor;

    BeastStream(executor_type executor, std::unique_ptr<Stream> stream)
        : executor_(std::move(executor)), stream_(std::move(stream)) {}

    executor_type get_executor() { return executor_; }
    Stream& stream() { return *stream_; }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, boost::asio::mutable_buffer room) { read(room, std::move(handler)); }, token,
            first_room(buffers));
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, const auto& parts) {
                gather(parts);
                write(std::move(handler));
            },
            token, buffers);
    }

   private:
    using Handler = boost::asio::any_completion_handler<void(boost::system::error_code, std::size_t)>;

    template <class Buffers>
    static boost::asio::mutable_buffer first_room(const Buffers& buffers) {
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto each = boost::asio::buffer_sequence_begin(buffers); each != end; ++each)
            if (const boost::asio::mutable_buffer room(*each); room.size() > 0) return room;
        return {};
    }

    template <class Buffers>
    void gather(const Buffers& buffers) {
        writing_.reserve(boost::asio::buffer_size(buffers));
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto each = boost::asio::buffer_sequence_begin(buffers); each != end; ++each) {
            const boost::asio::const_buffer part(*each);
            writing_.append(static_cast<const char*>(part.data()), part.size());
        }
    }

    void read(boost::asio::mutable_buffer room, Handler handler);
    void write(Handler handler);
    std::size_t take(boost::asio::mutable_buffer room, std::string_view bytes);

    executor_type executor_;
    std::unique_ptr<Stream> stream_;
    std::string unread_;  ///< Received data that did not fit into the caller's buffer.
    std::string writing_;
};

/// Called by Boost.Beast to end the connection below a WebSocket, after the closing handshake.
template <class Handler>
void async_teardown(boost::beast::role_type, BeastStream& stream, Handler&& handler) {
    stream.stream().close();
    boost::asio::post(stream.get_executor(),
                      [handler = std::forward<Handler>(handler)]() mutable { handler(boost::system::error_code()); });
}

/// The same without a closing handshake.
inline void beast_close_socket(BeastStream& stream) {
    stream.stream().close();
}

}  // namespace doze::server
