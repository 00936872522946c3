#include "server/stream/stream.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <climits>
#include <openssl/err.h>
#include <optional>
#include <utility>

#include "base/handle.hpp"

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
            // Shared by all connections of a thread, so that idle ones need no buffer.
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

namespace {

using boost::system::error_code;

/// OpenSSL works on the socket itself; the loop only reports when the socket is ready.
class TlsStream final : public Stream {
   public:
    TlsStream(Socket socket, SSL_CTX* context) : socket_(std::move(socket)), ssl_(::SSL_new(context)) {
        error_code ignored;
        socket_.non_blocking(true, ignored);
        ::SSL_set_fd(ssl_.get(), socket_.native_handle());
        ::SSL_set_accept_state(ssl_.get());
    }

    void open(Done done) override {
        // The client speaks first.
        when(Socket::wait_read, std::move(done), [this](Done next) { shake_hands(std::move(next)); });
    }

    void read(Read done) override {
        auto finish = [this, done = std::move(done)](error_code error) {
            if (error) return done(error, {});
            read_now(done);
        };
        if (::SSL_has_pending(ssl_.get()) == 1)
            return boost::asio::post(socket_.get_executor(), [finish] { finish({}); });
        socket_.async_wait(Socket::wait_read, std::move(finish));
    }

    void write(std::string_view text, Done done) override {
        boost::asio::post(socket_.get_executor(), [this, text, done = std::move(done)] { write_now(text, done); });
    }

    void end() override {
        say_goodbye();
        error_code ignored;
        socket_.shutdown(Socket::shutdown_send, ignored);
    }

    void close() override {
        if (!socket_.is_open()) return;
        say_goodbye();
        error_code ignored;
        socket_.close(ignored);
    }

   private:
    template <class Next>
    void when(Socket::wait_type ready, Done done, Next next) {
        socket_.async_wait(ready, [done = std::move(done), next = std::move(next)](error_code error) {
            if (error) return done(error);
            next(done);
        });
    }

    void shake_hands(Done done) {
        if (!socket_.is_open()) return done(boost::asio::error::operation_aborted);
        ::ERR_clear_error();
        const int result = ::SSL_do_handshake(ssl_.get());
        if (result == 1) return done({});
        const auto ready = needed(result);
        if (!ready) return done(boost::asio::error::connection_aborted);
        when(*ready, std::move(done), [this](Done next) { shake_hands(std::move(next)); });
    }

    void read_now(const Read& done) {
        if (!socket_.is_open()) return done(boost::asio::error::operation_aborted, {});
        thread_local std::array<char, 16'384> chunk;  // The largest TLS record.
        ::ERR_clear_error();
        const int size = ::SSL_read(ssl_.get(), chunk.data(), static_cast<int>(chunk.size()));
        if (size > 0) return done({}, {chunk.data(), static_cast<std::size_t>(size)});
        const int error = ::SSL_get_error(ssl_.get(), size);
        if (error == SSL_ERROR_ZERO_RETURN) return done(boost::asio::error::eof, {});
        const auto ready = needed(size);
        if (!ready) return done(boost::asio::error::connection_reset, {});
        socket_.async_wait(*ready, [this, done](error_code failed) {
            if (failed) return done(failed, {});
            read_now(done);
        });
    }

    void write_now(std::string_view text, const Done& done) {
        while (!text.empty()) {
            if (!socket_.is_open()) return done(boost::asio::error::operation_aborted);
            ::ERR_clear_error();
            const int size =
                ::SSL_write(ssl_.get(), text.data(), static_cast<int>(std::min<std::size_t>(text.size(), INT_MAX)));
            if (size > 0) {
                text.remove_prefix(static_cast<std::size_t>(size));
                continue;
            }
            const auto ready = needed(size);
            if (!ready) return done(boost::asio::error::broken_pipe);
            return when(*ready, done, [this, text](const Done& next) { write_now(text, next); });
        }
        done({});
    }

    /// What to wait for before the next attempt; empty after an error.
    std::optional<Socket::wait_type> needed(int result) {
        const int error = ::SSL_get_error(ssl_.get(), result);
        if (error == SSL_ERROR_WANT_READ) return Socket::wait_read;
        if (error == SSL_ERROR_WANT_WRITE) return Socket::wait_write;
        broken_ = true;
        return std::nullopt;
    }

    /// Sends the TLS closure alert, which shows the peer that nothing was cut off, and waits for no answer.
    void say_goodbye() {
        if (broken_ || ::SSL_in_init(ssl_.get()) != 0) return;
        ::ERR_clear_error();
        ::SSL_shutdown(ssl_.get());
    }

    Socket socket_;
    Handle<SSL, ::SSL_free> ssl_;
    bool broken_ = false;
};

}  // namespace

std::unique_ptr<Stream> tls_stream(Stream::Socket socket, const TlsContext& context) {
    return std::make_unique<TlsStream>(std::move(socket), context.get());
}

}  // namespace doze::server
