#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <sys/types.h>
#include <vector>

#include "base/handle.hpp"
#include "base/result.hpp"

namespace doze::transports {

/// One end of a connection, or where a datagram came from.
struct End {
    boost::asio::ip::address ip;
    std::uint16_t port = 0;
};

/// A socket of this machine, as the kernel knows it.
struct KnownSocket {
    boost::asio::ip::address ip;  ///< It is bound to this; perhaps to a wildcard.
    std::uint16_t port = 0;
    std::uint16_t peer_port = 0;  ///< 0 where it has no peer.
    uid_t user = 0;
    bool is_held = false;      ///< A process has it open. The kernel says root of those that nobody holds any more.
    std::uint64_t cookie = 0;  ///< No other socket ever has it, until the machine is started again.
};

/// The kernel's socket diagnostics, see sock_diag(7). Needs no privilege. One question takes some microseconds.
class SocketDiagnostics {
   public:
    /// Fails where the kernel has none.
    static Result<SocketDiagnostics> open();

    /// The socket at `there` that talks with `here`. `protocol`: IPPROTO_TCP or IPPROTO_UDP.
    [[nodiscard]] std::optional<KnownSocket> find(int protocol, const End& there, const End& here);

    /// All UDP sockets with this port, on any address.
    [[nodiscard]] std::vector<KnownSocket> with_udp_port(std::uint16_t port);

   private:
    explicit SocketDiagnostics(UniqueFd fd) : fd_(std::move(fd)) {}

    std::vector<KnownSocket> ask(int family, int protocol, int flags, const End& there, const End& here);

    UniqueFd fd_;
    std::uint32_t sequence_ = 0;
};

}  // namespace doze::transports
