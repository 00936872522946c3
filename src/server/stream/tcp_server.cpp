#include "server/stream/tcp_server.hpp"

#include <algorithm>
#include <sys/resource.h>
#include <utility>

#include "server/admission/listening_socket.hpp"

namespace doze::server {
namespace {

/// Reserved for calls to AWS, the journal and the desktop.
constexpr rlim_t own_descriptors = 256;

std::size_t allowed_connections(bool on_loopback) {
    const auto most = on_loopback ? TcpServer::most_connections : TcpServer::most_connections_from_elsewhere;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return most;
    const auto left = limit.rlim_cur > 2 * own_descriptors ? limit.rlim_cur - own_descriptors : limit.rlim_cur / 2;
    return std::min<std::size_t>(most, left);
}

}  // namespace

TcpServer::TcpServer(boost::asio::io_context& loop, UniqueFd listening, StreamServer::Options options,
                     StreamServer::Authorize authorize, std::shared_ptr<Complaints> complaints)
    : port_(port_of(listening.get())),
      server_(loop, std::move(listening), std::move(options), std::move(authorize), std::move(complaints)) {}

Result<std::unique_ptr<TcpServer>> TcpServer::open(boost::asio::io_context& loop, const TcpOptions& options,
                                                   SessionSetup setup, Warn warn) {
    const auto complaints = std::make_shared<Complaints>(std::move(warn));
    auto listener = open_tcp_listener(options.address, {.server = "TCP server", .section = "tcp_server"},
                                      options.security, complaints);
    if (!listener) return listener.error();
    const auto authorize = [admission = listener->admission, complaints,
                            setup = std::move(setup)](Stream::Socket& socket) -> Result<SessionSetup> {
        prepare_tcp(socket.native_handle());
        const auto peer = admission->authorize(socket);
        if (!peer) return peer.error();
        auto session = setup;
        session.may_ask = [admission, peer = peer->key] { return admission->may_ask(peer); };
        if (admission->has_token()) {
            session.check_token = [admission, peer = *peer](std::string_view given) {
                return admission->check_token(peer, given);
            };
        }
        session.needs_token = !peer->is_known;
        session.address = peer->address;
        session.on_foreign = [complaints, name = peer->name](std::string_view protocol) {
            complaints->say("foreign", hung_up_on(name, protocol));
        };
        return session;
    };
    return std::unique_ptr<TcpServer>(
        new TcpServer(loop, std::move(listener->listening),
                      {.name = "The TCP server",
                       .most_connections = allowed_connections(is_loopback(options.address.ip)),
                       .timeouts = options.timeouts,
                       .tls = std::move(listener->tls)},
                      authorize, complaints));
}

}  // namespace doze::server
