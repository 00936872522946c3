#include "server/admission/same_user.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/udp.hpp>
#include <cerrno>
#include <cstring>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <random>
#include <span>
#include <sstream>
#include <sys/socket.h>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace doze::server {

namespace {

namespace ip = boost::asio::ip;

struct Request {
    nlmsghdr header;
    inet_diag_req_v2 body;
};

template <class Words>
void write_address(Words& words, const ip::address& address) {
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        std::memcpy(words, bytes.data(), bytes.size());
    } else {
        const auto bytes = address.to_v6().to_bytes();
        std::memcpy(words, bytes.data(), bytes.size());
    }
}

template <class Words>
ip::address read_address(int family, const Words& words) {
    if (family == AF_INET) {
        ip::address_v4::bytes_type bytes;
        std::memcpy(bytes.data(), words, bytes.size());
        return ip::address_v4(bytes);
    }
    ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), words, bytes.size());
    return ip::address_v6(bytes);
}

KnownSocket known(const inet_diag_msg& message) {
    const auto& id = message.id;
    return {.ip = read_address(message.idiag_family, id.idiag_src),
            .port = ntohs(id.idiag_sport),
            .peer_port = ntohs(id.idiag_dport),
            .user = message.idiag_uid,
            .is_held = message.idiag_inode != 0,
            .cookie = std::uint64_t{id.idiag_cookie[1]} << 32 | id.idiag_cookie[0]};
}

}  // namespace

ip::address plain(const ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

std::string to_string(const End& end) {
    std::ostringstream text;
    text << ip::udp::endpoint(plain(end.ip), end.port);
    return text.str();
}

Result<std::unique_ptr<SocketTable>> SocketDiagnostics::open() {
    std::unique_ptr<SocketDiagnostics> diagnostics(
        new SocketDiagnostics(UniqueFd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG))));
    // Tests with a socket that certainly exists whether the kernel answers for UDP. (Its answers for TCP come with the
    // same module.)
    const UniqueFd probe(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (!diagnostics->fd_ || ::bind(probe.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        diagnostics->with_udp_port(ntohs(address.sin_port)).empty()) {
        return Error{.code = ErrorCode::internal,
                     .message =
                         "The kernel does not tell doze whose sockets are whose, so nobody could be told from "
                         "another user.",
                     .next_step = "It needs socket diagnostics (the modules inet_diag, tcp_diag and udp_diag)."};
    }
    return std::unique_ptr<SocketTable>(std::move(diagnostics));
}

std::optional<KnownSocket> SocketDiagnostics::find(int protocol, const End& there, const End& here) {
    const int family = there.ip.is_v4() ? AF_INET : AF_INET6;
    // For UDP the kernel swaps the two ends, and keeps it so for compatibility.
    const auto found =
        protocol == IPPROTO_UDP ? ask(family, protocol, 0, here, there) : ask(family, protocol, 0, there, here);
    if (found.empty()) return std::nullopt;
    return found.front();
}

std::vector<KnownSocket> SocketDiagnostics::with_udp_port(std::uint16_t port) {
    auto all = ask(AF_INET, IPPROTO_UDP, NLM_F_DUMP, {.ip = ip::address_v4(), .port = port}, {.ip = ip::address_v4()});
    for (const auto& other :
         ask(AF_INET6, IPPROTO_UDP, NLM_F_DUMP, {.ip = ip::address_v6(), .port = port}, {.ip = ip::address_v6()})) {
        all.push_back(other);
    }
    std::erase_if(all, [&](const KnownSocket& socket) { return socket.port != port; });
    return all;
}

bool SocketDiagnostics::is_exclusive(const End& there) {
    const ip::udp::endpoint endpoint(there.ip, there.port);
    const UniqueFd probe(::socket(endpoint.data()->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    return probe && ::setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
           ::bind(probe.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0 && errno == EADDRINUSE;
}

std::vector<KnownSocket> SocketDiagnostics::ask(int family, int protocol, int flags, const End& there,
                                                const End& here) {
    Request request{};
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    request.header.nlmsg_seq = ++sequence_;
    request.body.sdiag_family = static_cast<std::uint8_t>(family);
    request.body.sdiag_protocol = static_cast<std::uint8_t>(protocol);
    request.body.idiag_states = ~0U;
    auto& id = request.body.id;
    id.idiag_sport = htons(there.port);
    id.idiag_dport = htons(here.port);
    write_address(id.idiag_src, there.ip);
    write_address(id.idiag_dst, here.ip);
    std::ranges::fill(id.idiag_cookie, INET_DIAG_NOCOOKIE);

    std::vector<KnownSocket> sockets;
    if (::send(fd_.get(), &request, sizeof request, 0) < 0) return sockets;
    alignas(nlmsghdr) std::array<char, 16'384> answer;
    for (;;) {
        // The kernel has answered before send() returns.
        const auto size = ::recv(fd_.get(), answer.data(), answer.size(), MSG_DONTWAIT);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return sockets;
        auto left = static_cast<unsigned>(size);
        for (auto* message = reinterpret_cast<nlmsghdr*>(answer.data()); NLMSG_OK(message, left);
             message = NLMSG_NEXT(message, left)) {
            if (message->nlmsg_seq != sequence_) continue;  // It answers an abandoned query.
            if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) return sockets;
            sockets.push_back(known(*static_cast<const inet_diag_msg*>(NLMSG_DATA(message))));
            if ((flags & NLM_F_DUMP) == 0) return sockets;
        }
    }
}

namespace {

/// How long a socket is trusted not to share its port.
constexpr std::chrono::seconds alone_for(1);

constexpr std::size_t most_remembered = 4096;

constexpr std::chrono::minutes refused_for(1);

/// How often the port's sockets, and whether it can be shared, are queried, in random order. An unseen
/// stranger who makes the port look exclusive must be there for each query of one kind, and gone for each of
/// the other.
constexpr unsigned questions = 16;

bool is_held_by(const KnownSocket& socket, uid_t user) {
    return socket.is_held && socket.user == user;
}

}  // namespace

Result<SameUser> SameUser::open() {
    auto table = SocketDiagnostics::open();
    if (!table) return table.error();
    return SameUser(std::move(*table));
}

bool SameUser::has_connection(const End& there, const End& here) {
    const auto found = table_->find(IPPROTO_TCP, {plain(there.ip), there.port}, {plain(here.ip), here.port});
    // After the connection is gone, the kernel may report a listening socket in its place.
    return found && found->port == there.port && found->peer_port == here.port &&
           (is_held_by(*found, ::geteuid()) || is_held_by(*found, 0));
}

bool SameUser::has_sent(const End& there, const End& here, Time now) {
    const End from{plain(there.ip), there.port};
    const End to{plain(here.ip), here.port};
    const auto found = table_->find(IPPROTO_UDP, from, to);
    if (!found || found->port != there.port || !is_held_by(*found, ::geteuid())) return false;
    const auto known = alone_.find(found->cookie);
    if (known != alone_.end() && now - known->second < alone_for) return true;
    if (!is_alone(from, *found, to, now)) return false;
    if (alone_.size() >= most_remembered) alone_.clear();
    alone_[found->cookie] = now;
    return true;
}

/// Sockets with SO_REUSEADDR share a port, even of several users: any of them may have sent this and be gone by now.
/// And the owner of the port on one address of this machine can send with another one as source.
bool SameUser::is_alone(const End& there, const KnownSocket& socket, const End& here, Time now) {
    const auto refused = refused_.find(there.port);
    if (refused != refused_.end() && now - refused->second < refused_for) return false;
    const auto nobody_else = [&] {
        return std::ranges::all_of(table_->with_udp_port(there.port),
                                   [](const KnownSocket& other) { return is_held_by(other, ::geteuid()); });
    };
    if (!nobody_else()) return false;
    auto order = std::random_device()();
    for (unsigned i = 0; i < questions; ++i, order >>= 1U) {
        if ((order & 1U) != 0 || i == 0) {
            if (table_->is_exclusive(there)) continue;
            const auto again = table_->find(IPPROTO_UDP, there, here);
            if (again && again->cookie == socket.cookie) refuse_port(there.port, now);
            return false;
        }
        if (!nobody_else()) return false;
    }
    return nobody_else();
}

void SameUser::refuse_port(std::uint16_t port, Time now) {
    if (refused_.size() >= most_remembered)
        std::erase_if(refused_, [&](const auto& each) { return now - each.second >= refused_for; });
    refused_[port] = now;
}

}  // namespace doze::server
