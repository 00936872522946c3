#include "responder.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>
#include <cstdint>
#include <utility>

namespace doze::http {

namespace asio = boost::asio;
using asio::ip::tcp;
constexpr auto quietly = asio::as_tuple(asio::use_awaitable);

namespace {

/// 1 MiB of "z" as gzip (RFC 1952).
std::string packed_mebibyte() {
    const std::string plain(1 << 20, 'z');
    std::string packed(4096, '\0');
    boost::beast::zlib::deflate_stream deflate;
    boost::beast::zlib::z_params progress;
    progress.next_in = plain.data();
    progress.avail_in = plain.size();
    progress.next_out = packed.data();
    progress.avail_out = packed.size();
    boost::beast::error_code ended;
    deflate.write(progress, boost::beast::zlib::Flush::finish, ended);
    packed.resize(progress.total_out);

    boost::crc_32_type crc;
    crc.process_bytes(plain.data(), plain.size());
    const auto append_number = [&packed](std::uint32_t number) {
        for (int shift = 0; shift < 32; shift += 8) packed += static_cast<char>(number >> shift & 0xFFU);
    };
    append_number(crc.checksum());
    append_number(static_cast<std::uint32_t>(plain.size()));
    return std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10) + packed;
}

}  // namespace

Responder::Responder(asio::io_context& io) : acceptor_(io, {asio::ip::address_v4::loopback(), 0}) {
    asio::co_spawn(io, accept(), asio::detached);
}

std::string Responder::url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
}

asio::awaitable<void> Responder::accept() {
    while (true) {
        auto [error, socket] = co_await acceptor_.async_accept(quietly);
        if (error) co_return;
        ++connections;
        asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), asio::detached);
    }
}

asio::awaitable<void> Responder::serve(Socket socket) {
    boost::beast::flat_buffer buffer;
    for (bool is_fresh = true;; is_fresh = false) {
        boost::beast::http::request_parser<boost::beast::http::string_body> parser;
        parser.body_limit(boost::none);
        const auto [error, bytes] = co_await boost::beast::http::async_read(socket, buffer, parser, quietly);
        if (error) co_return;
        requests.push_back(parser.get());
        if (!is_fresh && parser.get().target() == "/fresh") co_return;
        if (!co_await answer(socket, parser.get())) co_return;
    }
}

asio::awaitable<bool> Responder::answer(Socket& socket, const Request& request) {
    const auto with_length = [](const std::string& head, const std::string& body) {
        return "HTTP/1.1 " + head + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    const std::string path(request.target());
    if (path == "/hang") {
        char byte = 0;
        co_await socket.async_read_some(asio::buffer(&byte, 1), quietly);
        ++hung_up;
        co_return false;
    }
    std::string reply = with_length("200 OK\r\nX-Request-ID:  Abc \r\nContent-Type: text/plain", "hello");
    if (path == "/echo") reply = with_length("200 OK", request.body());
    if (path == "/missing") reply = with_length("404 Not Found", "no such thing");
    if (path == "/moved") reply = with_length("301 Moved\r\nLocation: /elsewhere", "");
    if (path == "/large") reply = with_length("200 OK", std::string(1 << 20, 'x'));
    if (path == "/gzip") reply = with_length("200 OK\r\nContent-Encoding: gzip", packed_mebibyte());
    if (path == "/chunks") {
        reply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
    }
    if (path == "/early") reply = "HTTP/1.1 103 Early Hints\r\nX-Amz-Retry-After: 5000\r\nX-Early: yes\r\n\r\n" + reply;
    if (path == "/reset") reply = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this";
    co_await asio::async_write(socket, asio::buffer(reply), quietly);
    if (path == "/reset") {
        socket.set_option(tcp::socket::linger(true, 0));
        co_return false;
    }
    co_return true;
}

}  // namespace doze::http
