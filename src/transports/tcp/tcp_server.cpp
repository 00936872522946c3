#include "transports/tcp/tcp_server.hpp"

#include <algorithm>
#include <sys/resource.h>
#include <utility>

#include "transports/access/tcp_entrance.hpp"

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

}  // namespace

TcpServer::TcpServer(boost::asio::io_context& loop, UniqueFd listening, StreamServer::Options options,
                     StreamServer::Admit admit, std::shared_ptr<Complaints> complaints)
    : port_(port_of(listening.get())),
      server_(loop, std::move(listening), std::move(options), std::move(admit), std::move(complaints)) {}

Result<std::unique_ptr<TcpServer>> TcpServer::open(boost::asio::io_context& loop, const TcpOptions& options,
                                                   SessionSetup setup, Warn warn) {
    const auto complaints = std::make_shared<Complaints>(std::move(warn));
    auto entrance = open_tcp_entrance(options.address, {.server = "TCP server", .section = "tcp_server"},
                                      options.security, complaints);
    if (!entrance) return entrance.error();
    const auto admit = [admission = entrance->admission, complaints,
                        setup = std::move(setup)](Stream::Socket& socket) -> Result<SessionSetup> {
        prepare_tcp(socket.native_handle());
        const auto guest = admission->admit(socket);
        if (!guest) return guest.error();
        auto session = setup;
        session.may_ask = [admission, peer = guest->peer] { return admission->may_ask(peer); };
        if (admission->has_token()) {
            session.check_token = [admission, guest = *guest](std::string_view given) {
                return admission->check_token(guest, given);
            };
        }
        session.needs_token = !guest->is_known;
        session.address = guest->address;
        session.on_foreign = [complaints, name = guest->name](std::string_view protocol) {
            complaints->say("foreign", hung_up_on(name, protocol));
        };
        return session;
    };
    return std::unique_ptr<TcpServer>(
        new TcpServer(loop, std::move(entrance->listening),
                      {.name = "The TCP server",
                       .most_connections = allowed_connections(is_loopback(options.address.ip)),
                       .patience = options.patience,
                       .tls = std::move(entrance->tls)},
                      admit, complaints));
}

}  // namespace doze::transports
