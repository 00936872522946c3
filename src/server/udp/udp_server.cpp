#include "server/udp/udp_server.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>
#include <optional>
#include <sstream>
#include <sys/socket.h>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/handle.hpp"
#include "protocol/message.hpp"
#include "server/admission/admission.hpp"
#include "server/complaints.hpp"
#include "server/udp/datagram_gate.hpp"

namespace doze::server {

Outbox::Outbox(Send send, Lost lost) : send_(std::move(send)), lost_(std::move(lost)) {}

bool Outbox::put(const Peer& peer, std::string_view text) {
    if (kept_.empty()) {
        const int error = send_(peer, text);
        if (error == 0) return true;
        if (error != EAGAIN) {
            lost_(peer, error);
            return true;
        }
    }
    if (kept_.size() >= most_kept) {
        lost_(peer, EAGAIN);
    } else {
        kept_.push_back({peer, std::string(text)});
    }
    return false;
}

bool Outbox::flush() {
    while (!kept_.empty()) {
        const Kept& next = kept_.front();
        const int error = send_(next.peer, next.text);
        if (error == EAGAIN) return false;
        if (error != 0) lost_(next.peer, error);
        kept_.pop_front();
    }
    return true;
}

namespace {

using boost::asio::ip::udp;

// A burst of 1,000 small datagrams takes 0.8 MiB: the kernel charges its own overhead as well.
constexpr int receive_buffer = 4 << 20;

// The largest payload of an IPv4 datagram (65,535 minus the headers of IP and UDP).
constexpr std::size_t largest_datagram = 65'507;

// Datagrams handled in a row before the loop's other work: some 100 us.
constexpr int per_turn = 64;

std::string written(const udp::endpoint& endpoint) {
    std::ostringstream text;
    text << endpoint;
    return text.str();
}

Result<UniqueFd> udp_socket(const UdpOptions& options) {
    auto fd = bound_socket(SOCK_DGRAM, options.address, {.server = "UDP server", .section = "udp_server"},
                           !options.security.token.empty());
    if (!fd) return fd;
    // Only root may exceed net.core.rmem_max; others get as much as that allows.
    if (::setsockopt(fd->get(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer) != 0) {
        ::setsockopt(fd->get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    // Requests each datagram's destination address, which a signed one names.
    const int on = 1;
    ::setsockopt(fd->get(), IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    ::setsockopt(fd->get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    return fd;
}

std::optional<boost::asio::ip::address> receiver_of(msghdr& message) {
    namespace ip = boost::asio::ip;
    for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
            in_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            return ip::address_v4(ntohl(info.ipi_addr.s_addr));
        }
        if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            ip::address_v6::bytes_type bytes;
            std::memcpy(bytes.data(), &info.ipi6_addr, bytes.size());
            return ip::address_v6(bytes);
        }
    }
    return std::nullopt;
}

}  // namespace

/// Lives as long as the server; pending replies hold it weakly.
class UdpServer::Core : public std::enable_shared_from_this<Core> {
   public:
    Core(udp::socket socket, std::unique_ptr<DatagramGate> gate, std::size_t max_reply, Handler handler, Warn warn)
        : socket_(std::move(socket)),
          fd_(socket_.native_handle()),
          gate_(std::move(gate)),
          max_reply_(max_reply),
          handler_(std::move(handler)),
          complaints_(std::move(warn)),
          outbox_([fd = fd_](const Peer& peer, std::string_view text) { return send(fd, peer, text); },
                  [this](const Peer& peer, int error) {
                      ++counts_.lost_replies;
                      complaints_.say("reply", fmt::format("A reply to {} could not be sent: {}.", to_string(peer),
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
            iovec room{.iov_base = buffer_.data(), .iov_len = buffer_.size()};
            alignas(cmsghdr) std::array<char, 256> notes;
            msghdr message{};
            message.msg_name = &peer.any;
            message.msg_namelen = peer.length;
            message.msg_iov = &room;
            message.msg_iovlen = 1;
            message.msg_control = notes.data();
            message.msg_controllen = notes.size();
            const auto size = ::recvmsg(fd_, &message, MSG_DONTWAIT);
            if (size >= 0) {
                peer.length = message.msg_namelen;
                take(peer, receiver_of(message), std::string_view(buffer_.data(), static_cast<std::size_t>(size)));
                if (!socket_.is_open()) return;  // The command closed the server.
            } else if (errno == EAGAIN) {
                break;
            } else if (errno != EINTR) {
                // For example an ICMP error about an earlier reply; reading it clears it.
                ++counts_.socket_errors;
                complaints_.say("socket", fmt::format("The UDP socket reported an error: {}.",
                                                      std::generic_category().message(errno)));
            }
        }
        wait_readable();
    }

    void take(const Peer& peer, const std::optional<boost::asio::ip::address>& to, std::string_view message) {
        ++counts_.received;
        if (peer.port() == 0) {
            ++counts_.unanswerable;
            complaints_.say("port 0", "A datagram from source port 0 was dropped: no reply can reach it.");
            return;
        }
        const auto passage = gate_->let_in(peer, to, message);
        if (!passage.command) {
            ++counts_.refused;
            complaints_.say(passage.kind,
                            fmt::format("A datagram from {} was dropped: {}.", to_string(peer), passage.reason));
            return;
        }
        if (!gate_->may_ask()) return reply(peer, protocol::refusal(*passage.command, too_many_requests()));
        handler_(*passage.command, max_reply_, [self = weak_from_this(), peer](std::string_view text) {
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

    udp::socket socket_;
    const int fd_;
    const std::unique_ptr<DatagramGate> gate_;
    const std::size_t max_reply_;
    Handler handler_;
    Complaints complaints_;
    Outbox outbox_;
    Counts counts_;
    bool waiting_writable_ = false;
    std::array<char, 65'536> buffer_;  ///< The largest possible datagram.
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
    std::ignore = fd->release();  // The socket owns it now.
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

}  // namespace doze::server
