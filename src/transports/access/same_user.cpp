#include "transports/access/same_user.hpp"

#include <algorithm>
#include <netinet/in.h>
#include <unistd.h>
#include <utility>

namespace doze::transports {
namespace {

namespace ip = boost::asio::ip;

/// How long nobody is expected to have joined a socket at its port.
constexpr std::chrono::seconds alone_for(1);

constexpr std::size_t most_remembered = 4096;

bool is_ours(const KnownSocket& socket) {
    return socket.is_held && (socket.user == ::geteuid() || socket.user == 0);
}

}  // namespace

ip::address plain(const ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

Result<SameUser> SameUser::open() {
    auto diagnostics = SocketDiagnostics::open();
    if (!diagnostics) return diagnostics.error();
    return SameUser(std::move(*diagnostics));
}

bool SameUser::has_connection(const End& there, const End& here) {
    const auto found = diagnostics_.find(IPPROTO_TCP, {plain(there.ip), there.port}, {plain(here.ip), here.port});
    // Where the connection is gone the kernel may show somebody's listening socket in its place.
    return found && found->port == there.port && found->peer_port == here.port && is_ours(*found);
}

bool SameUser::has_sent(const End& there, const End& here, Time now) {
    const auto from = plain(there.ip);
    const auto found = diagnostics_.find(IPPROTO_UDP, {from, there.port}, {plain(here.ip), here.port});
    if (!found || found->port != there.port || !is_ours(*found)) return false;
    const auto known = alone_.find(found->cookie);
    if (known != alone_.end() && now - known->second < alone_for) return true;
    // Sockets that allow it share a port, also of several users: any of them may have sent this.
    const bool alone = std::ranges::all_of(diagnostics_.with_udp_port(there.port), [&](const KnownSocket& other) {
        const auto bound = plain(other.ip);
        return is_ours(other) || (bound != from && !bound.is_unspecified());
    });
    if (!alone) return false;
    if (alone_.size() >= most_remembered) alone_.clear();
    alone_[found->cookie] = now;
    return true;
}

}  // namespace doze::transports
