#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "base/result.hpp"
#include "transports/access/socket_diagnostics.hpp"

namespace doze::transports {

/// Tells whether a peer on this machine belongs to the user whom doze belongs to, or to root. Lives on the loop's
/// thread.
class SameUser {
   public:
    using Time = std::chrono::steady_clock::time_point;

    /// Fails where the kernel does not tell.
    static Result<SameUser> open();

    /// The other end of a TCP connection. False also for a peer that has closed its end already: whose it was is not
    /// known any more.
    [[nodiscard]] bool has_connection(const End& there, const End& here);

    /// Whoever a datagram came from; the same for one that has closed its socket.
    [[nodiscard]] bool has_sent(const End& there, const End& here, Time now);

   private:
    explicit SameUser(SocketDiagnostics diagnostics) : diagnostics_(std::move(diagnostics)) {}

    SocketDiagnostics diagnostics_;
    std::unordered_map<std::uint64_t, Time> alone_;  ///< Cookies of sockets that shared their port with no other user.
};

/// The IPv4 address where it is one in IPv6's clothes, as a socket of both kinds sees it.
[[nodiscard]] boost::asio::ip::address plain(const boost::asio::ip::address& address);

}  // namespace doze::transports
