#include "server/admission/tcp_listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <utility>

namespace doze::server {

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
