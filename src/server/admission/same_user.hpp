#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/handle.hpp"
#include "base/result.hpp"

namespace doze::server {

/// One end of a connection, or the sender of a datagram.
struct End {
    boost::asio::ip::address ip;
    std::uint16_t port = 0;
};

/// Converts an IPv4-mapped IPv6 address, as a dual-stack socket reports it, to IPv4.
[[nodiscard]] boost::asio::ip::address plain(const boost::asio::ip::address& address);

/// "127.0.0.1:20200", "[::1]:20200".
[[nodiscard]] std::string to_string(const End& end);

/// A socket of this machine, according to the kernel.
struct KnownSocket {
    boost::asio::ip::address ip;  ///< Its bound address, which may be a wildcard.
    std::uint16_t port = 0;
    std::uint16_t peer_port = 0;  ///< 0: not connected.
    uid_t user = 0;
    bool is_held = false;      ///< A process has it open. The kernel reports closed sockets as root's.
    std::uint64_t cookie = 0;  ///< Unique among all sockets until the machine restarts.
};

/// Looks up sockets of this machine.
class SocketTable {
   public:
    virtual ~SocketTable() = default;

    /// The socket at `there` that is connected to `here`. `protocol`: IPPROTO_TCP or IPPROTO_UDP.
    [[nodiscard]] virtual std::optional<KnownSocket> find(int protocol, const End& there, const End& here) = 0;

    /// All UDP sockets with this port, on any address.
    [[nodiscard]] virtual std::vector<KnownSocket> with_udp_port(std::uint16_t port) = 0;

    /// Whether no other user's socket can share the address of the UDP sockets at this end; false if that is not
    /// certain.
    [[nodiscard]] virtual bool is_exclusive(const End& there) = 0;
};

/// Uses the kernel's socket diagnostics, see sock_diag(7), and its rules for bind(2). Needs no privilege. A query takes
/// some microseconds.
class SocketDiagnostics final : public SocketTable {
   public:
    /// Fails if the kernel lacks socket diagnostics.
    static Result<std::unique_ptr<SocketTable>> open();

    [[nodiscard]] std::optional<KnownSocket> find(int protocol, const End& there, const End& here) override;
    [[nodiscard]] std::vector<KnownSocket> with_udp_port(std::uint16_t port) override;

    /// Binds a socket of its own with SO_REUSEADDR, and closes it at once: the kernel refuses exactly if there is a
    /// socket without that option.
    [[nodiscard]] bool is_exclusive(const End& there) override;

   private:
    explicit SocketDiagnostics(UniqueFd fd) : fd_(std::move(fd)) {}

    std::vector<KnownSocket> ask(int family, int protocol, int flags, const End& there, const End& here);

    UniqueFd fd_;
    std::uint32_t sequence_ = 0;
};

/// Decides whether a peer on this machine belongs to doze's own user. Loop's thread only.
class SameUser {
   public:
    using Time = std::chrono::steady_clock::time_point;

    /// Fails if the kernel does not tell.
    static Result<SameUser> open();

    explicit SameUser(std::unique_ptr<SocketTable> table) : table_(std::move(table)) {}

    /// Whether the other end of a TCP connection belongs to the same user, or root. False also if the peer has closed
    /// its end: then its owner is unknown.
    [[nodiscard]] bool has_connection(const End& there, const End& here);

    /// Whether a datagram's sender is the same user. False if it has closed its socket, or if another user has, or
    /// could have had, a socket at its port. Root counts as another user: many of its sockets answer anybody.
    [[nodiscard]] bool has_sent(const End& there, const End& here, Time now);

   private:
    [[nodiscard]] bool is_alone(const End& there, const KnownSocket& socket, const End& here, Time now);
    void refuse_port(std::uint16_t port, Time now);

    std::unique_ptr<SocketTable> table_;
    std::unordered_map<std::uint64_t, Time>
        alone_;  ///< Cookies of sockets that did not share their port with another user.
    /// Ports whose sockets can be shared. They are not probed again for a while: for a moment, doze's own socket
    /// receives what is sent to the other.
    std::unordered_map<std::uint16_t, Time> refused_;
};

}  // namespace doze::server
