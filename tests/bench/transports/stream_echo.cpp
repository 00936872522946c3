// The yardstick: about the smallest server of each transport that there can be, on 127.0.0.1:PORT until killed.
//
//   stream_echo PROTOCOL PORT
//
// tcp: what comes goes back. websocket: each message goes back. http: each request gets the same small answer.
#include <arpa/inet.h>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "framing.hpp"

namespace {

struct Connection {
    std::string input;
    bool upgraded = false;
};

/// RFC 6455, 4.2.2.
std::string accept_key(std::string_view head) {
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const auto at = head.find(name) + name.size();
    const std::string key =
        std::string(head.substr(at, head.find("\r\n", at) - at)) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
    unsigned char text[64];
    const int size = EVP_EncodeBlock(text, digest, sizeof digest);
    return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

std::string answer(Protocol protocol, Connection& connection, std::string_view message) {
    switch (protocol) {
        case Protocol::tcp: return std::string(message);
        case Protocol::http:
            return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\": "
                   "\"ok\"}";
        case Protocol::websocket:
            if (!connection.upgraded) {
                connection.upgraded = true;
                return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Accept: " +
                       accept_key(message) + "\r\n\r\n";
            }
            return websocket_frame(message.substr(message.size() < 126 + 6 ? 6 : 8), false);  // Masked with zeros.
    }
    return {};
}

void serve(Protocol protocol, int fd, Connection& connection, std::vector<char>& buffer) {
    const auto size = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size <= 0) {
        if (size == 0) ::close(fd);
        return;
    }
    connection.input.append(buffer.data(), static_cast<std::size_t>(size));
    for (;;) {
        const bool greets = protocol == Protocol::websocket && !connection.upgraded;
        const auto whole = whole_message(greets ? Protocol::http : protocol, connection.input);
        if (whole == 0) return;
        const auto reply = answer(protocol, connection, std::string_view(connection.input).substr(0, whole));
        connection.input.erase(0, whole);
        if (::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) return;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: stream_echo PROTOCOL PORT\n");
        return 2;
    }
    const auto protocol = parse_protocol(argv[1]);
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[2])));
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener, reinterpret_cast<sockaddr*>(&here), sizeof here) != 0 || ::listen(listener, 1024) != 0) {
        std::perror("bind");
        return 1;
    }
    std::printf("ready\n");
    std::fflush(stdout);
    const int epoll = ::epoll_create1(0);
    const auto watch = [&](int fd) {
        epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    };
    watch(listener);
    std::map<int, Connection> connections;
    std::vector<epoll_event> events(256);
    std::vector<char> buffer(65'536);
    for (;;) {
        const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            const int fd = events[static_cast<std::size_t>(i)].data.fd;
            if (fd != listener) {
                serve(protocol, fd, connections[fd], buffer);
                continue;
            }
            const int client = ::accept(listener, nullptr, nullptr);
            ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            connections[client] = {};
            watch(client);
        }
    }
}
