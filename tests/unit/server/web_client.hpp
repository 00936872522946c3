#pragma once

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

#include "base/handle.hpp"
#include "protocol/rest/web_request.hpp"
#include "unit/server/loop_until.hpp"

namespace doze::server {

/// The handler answers whatever nothing else does.
inline std::vector<rest::Route> everywhere(const rest::WebHandler& handler) {
    std::vector<rest::Route> routes;
    for (const auto* method : {"GET", "POST", "PUT", "PATCH", "DELETE"})
        if (handler) routes.push_back({.method = method, .path = "/*", .handler = handler});
    return routes;
}

/// A client of a web server on the same loop, which writes whatever a test likes.
class WebClient {
   public:
    WebClient(boost::asio::io_context& loop, std::uint16_t port)
        : loop_(&loop), port_(port), fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fd_.reset();
    }

    /// Runs the loop as well: a socket takes only so much at once.
    void send(std::string_view out) {
        loop_until(*loop_, [&] {
            const auto sent = ::send(fd_.get(), out.data(), out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent > 0) out.remove_prefix(static_cast<std::size_t>(sent));
            return out.empty() || (sent < 0 && errno != EAGAIN);
        });
    }

    void request(std::string_view first_line, std::string_view headers = {}, std::string_view body = {}) {
        send(std::string(first_line) + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port_) + "\r\n" +
             std::string(headers) + "\r\n" + std::string(body));
    }

    /// The next so many bytes; fewer where the connection ended before.
    std::string bytes(std::size_t wanted) {
        await([&] { return input_.size() >= wanted; });
        return take(std::min(wanted, input_.size()));
    }

    /// Up to `end`, with it; everything where the connection ended before.
    std::string until(std::string_view end) {
        await([&] { return input_.find(end) != std::string::npos; });
        const auto found = input_.find(end);
        return take(found == std::string::npos ? input_.size() : found + end.size());
    }

    /// A reply of HTTP with its body, whose length it says.
    std::string reply() {
        auto head = until("\r\n\r\n");
        constexpr std::string_view name = "Content-Length: ";
        const auto length = head.find(name);
        if (length != std::string::npos) head += bytes(std::stoul(head.substr(length + name.size())));
        return head;
    }

    /// What comes up to the end of the connection; none where it does not end.
    std::optional<std::string> rest() {
        await([] { return false; });
        return ended_ ? std::optional(take(input_.size())) : std::nullopt;
    }

    void close() { fd_.reset(); }

    /// Asks for a WebSocket, and takes the answer.
    std::string upgrade(std::string_view path = "/ws", std::string_view headers = {}) {
        request("GET " + std::string(path),
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                "Sec-WebSocket-Version: 13\r\n" +
                    std::string(headers));
        return until("\r\n\r\n");
    }

    static constexpr unsigned text = 0x81, binary = 0x82, unfinished_text = 0x01, rest_of_message = 0x80,
                              farewell = 0x88, ping = 0x89, pong = 0x8a;

    /// Sends one frame, masked with zeros.
    void frame(unsigned first_byte, std::string_view payload) {
        std::string out(1, static_cast<char>(first_byte));
        if (payload.size() < 126) {
            out += static_cast<char>(0x80 | payload.size());
        } else {
            out += static_cast<char>(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(payload.size() >> shift);
        }
        out.append(4, '\0').append(payload);
        send(out);
    }

    /// The payload of the next frame; with the first byte before it where that is none of a text. Empty at the end.
    std::string frame() {
        const auto head = bytes(2);
        if (head.size() < 2) return {};
        std::size_t size = static_cast<unsigned char>(head[1]);
        if (size >= 126) {
            const auto more = bytes(size == 126 ? 2 : 8);
            size = 0;
            for (const unsigned char byte : more) size = size << 8 | byte;
        }
        const auto payload = bytes(size);
        return static_cast<unsigned char>(head[0]) == text ? payload : head[0] + payload;
    }

    /// The code of RFC 6455 that ends the WebSocket; 0 where it ends without, or goes on.
    unsigned end_code() {
        for (auto next = frame(); !next.empty(); next = frame())
            if (static_cast<unsigned char>(next[0]) == farewell && next.size() >= 3)
                return static_cast<unsigned char>(next[1]) << 8U | static_cast<unsigned char>(next[2]);
        return 0;
    }

   private:
    template <class Condition>
    void await(Condition condition) {
        loop_until(*loop_, [&] {
            while (!condition() && !ended_) {
                char chunk[65'536];
                const auto size = ::recv(fd_.get(), chunk, sizeof chunk, MSG_DONTWAIT);
                if (size < 0 && errno == EAGAIN) return false;
                if (size > 0) input_.append(chunk, static_cast<std::size_t>(size));
                ended_ = size <= 0;
            }
            return true;
        });
    }

    std::string take(std::size_t size) {
        auto taken = input_.substr(0, size);
        input_.erase(0, size);
        return taken;
    }

    boost::asio::io_context* loop_;
    std::uint16_t port_;
    UniqueFd fd_;
    std::string input_;
    bool ended_ = false;
};

}  // namespace doze::server
