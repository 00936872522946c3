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

/// Names of a transport in messages.
struct ListenName {
    std::string_view server;   ///< "UDP server"
    std::string_view section;  ///< In settings.json: "udp_server" contains the address as `ip` and `port`.
};

/// Whether only this machine can reach the address. False for text that is not an IP address.
[[nodiscard]] bool is_loopback(std::string_view ip);

/// A socket of the type (SOCK_STREAM or SOCK_DGRAM) that is bound to the address, and listens if it is a stream. Never
/// blocks. `bad_request` if the address is invalid, or is not loopback and no token is set (`has_token`), which remote
/// clients must know; `internal` if the kernel refuses. Each error names the setting to change.
[[nodiscard]] Result<UniqueFd> bound_socket(int type, const ListenAddress& address, const ListenName& name,
                                            bool has_token);

/// The port of a bound socket.
[[nodiscard]] std::uint16_t port_of(int fd);

/// A listening TCP socket, and its TLS files.
struct TcpListener {
    UniqueFd listening;
    std::shared_ptr<TlsFiles> tls;  ///< Null on loopback.
    std::shared_ptr<Admission> admission;
};

/// Fails if the address is taken or not allowed; the error names the setting to change.
[[nodiscard]] Result<TcpListener> open_tcp_listener(const ListenAddress& address, const ListenName& name,
                                                    const Security& security,
                                                    const std::shared_ptr<Complaints>& complaints);

/// Prepares an accepted connection: small replies are sent at once, and vanished peers are detected eventually.
void prepare_tcp(int fd);

}  // namespace doze::server
