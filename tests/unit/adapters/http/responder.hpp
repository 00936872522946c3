#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>
#include <vector>

namespace doze::http {

/// A small HTTP server on 127.0.0.1 that misbehaves by request. The path says how:
/// /echo (the body back), /missing (404), /moved (301), /reset (a body cut short by RST), /hang (no answer,
/// ever), /large (1 MiB), /chunks (chunked), /early (103, then 200), /gzip (1 MiB, packed), /fresh ("hello" on a new
/// connection; one that answered before ends without a word), anything else (200 "hello").
class Responder {
   public:
    explicit Responder(boost::asio::io_context& io);

    [[nodiscard]] std::string url(const std::string& path) const;

    using Request = boost::beast::http::request<boost::beast::http::string_body>;
    std::vector<Request> requests;
    int connections = 0;
    int hung_up = 0;  ///< Connections that ended while /hang was under way.

   private:
    using Socket = boost::asio::ip::tcp::socket;

    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(Socket socket);
    boost::asio::awaitable<bool> answer(Socket& socket, const Request& request);

    boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace doze::http
