#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <sys/socket.h>

#include "base/handle.hpp"
#include "base/listen.hpp"
#include "base/result.hpp"
#include "server/admission/admission.hpp"
#include "server/admission/tls.hpp"

namespace doze::server {

/// What a transport is called.
struct ListenName {
    std::string_view server;   ///< "UDP server"
    std::string_view section;  ///< Of settings.json: "udp_server" has the address in its `ip` and `port`.
};

/// Whether only this machine reaches the address. False for what is no IP address.
[[nodiscard]] bool is_loopback(std::string_view ip);

/// A socket of the type (SOCK_STREAM or SOCK_DGRAM) that is bound to the address; a stream listens. Never blocks.
/// `bad_request` where the address is none, or is not loopback while there is no token (`has_token`), which everybody
/// who comes from elsewhere must know; `internal` where the kernel refuses. Each error says which setting to change.
[[nodiscard]] Result<UniqueFd> bound_socket(int type, const ListenAddress& address, const ListenName& name,
                                            bool has_token);

/// The port of a bound socket.
[[nodiscard]] std::uint16_t port_of(int fd);

/// A TCP address that is listened at, and what it takes to come in there.
struct TcpListener {
    UniqueFd listening;
    std::shared_ptr<TlsFiles> tls;  ///< None on loopback.
    std::shared_ptr<Admission> admission;
};

/// Fails where the address can't be had, or may not be used so; the error says which setting to change.
[[nodiscard]] Result<TcpListener> open_tcp_listener(const ListenAddress& address, const ListenName& name,
                                                    const Security& security,
                                                    const std::shared_ptr<Complaints>& complaints);

/// Of a connection that was accepted: small replies go at once, and peers that vanished are noticed some day.
void prepare_tcp(int fd);

}  // namespace doze::server
