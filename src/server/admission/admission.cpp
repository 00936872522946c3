#include "server/admission/admission.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstring>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <sys/socket.h>

#include "server/admission/listening_socket.hpp"

namespace doze::server {
namespace {

using boost::asio::ip::tcp;

/// Converts the result of getsockname(2) or getpeername(2).
template <class Ask>
End end_of(Stream::Socket& socket, Ask ask) {
    tcp::endpoint endpoint;
    auto size = static_cast<socklen_t>(endpoint.capacity());
    if (ask(socket.native_handle(), endpoint.data(), &size) != 0) return {};
    return {.ip = plain(endpoint.address()), .port = endpoint.port()};
}

}  // namespace

Result<std::shared_ptr<Admission>> Admission::open(const Security& security, std::string_view listening_ip,
                                                   std::shared_ptr<Complaints> complaints) {
    std::shared_ptr<Admission> admission(new Admission(security, is_loopback(listening_ip), std::move(complaints)));
    auto same_user = SameUser::open();
    if (!same_user && admission->on_loopback_) return same_user.error();
    if (same_user) admission->same_user_.emplace(std::move(*same_user));
    return admission;
}

Result<Admission::RemotePeer> Admission::authorize(Stream::Socket& socket) {
    const auto there = end_of(socket, ::getpeername);
    const auto here = end_of(socket, ::getsockname);
    RemotePeer peer{.is_near = there.ip.is_loopback(),
                    .key = peer_of(there),
                    .address = server::address_of(there),
                    .name = to_string(there)};
    if (!on_loopback_ && !there.ip.is_loopback()) return peer;
    peer.is_known = same_user_ && same_user_->has_connection(there, here);
    if (peer.is_known || (!on_loopback_ && has_token())) return peer;
    return Error{.code = ErrorCode::unauthorized, .message = "This doze belongs to another user."};
}

Result<void> Admission::check_token(const RemotePeer& peer, std::string_view given) {
    const auto now = std::chrono::steady_clock::now();
    if (const auto wait = attempts_.wait(peer.address, now); wait.count() > 0) {
        complaints_->say("token", fmt::format("{} goes on after wrong tokens; none is looked at.", peer.name));
        return Error{
            .code = ErrorCode::rate_limited,
            .message = fmt::format("Too many wrong tokens came from there. Try again in {} seconds.", wait.count())};
    }
    if (is_token(given)) {
        attempts_.succeeded(peer.address);
        return {};
    }
    attempts_.failed(peer.address, now);
    complaints_->say("token", fmt::format("{} showed a wrong token.", peer.name));
    return token_needed("That is not the token.");
}

bool Admission::is_token(std::string_view given) const {
    return server::is_token(security_.token, given);
}

bool Admission::may_ask(const std::string& peer) {
    return limit_.allow(peer, std::chrono::steady_clock::now());
}

std::string address_of(const End& end) {
    std::string address;
    if (end.ip.is_v4()) {
        const auto bytes = end.ip.to_v4().to_bytes();
        address.assign(bytes.begin(), bytes.end());
    } else {
        // The owner of an IPv6 address usually has all addresses that share its first half.
        const auto bytes = end.ip.to_v6().to_bytes();
        address.assign(bytes.begin(), end.ip.is_loopback() ? bytes.end() : bytes.begin() + 8);
    }
    return address;
}

std::string peer_of(const End& end) {
    auto peer = address_of(end);
    if (end.ip.is_loopback()) {
        peer += static_cast<char>(end.port >> 8);
        peer += static_cast<char>(end.port & 0xff);
    }
    return peer;
}

Error token_needed(std::string message) {
    return {.code = ErrorCode::unauthorized,
            .message = std::move(message),
            .next_step = "It is security.token in doze's settings.json."};
}

Error too_many_requests() {
    return {.code = ErrorCode::rate_limited,
            .message = "You send too many requests.",
            .next_step = "Send fewer, or raise security.requests_per_second in settings.json."};
}

Error too_many_connections() {
    return {
        .code = ErrorCode::rate_limited, .message = "Too many connections are open.", .next_step = "Close one first."};
}

bool is_token(const Secret& token, std::string_view given) {
    const auto wanted = token.view();
    return !wanted.empty() && given.size() == wanted.size() &&
           CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
}

}  // namespace doze::server
