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

std::size_t allowed_connections(bool on_loopback) {
    const auto most = on_loopback ? TcpServer::most_connections : TcpServer::most_connections_from_elsewhere;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return most;
    const auto left = limit.rlim_cur > 2 * own_descriptors ? limit.rlim_cur - own_descriptors : limit.rlim_cur / 2;
    return std::min<std::size_t>(most, left);
}

void set(int fd, int level, int option) {
    const int on = 1;
    ::setsockopt(fd, level, option, &on, sizeof on);
}

}  // namespace

TcpServer::TcpServer(boost::asio::io_context& loop, UniqueFd listening, StreamServer::Options options,
                     StreamServer::Admit admit, Warn warn)
    : port_(port_of(listening.get())),
      server_(loop, std::move(listening), std::move(options), std::move(admit), std::move(warn)) {}

Result<std::unique_ptr<TcpServer>> TcpServer::open(boost::asio::io_context& loop, const TcpOptions& options,
                                                   SessionSetup setup, Warn warn) {
    const auto& security = options.security;
    const bool on_loopback = is_loopback(options.address.ip);
    auto fd = bound_socket(SOCK_STREAM, options.address, {.server = "TCP server", .section = "tcp_server"},
                           !security.token.empty());
    if (!fd) return fd.error();
    TlsContext tls;
    if (!on_loopback) {
        auto opened = open_tls(security.certificate, security.key);
        if (!opened) return opened.error();
        tls = std::move(*opened);
    }
    auto admission = Admission::open(security, options.address.ip);
    if (!admission) return admission.error();
    const auto admit = [admission = *admission,
                        setup = std::move(setup)](Stream::Socket& socket) -> Result<SessionSetup> {
        set(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY);
        set(socket.native_handle(), SOL_SOCKET, SO_KEEPALIVE);  // Peers that vanished are noticed some day.
        const auto guest = admission->admit(socket);
        if (!guest) return guest.error();
        auto session = setup;
        session.may_ask = [admission, peer = guest->peer] { return admission->may_ask(peer); };
        if (admission->has_token())
            session.is_token = [admission](std::string_view given) { return admission->is_token(given); };
        session.needs_token = !guest->is_known;
        return session;
    };
    return std::unique_ptr<TcpServer>(new TcpServer(loop, std::move(*fd),
                                                    {.name = "The TCP server",
                                                     .most_connections = allowed_connections(on_loopback),
                                                     .patience = options.patience,
                                                     .tls = std::move(tls)},
                                                    admit, std::move(warn)));
}

}  // namespace doze::transports
