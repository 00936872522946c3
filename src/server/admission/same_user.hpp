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

/// One end of a connection, or where a datagram came from.
struct End {
    boost::asio::ip::address ip;
    std::uint16_t port = 0;
};

/// The IPv4 address where it is one in IPv6's clothes, as a socket of both kinds sees it.
[[nodiscard]] boost::asio::ip::address plain(const boost::asio::ip::address& address);

/// "127.0.0.1:20200", "[::1]:20200".
[[nodiscard]] std::string to_string(const End& end);

/// A socket of this machine, as the kernel knows it.
struct KnownSocket {
    boost::asio::ip::address ip;  ///< It is bound to this; perhaps to a wildcard.
    std::uint16_t port = 0;
    std::uint16_t peer_port = 0;  ///< 0 where it has no peer.
    uid_t user = 0;
    bool is_held = false;      ///< A process has it open. The kernel says root of those that nobody holds any more.
    std::uint64_t cookie = 0;  ///< No other socket ever has it, until the machine is started again.
};

/// The sockets of this machine.
class SocketTable {
   public:
    virtual ~SocketTable() = default;

    /// The socket at `there` that talks with `here`. `protocol`: IPPROTO_TCP or IPPROTO_UDP.
    [[nodiscard]] virtual std::optional<KnownSocket> find(int protocol, const End& there, const End& here) = 0;

    /// All UDP sockets with this port, on any address.
    [[nodiscard]] virtual std::vector<KnownSocket> with_udp_port(std::uint16_t port) = 0;

    /// Whether the UDP sockets at this end let none of another user join them there; false where that is not certain.
    [[nodiscard]] virtual bool is_exclusive(const End& there) = 0;
};

/// The kernel's socket diagnostics, see sock_diag(7), and its rules for bind(2). Needs no privilege. One question takes
/// some microseconds.
class SocketDiagnostics final : public SocketTable {
   public:
    /// Fails where the kernel has none.
    static Result<std::unique_ptr<SocketTable>> open();

    [[nodiscard]] std::optional<KnownSocket> find(int protocol, const End& there, const End& here) override;
    [[nodiscard]] std::vector<KnownSocket> with_udp_port(std::uint16_t port) override;

    /// By binding a socket of its own with SO_REUSEADDR, which is closed before anything else happens: the kernel
    /// refuses that exactly where a socket is there without that option.
    [[nodiscard]] bool is_exclusive(const End& there) override;

   private:
    explicit SocketDiagnostics(UniqueFd fd) : fd_(std::move(fd)) {}

    std::vector<KnownSocket> ask(int family, int protocol, int flags, const End& there, const End& here);

    UniqueFd fd_;
    std::uint32_t sequence_ = 0;
};

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
