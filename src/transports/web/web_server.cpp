#include "transports/web/web_server.hpp"

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <list>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <tuple>
#include <utility>

#include "base/handle.hpp"
#include "transports/access/admission.hpp"
#include "transports/access/tls.hpp"
#include "transports/stream/stream.hpp"
#include "transports/web/http_head.hpp"
#include "transports/web/http_session.hpp"

namespace doze::transports {
namespace {

using boost::asio::generic::stream_protocol;

/// A share of the descriptors that the process may have: the other transports and AWS need some too.
std::size_t allowed_web_connections() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return WebServer::most_connections;
    return std::min<std::size_t>(WebServer::most_connections, limit.rlim_cur / 8);
}

void set_option(int fd, int level, int option) {
    const int on = 1;
    ::setsockopt(fd, level, option, &on, sizeof on);
}

void turn_away_for_now(Stream::Socket& socket) {
    const auto reply = web_error(503, {.code = ErrorCode::rate_limited,
                                       .message = "Too many connections are open.",
                                       .next_step = "Close one first."});
    const auto text = http_head(reply, {.keep_alive = false}) + reply.body;
    std::ignore = ::send(socket.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

class WebServer::Core : public std::enable_shared_from_this<Core> {
   public:
    Core(boost::asio::io_context& loop, UniqueFd listening, int family, TlsContext tls, Warn warn)
        : acceptor_(loop), pause_(loop), tls_(std::move(tls)), warn_(std::move(warn)), port_(port_of(listening.get())) {
        acceptor_.assign(stream_protocol(family, 0), listening.get());
        std::ignore = listening.release();  // The acceptor has it now.
    }

    void start(const WebOptions& options, std::shared_ptr<Admission> admission, WebHandlers handlers) {
        const bool has_password = !options.password_file.empty();
        auto password =
            has_password ? std::make_shared<PagePassword>(acceptor_.get_executor(), options.password_file) : nullptr;
        if (password && !password->trouble().empty() && warn_)
            warn_(fmt::format("Nobody gets into the web page: {}", password->trouble()));
        parts_ = std::make_shared<const WebParts>(WebParts{
            .gate = WebGate({.on_loopback = is_loopback(options.address.ip),
                             .tls = tls_ != nullptr,
                             .port = port_,
                             .allowed_origins = options.allowed_origins}),
            .handlers = std::move(handlers),
            .patience = options.patience,
            .admission = std::move(admission),
            .password = std::move(password),
            .adopt =
                [known = weak_from_this()](const std::shared_ptr<WebConnection>& connection) {
                    if (const auto self = known.lock()) self->connections_.emplace_back(connection.get(), connection);
                },
            .gone =
                [known = weak_from_this()](const WebConnection& connection) {
                    if (const auto self = known.lock()) self->forget(connection);
                },
        });
        accept();
    }

    void close() {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
        for (const auto& [key, known] : std::exchange(connections_, {}))
            if (const auto connection = known.lock()) connection->close();
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::size_t connections() const { return connections_.size(); }

   private:
    void accept() {
        acceptor_.async_accept([known = weak_from_this()](boost::system::error_code error, Stream::Socket socket) {
            const auto self = known.lock();
            if (!self || !self->acceptor_.is_open()) return;
            if (error) return self->accept_later(error);
            self->welcome(std::move(socket));
            self->accept();
        });
    }

    void welcome(Stream::Socket socket) {
        const int fd = socket.native_handle();
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        set_option(fd, IPPROTO_TCP, TCP_NODELAY);
        set_option(fd, SOL_SOCKET, SO_KEEPALIVE);  // Peers that vanished are noticed some day.
        if (connections_.size() >= most_ && !make_room()) return turn_away_for_now(socket);
        const auto executor = socket.get_executor();
        auto guest = parts_->admission->admit(socket);
        auto stream = tls_ ? tls_stream(std::move(socket), tls_) : plain_stream(std::move(socket));
        const auto session = std::make_shared<HttpSession>(executor, std::move(stream), std::move(guest), parts_);
        parts_->adopt(session);
        session->start();
    }

    /// Closes the oldest connection that may be closed.
    bool make_room() {
        for (const auto& [key, known] : connections_) {
            const auto connection = known.lock();
            if (!connection || !connection->is_idle()) continue;
            connection->close();
            return true;
        }
        return false;
    }

    void forget(const WebConnection& gone) {
        std::erase_if(connections_, [&](const auto& each) { return each.first == &gone; });
    }

    /// Out of descriptors or memory: trying again at once would only spin.
    void accept_later(boost::system::error_code error) {
        if (warn_) warn_(fmt::format("The web server can't accept a connection: {}.", error.message()));
        pause_.expires_after(std::chrono::seconds(1));
        pause_.async_wait([known = weak_from_this()](boost::system::error_code cancelled) {
            const auto self = known.lock();
            if (self && !cancelled && self->acceptor_.is_open()) self->accept();
        });
    }

    boost::asio::basic_socket_acceptor<stream_protocol> acceptor_;
    boost::asio::steady_timer pause_;
    const TlsContext tls_;  ///< None on loopback.
    const Warn warn_;
    const std::uint16_t port_;
    const std::size_t most_ = allowed_web_connections();
    std::shared_ptr<const WebParts> parts_;
    std::list<std::pair<const WebConnection*, std::weak_ptr<WebConnection>>> connections_;  ///< The oldest first.
};

WebServer::WebServer(std::shared_ptr<Core> core) : core_(std::move(core)) {}

WebServer::~WebServer() {
    core_->close();
}

std::uint16_t WebServer::port() const {
    return core_->port();
}

std::size_t WebServer::connections() const {
    return core_->connections();
}

Result<std::unique_ptr<WebServer>> WebServer::open(boost::asio::io_context& loop, const WebOptions& options,
                                                   WebHandlers handlers, Warn warn) {
    const auto& security = options.security;
    auto fd =
        bound_socket(SOCK_STREAM, options.address, {.server = "web server", .section = "web"}, !security.token.empty());
    if (!fd) return fd.error();
    TlsContext tls;
    if (!is_loopback(options.address.ip)) {
        auto opened = open_tls(security.certificate, security.key);
        if (!opened) return opened.error();
        tls = std::move(*opened);
    }
    auto admission = Admission::open(security, options.address.ip);
    if (!admission) return admission.error();
    const int family = options.address.ip.find(':') == std::string::npos ? AF_INET : AF_INET6;
    auto core = std::make_shared<Core>(loop, std::move(*fd), family, std::move(tls), std::move(warn));
    core->start(options, std::move(*admission), std::move(handlers));
    return std::unique_ptr<WebServer>(new WebServer(std::move(core)));
}

}  // namespace doze::transports
