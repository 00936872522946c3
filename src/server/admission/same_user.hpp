#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

#include "base/result.hpp"
#include "server/admission/socket_diagnostics.hpp"

namespace doze::server {

/// Tells whether a peer on this machine belongs to the user whom doze belongs to. Lives on the loop's thread.
class SameUser {
   public:
    using Time = std::chrono::steady_clock::time_point;

    /// Fails where the kernel does not tell.
    static Result<SameUser> open();

    explicit SameUser(std::unique_ptr<SocketTable> table) : table_(std::move(table)) {}

    /// The other end of a TCP connection; root's as well. False also for a peer that has closed its end already: whose
    /// it was is not known any more.
    [[nodiscard]] bool has_connection(const End& there, const End& here);

    /// Whoever a datagram came from. False for one that has closed its socket, and wherever a socket of another user
    /// is, or could have been, at the same port. Root's are another user's: many of them answer whoever writes to them.
    [[nodiscard]] bool has_sent(const End& there, const End& here, Time now);

   private:
    [[nodiscard]] bool is_alone(const End& there, const KnownSocket& socket, const End& here, Time now);
    void refuse_port(std::uint16_t port, Time now);

    std::unique_ptr<SocketTable> table_;
    std::unordered_map<std::uint64_t, Time> alone_;  ///< Cookies of sockets that shared their port with no other user.
    /// Ports at which sockets can be joined. A socket of doze's own is not put there again and again: for a moment it
    /// takes what is sent to the other.
    std::unordered_map<std::uint16_t, Time> refused_;
};

}  // namespace doze::server
