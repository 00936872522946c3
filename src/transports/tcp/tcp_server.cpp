#include "transports/tcp/tcp_server.hpp"

#include <algorithm>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace doze::transports {
namespace {

/// For calls to AWS, the journal, the desktop.
constexpr rlim_t own_descriptors = 256;

std::size_t allowed_connections() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return TcpServer::most_connections;
    const auto left = limit.rlim_cur > 2 * own_descriptors ? limit.rlim_cur - own_descriptors : limit.rlim_cur / 2;
    return std::min<std::size_t>(TcpServer::most_connections, left);
}

void set(int fd, int level, int option) {
    const int on = 1;
    ::setsockopt(fd, level, option, &on, sizeof on);
}

}  // namespace

TcpServer::TcpServer(boost::asio::io_context& loop, UniqueFd listening, const TcpOptions& options, SessionSetup setup,
                     Warn warn)
    : port_(port_of(listening.get())),
      server_(
          loop, std::move(listening),
          {.name = "The TCP server", .most_connections = allowed_connections(), .patience = options.patience},
          [setup = std::move(setup)](Stream::Socket& socket) -> Result<SessionSetup> {
              set(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY);
              set(socket.native_handle(), SOL_SOCKET, SO_KEEPALIVE);  // Peers that vanished are noticed some day.
              return setup;
          },
          std::move(warn)) {}

Result<std::unique_ptr<TcpServer>> TcpServer::open(boost::asio::io_context& loop, const TcpOptions& options,
                                                   SessionSetup setup, Warn warn) {
    auto fd = bound_socket(SOCK_STREAM, options.address, {.server = "TCP server", .section = "tcp_server"}, false);
    if (!fd) return fd.error();
    return std::unique_ptr<TcpServer>(new TcpServer(loop, std::move(*fd), options, std::move(setup), std::move(warn)));
}

}  // namespace doze::transports
