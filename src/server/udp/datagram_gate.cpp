#include "server/udp/datagram_gate.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <chrono>
#include <cstring>

#include "server/admission/admission.hpp"

namespace doze::server {
namespace {

namespace ip = boost::asio::ip;

/// The destination address used by a sender on this machine.
End reached_by_loopback(const ListenAddress& here) {
    const auto address = ip::make_address(here.ip);
    if (!address.is_unspecified()) return {.ip = address, .port = here.port};
    return {.ip = ip::address_v4::loopback(), .port = here.port};
}

std::int64_t seconds_since_epoch() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::floor<std::chrono::seconds>(now).count();
}

End end_of(const Peer& peer) {
    ip::udp::endpoint endpoint;
    endpoint.resize(peer.length);
    std::memcpy(endpoint.data(), &peer.any, peer.length);
    return {.ip = plain(endpoint.address()), .port = endpoint.port()};
}

bool is_same(const Peer& one, const Peer& other) {
    return one.length == other.length && std::memcmp(&one.any, &other.any, one.length) == 0;
}

}  // namespace

Result<std::unique_ptr<DatagramGate>> DatagramGate::open(const Security& security, const ListenAddress& here) {
    std::unique_ptr<DatagramGate> gate(new DatagramGate(security, here));
    auto same_user = SameUser::open();
    if (!same_user && gate->on_loopback_) return same_user.error();
    if (same_user) gate->same_user_.emplace(std::move(*same_user));
    return gate;
}

DatagramGate::DatagramGate(const Security& security, const ListenAddress& here)
    : here_(reached_by_loopback(here)), on_loopback_(is_loopback(here.ip)), limit_(security.requests_per_second) {
    if (!security.token.empty()) signed_.emplace(security.token, seconds_since_epoch());
}

Passage DatagramGate::let_in(const Peer& peer, const std::optional<ip::address>& to, std::string_view datagram) {
    auto here = here_;
    if (to) here.ip = plain(*to);
    if (!peer_ || !is_same(peer_->address, peer) || peer_->here.ip != here.ip) {
        const auto there = end_of(peer);
        // If the kernel did not say: an IPv6 sender used an IPv6 address.
        if (!to && there.ip.is_v6() && here.ip.is_v4()) here.ip = ip::address_v6::loopback();
        peer_ = {.address = peer, .here = here, .is_same_user = {}, .name = peer_of(there)};
    }
    if (signed_ && SignedDatagrams::is_meant(datagram))
        return signed_->let_in(datagram, peer_->here, seconds_since_epoch());
    if (is_same_user()) return {.command = datagram};
    if (!on_loopback_) return {.kind = "unsigned", .reason = "it is not signed with the token"};
    return {.kind = "stranger", .reason = "its sender is another user, may be another one's, or hung up"};
}

bool DatagramGate::is_same_user() {
    if (peer_->is_same_user) return *peer_->is_same_user;
    const auto there = end_of(peer_->address);
    const bool is_here = on_loopback_ || there.ip.is_loopback();
    peer_->is_same_user =
        is_here && same_user_ && same_user_->has_sent(there, peer_->here, std::chrono::steady_clock::now());
    return *peer_->is_same_user;
}

bool DatagramGate::may_ask() {
    return limit_.allow(peer_->name, std::chrono::steady_clock::now());
}

}  // namespace doze::server
