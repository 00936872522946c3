#include "server/admission/listening_socket.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sstream>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace doze::server {
namespace {

using boost::asio::ip::tcp;

Error cannot_listen_at(const tcp::endpoint& endpoint, int type, const ListenName& name, int error) {
    std::ostringstream where;
    where << endpoint;
    Error result{.code = ErrorCode::internal,
                 .message = fmt::format("The {} can't use {}: {}.", name.server, where.str(),
                                        std::generic_category().message(error)),
                 .next_step = fmt::format("Choose another {0}.ip or {0}.port in settings.json.", name.section)};
    if (error == EADDRINUSE) {
        result.message = fmt::format("The {} can't use {}: another program has it.", name.server, where.str());
        result.next_step = fmt::format("`ss {}` shows which. Stop it, or choose another {}.port in settings.json.",
                                       type == SOCK_DGRAM ? "-ulpn" : "-tlpn", name.section);
    } else if (error == EACCES) {
        result.message = fmt::format("The {} can't use {}: ports below 1024 belong to root.", name.server, where.str());
        result.next_step = fmt::format("Choose a {}.port above 1023 in settings.json.", name.section);
    }
    return result;
}

Result<tcp::endpoint> endpoint_of(const ListenAddress& address, const ListenName& name, bool has_token) {
    boost::system::error_code error;
    const auto ip = boost::asio::ip::make_address(address.ip, error);
    if (error) {
        return Error{.code = ErrorCode::bad_request,
                     .message = fmt::format("{}.ip is \"{}\", which is not an IP address.", name.section, address.ip),
                     .next_step = fmt::format("Set {}.ip in settings.json to 127.0.0.1.", name.section)};
    }
    if (!ip.is_loopback() && !has_token) {
        return Error{
            .code = ErrorCode::bad_request,
            .message = fmt::format("{}.ip is {}, which other machines can reach; that needs security.token.",
                                   name.section, address.ip),
            .next_step = fmt::format("Set security.token in settings.json, or {}.ip to 127.0.0.1.", name.section)};
    }
    return tcp::endpoint(ip, address.port);
}

}  // namespace

bool is_loopback(std::string_view ip) {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(ip), error);
    return !error && address.is_loopback();
}

Result<UniqueFd> bound_socket(int type, const ListenAddress& address, const ListenName& name, bool has_token) {
    const auto endpoint = endpoint_of(address, name, has_token);
    if (!endpoint) return endpoint.error();
    UniqueFd fd(::socket(endpoint->data()->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return cannot_listen_at(*endpoint, type, name, errno);
    const int on = 1;
    // Connections left in TIME_WAIT by an earlier doze must not block the port. (UDP has none, and with the option two
    // programs could share the port.)
    if (type == SOCK_STREAM) ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(fd.get(), endpoint->data(), static_cast<socklen_t>(endpoint->size())) != 0 ||
        (type == SOCK_STREAM && ::listen(fd.get(), SOMAXCONN) != 0)) {
        return cannot_listen_at(*endpoint, type, name, errno);
    }
    return fd;
}

std::uint16_t port_of(int fd) {
    tcp::endpoint endpoint;
    auto size = static_cast<socklen_t>(endpoint.capacity());
    return ::getsockname(fd, endpoint.data(), &size) == 0 ? endpoint.port() : 0;
}

Result<TcpListener> open_tcp_listener(const ListenAddress& address, const ListenName& name, const Security& security,
                                      const std::shared_ptr<Complaints>& complaints) {
    auto fd = bound_socket(SOCK_STREAM, address, name, !security.token.empty());
    if (!fd) return fd.error();
    std::shared_ptr<TlsFiles> tls;
    if (!is_loopback(address.ip)) {
        auto opened = TlsFiles::open(security.certificate, security.key, complaints);
        if (!opened) return opened.error();
        tls = std::move(*opened);
    }
    auto admission = Admission::open(security, address.ip, complaints);
    if (!admission) return admission.error();
    return TcpListener{std::move(*fd), std::move(tls), std::move(*admission)};
}

void prepare_tcp(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

}  // namespace doze::server
