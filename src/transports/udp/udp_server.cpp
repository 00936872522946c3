#include "transports/udp/udp_server.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <sstream>
#include <sys/socket.h>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/handle.hpp"
#include "commands/refusal.hpp"
#include "transports/access/admission.hpp"
#include "transports/udp/datagram_gate.hpp"
#include "transports/udp/outbox.hpp"

namespace doze::transports {
namespace {

using boost::asio::ip::udp;

// A burst of 1,000 small datagrams takes 0.8 MiB of it: the kernel charges its own overhead as well.
constexpr int receive_buffer = 4 << 20;

// The most that an IPv4 datagram carries (65,535 less the headers of IP and UDP).
constexpr std::size_t largest_datagram = 65'507;

// Datagrams handled before other work of the loop gets its turn: some 100 us of it.
constexpr int per_turn = 64;

constexpr std::chrono::minutes between_warnings(1);

std::string written(const udp::endpoint& endpoint) {
    std::ostringstream text;
    text << endpoint;
    return text.str();
}

Result<UniqueFd> udp_socket(const UdpOptions& options) {
    auto fd = bound_socket(SOCK_DGRAM, options.address, {.server = "UDP server", .section = "udp_server"},
                           !options.security.token.empty());
    if (!fd) return fd;
    // Only root may go above net.core.rmem_max; everybody else gets as much of it as that allows.
    if (::setsockopt(fd->get(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer) != 0) {
        ::setsockopt(fd->get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    return fd;
}

}  // namespace

/// Lives as long as the server; replies that are still out only watch it.
class UdpServer::Core : public std::enable_shared_from_this<Core> {
   public:
    Core(udp::socket socket, std::unique_ptr<DatagramGate> gate, std::size_t max_reply, Handler handler, Warn warn)
        : socket_(std::move(socket)),
          fd_(socket_.native_handle()),
          gate_(std::move(gate)),
          max_reply_(max_reply),
          handler_(std::move(handler)),
          warn_(std::move(warn)),
          outbox_([fd = fd_](const Peer& peer, std::string_view text) { return send(fd, peer, text); },
                  [this](const Peer& peer, int error) {
                      ++counts_.lost_replies;
                      trouble(fmt::format("A reply to {} could not be sent: {}.", to_string(peer),
                                          std::generic_category().message(error)));
                  }) {}

    void wait_readable() {
        socket_.async_wait(udp::socket::wait_read, [self = weak_from_this()](boost::system::error_code error) {
            if (const auto core = self.lock(); core && !error) core->drain();
        });
    }

    void close() {
        boost::system::error_code ignored;
        socket_.close(ignored);
    }

    [[nodiscard]] std::uint16_t port() const { return port_of(fd_); }

    [[nodiscard]] const Counts& counts() const { return counts_; }

   private:
    static int send(int fd, const Peer& peer, std::string_view text) {
        for (;;) {
            if (::sendto(fd, text.data(), text.size(), MSG_DONTWAIT, &peer.any, peer.length) >= 0) return 0;
            if (errno != EINTR) return errno;
        }
    }

    void drain() {
        gate_->begin_turn();
        for (int i = 0; i < per_turn; ++i) {
            Peer peer;
            const auto size = ::recvfrom(fd_, buffer_.data(), buffer_.size(), MSG_DONTWAIT, &peer.any, &peer.length);
            if (size >= 0) {
                take(peer, std::string_view(buffer_.data(), static_cast<std::size_t>(size)));
                if (!socket_.is_open()) return;  // A command ended the server.
            } else if (errno == EAGAIN) {
                break;
            } else if (errno != EINTR) {
                // Such as an ICMP error to an earlier reply; reading it has taken it off the socket.
                ++counts_.socket_errors;
                trouble(fmt::format("The UDP socket reported an error: {}.", std::generic_category().message(errno)));
            }
        }
        wait_readable();
    }

    void take(const Peer& peer, std::string_view message) {
        ++counts_.received;
        if (peer.port() == 0) {
            ++counts_.unanswerable;
            trouble("A datagram from source port 0 was dropped: no reply can reach it.");
            return;
        }
        const auto command = gate_->let_in(peer, message);
        if (!command) {
            ++counts_.refused;
            trouble(
                fmt::format("A datagram from {} was dropped: it is neither from the same user nor signed with the "
                            "token (or its sender hung up).",
                            to_string(peer)));
            return;
        }
        if (!gate_->may_ask()) return reply(peer, commands::refusal(*command, too_many_requests()));
        handler_(*command, max_reply_, [self = weak_from_this(), peer](std::string_view text) {
            if (const auto core = self.lock()) core->reply(peer, text);
        });
    }

    void reply(const Peer& peer, std::string_view text) {
        if (socket_.is_open() && !outbox_.put(peer, text)) wait_writable();
    }

    void wait_writable() {
        if (std::exchange(waiting_writable_, true)) return;
        socket_.async_wait(udp::socket::wait_write, [self = weak_from_this()](boost::system::error_code error) {
            const auto core = self.lock();
            if (!core || error) return;
            core->waiting_writable_ = false;
            if (!core->outbox_.flush()) core->wait_writable();
        });
    }

    void trouble(std::string_view text) {
        ++unwarned_;
        const auto now = std::chrono::steady_clock::now();
        if (!warn_ || (warned_at_ && now - *warned_at_ < between_warnings)) return;
        warned_at_ = now;
        const auto count = std::exchange(unwarned_, 0);
        warn_(count == 1 ? std::string(text) : fmt::format("{} ({} such troubles since the last line.)", text, count));
    }

    udp::socket socket_;
    const int fd_;
    const std::unique_ptr<DatagramGate> gate_;
    const std::size_t max_reply_;
    Handler handler_;
    Warn warn_;
    Outbox outbox_;
    Counts counts_;
    bool waiting_writable_ = false;
    std::uint64_t unwarned_ = 0;
    std::optional<std::chrono::steady_clock::time_point> warned_at_;
    std::array<char, 65'536> buffer_;  ///< No datagram is larger.
};

UdpServer::UdpServer(std::shared_ptr<Core> core) : core_(std::move(core)) {}

UdpServer::~UdpServer() {
    core_->close();
}

std::uint16_t UdpServer::port() const {
    return core_->port();
}

UdpServer::Counts UdpServer::counts() const {
    return core_->counts();
}

Result<std::unique_ptr<UdpServer>> UdpServer::open(boost::asio::io_context& loop, const UdpOptions& options,
                                                   Handler handler, Warn warn) {
    auto fd = udp_socket(options);
    if (!fd) return fd.error();
    auto gate = DatagramGate::open(options.security, {.ip = options.address.ip, .port = port_of(fd->get())});
    if (!gate) return gate.error();
    udp::socket socket(loop);
    const auto ip = boost::asio::ip::make_address(options.address.ip);
    socket.assign(ip.is_v4() ? udp::v4() : udp::v6(), fd->get());
    std::ignore = fd->release();  // The socket has it now.
    auto core =
        std::make_shared<Core>(std::move(socket), std::move(*gate), std::min(options.buffer_size, largest_datagram),
                               std::move(handler), std::move(warn));
    core->wait_readable();
    return std::unique_ptr<UdpServer>(new UdpServer(std::move(core)));
}

std::string to_string(const Peer& peer) {
    udp::endpoint endpoint;
    endpoint.resize(peer.length);
    std::memcpy(endpoint.data(), &peer.any, peer.length);
    return written(endpoint);
}

}  // namespace doze::transports
