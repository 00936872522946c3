// Loads a server over connections, each with one request out at a time, and prints one line of JSON.
//
//   stream_load PROTOCOL PORT [--connections N] [--seconds S] [--message TEXT] [--pid PID]
//
// PROTOCOL: tcp, http (the message is a path) or websocket. The greeting and events are passed over: only they
// have the members of a JSON message. --pid reads the server's CPU time from /proc.
#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "../measure.hpp"
#include "framing.hpp"

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
    Protocol protocol;
    std::uint16_t port;
    std::size_t connections = 1;
    double seconds = 2;
    std::string message = "PING";
    std::string pid;
};

Options parse(int argc, char** argv) {
    if (argc < 3)
        std::exit((std::fprintf(stderr, "usage: stream_load PROTOCOL PORT [options]; see stream_load.cpp\n"), 2));
    Options options{
        .protocol = parse_protocol(argv[1]), .port = static_cast<std::uint16_t>(std::atoi(argv[2])), .pid = {}};
    for (int i = 3; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const std::string value = argv[i + 1];
        if (name == "--connections") options.connections = std::stoul(value);
        if (name == "--seconds") options.seconds = std::stod(value);
        if (name == "--message") options.message = value;
        if (name == "--pid") options.pid = value;
    }
    return options;
}

void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

struct Connection {
    int fd;
    std::string input;
    Clock::time_point asked;
};

int connect_to(const Options& options) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in there{};
    there.sin_family = AF_INET;
    there.sin_port = htons(options.port);
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&there), sizeof there) != 0) die("connect");
    if (options.protocol == Protocol::websocket) {
        const std::string upgrade = "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port) +
                                    "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        if (::send(fd, upgrade.data(), upgrade.size(), 0) < 0) die("send");
        std::string head;
        char byte = 0;
        while (!head.ends_with("\r\n\r\n")) {
            if (::recv(fd, &byte, 1, 0) != 1) die("recv");
            head += byte;
        }
    }
    return fd;
}

std::string request(const Options& options) {
    switch (options.protocol) {
        case Protocol::tcp: return options.message + "\n";
        case Protocol::http:
            return "GET " + options.message + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port) +
                   "\r\n\r\n";
        case Protocol::websocket: return websocket_frame(options.message, true);
    }
    return {};
}

class Load {
   public:
    explicit Load(const Options& options) : options_(options), request_(request(options)), epoll_(::epoll_create1(0)) {
        for (std::size_t i = 0; i < options.connections; ++i) connections_.push_back({connect_to(options), {}, {}});
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
            ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i].fd, &event);
            ask(connections_[i]);
        }
    }

    void run(double seconds) {
        const auto end =
            Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
        std::vector<epoll_event> events(256);
        while (Clock::now() < end) {
            const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
            for (int i = 0; i < count; ++i) read(connections_[events[static_cast<std::size_t>(i)].data.u64]);
        }
    }

    std::vector<std::uint32_t> latencies_ns;

   private:
    void ask(Connection& connection) {
        connection.asked = Clock::now();
        if (::send(connection.fd, request_.data(), request_.size(), 0) < 0) die("send");
    }

    void read(Connection& connection) {
        const auto size = ::recv(connection.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
        if (size <= 0) die("the server hung up");
        connection.input.append(buffer_.data(), static_cast<std::size_t>(size));
        while (const auto whole = whole_message(options_.protocol, connection.input)) {
            const bool reply = is_reply(std::string_view(connection.input).substr(0, whole));
            connection.input.erase(0, whole);
            if (!reply) continue;
            latencies_ns.push_back(static_cast<std::uint32_t>((Clock::now() - connection.asked).count()));
            ask(connection);
        }
    }

    [[nodiscard]] bool is_reply(std::string_view message) const {
        if (options_.protocol == Protocol::http) return true;
        return message.find("\"source\":\"doze\"") == std::string_view::npos &&
               message.find("\"connection\"") == std::string_view::npos;
    }

    const Options& options_;
    std::string request_;
    int epoll_;
    std::vector<Connection> connections_;
    std::vector<char> buffer_ = std::vector<char>(65'536);
};

}  // namespace

int main(int argc, char** argv) {
    const Options options = parse(argc, argv);
    Load load(options);
    load.run(0.3);  // Warms caches and the clock frequency up.
    load.latencies_ns.clear();
    const double cpu_before = options.pid.empty() ? 0 : measure::cpu_ns(options.pid);
    const auto began = Clock::now();
    load.run(options.seconds);
    const double took = std::chrono::duration<double>(Clock::now() - began).count();
    const double cpu = options.pid.empty() ? 0 : measure::cpu_ns(options.pid) - cpu_before;
    auto& latencies = load.latencies_ns;
    const auto count = static_cast<double>(latencies.size());
    std::printf(
        "{\"connections\": %zu, \"requests_per_s\": %.0f, \"p50_us\": %.1f, \"p99_us\": %.1f, "
        "\"server_cpu_us_per_request\": %.2f}\n",
        options.connections, count / took, measure::percentile_us(latencies, 0.5),
        measure::percentile_us(latencies, 0.99), count > 0 ? cpu / count / 1e3 : 0.0);
    return count > 0 ? 0 : 1;
}
