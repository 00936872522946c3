#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "server/stream/stream.hpp"

namespace doze::server {
namespace {

class PlainStream final : public Stream {
   public:
    explicit PlainStream(Socket socket) : socket_(std::move(socket)) {
        boost::system::error_code ignored;
        socket_.non_blocking(true, ignored);
    }

    void open(Done done) override {
        boost::asio::post(socket_.get_executor(), [done = std::move(done)] { done({}); });
    }

    void read(Read done) override {
        socket_.async_wait(Socket::wait_read, [this, done = std::move(done)](boost::system::error_code error) mutable {
            if (error) return done(error, {});
            // All connections of a thread share it, so that those at rest cost nothing.
            thread_local std::array<char, 16'384> chunk;
            const auto size = socket_.read_some(boost::asio::buffer(chunk), error);
            if (error == boost::asio::error::would_block) return read(std::move(done));
            done(error, {chunk.data(), size});
        });
    }

    void write(std::string_view text, Done done) override {
        boost::asio::async_write(
            socket_, boost::asio::buffer(text),
            [done = std::move(done)](boost::system::error_code error, std::size_t) { done(error); });
    }

    void end() override {
        boost::system::error_code ignored;
        socket_.shutdown(Socket::shutdown_send, ignored);
    }

    void close() override {
        boost::system::error_code ignored;
        socket_.close(ignored);
    }

   private:
    Socket socket_;
};

}  // namespace

std::unique_ptr<Stream> plain_stream(Stream::Socket socket) {
    return std::make_unique<PlainStream>(std::move(socket));
}

}  // namespace doze::server
