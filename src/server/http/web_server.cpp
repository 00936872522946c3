#include "server/http/web_server.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <list>
#include <sys/resource.h>
#include <sys/socket.h>
#include <tuple>
#include <utility>

#include "server/admission/listening_socket.hpp"
#include "server/http/framing.hpp"
#include "server/http/http_session.hpp"
#include "server/stream/stream_server.hpp"

namespace doze::server {
namespace {

/// Limit of refused connections that are told why; further ones are just closed.
constexpr std::size_t most_refused_requests = 64;

/// Limit per address of connections that must show the token and have not.
constexpr std::size_t most_unauthenticated = 64;

/// A share of the process's descriptors: the other transports and AWS need some too.
std::size_t allowed_web_connections() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return WebServer::most_connections;
    return std::min<std::size_t>(WebServer::most_connections, limit.rlim_cur / 8);
}

void turn_away_for_now(Stream::Socket& socket) {
    const auto reply = web_error(503, too_many_connections());
    const auto text = http_head(reply, {.keep_alive = false}) + reply.body;
    std::ignore = ::send(socket.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

class WebServer::Core : public std::enable_shared_from_this<Core> {
   public:
    Core(boost::asio::io_context& loop, TcpListener listener, std::shared_ptr<Complaints> complaints, const Warn& warn)
        : loop_(loop),
          port_(port_of(listener.listening.get())),
          acceptor_(std::make_shared<Acceptor>(loop, std::move(listener.listening), "The web server", complaints)),
          tls_(std::move(listener.tls)),
          admission_(std::move(listener.admission)),
          complaints_(std::move(complaints)),
          warn_(warn) {}

    void start(const WebOptions& options, WebHandlers handlers) {
        const bool has_password = !options.password_file.empty();
        auto password =
            has_password ? std::make_shared<PagePassword>(loop_.get_executor(), options.password_file) : nullptr;
        if (password && !password->trouble().empty() && warn_)
            warn_(fmt::format("Nobody gets into the web page: {}", password->trouble()));
        auto routes = own_routes();
        std::ranges::move(handlers.routes, std::back_inserter(routes));
        parts_ = std::make_shared<const WebParts>(WebParts{
            .gate = WebGate({.on_loopback = is_loopback(options.address.ip),
                             .tls = tls_ != nullptr,
                             .port = port_,
                             .allowed_origins = options.allowed_origins}),
            .router = Router(std::move(routes)),
            .commands = std::move(handlers.commands),
            .greeter = std::move(handlers.greeter),
            .timeouts = options.timeouts,
            .admission = admission_,
            .complaints = complaints_,
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
        acceptor_->start([known = weak_from_this()](Stream::Socket socket) {
            if (const auto self = known.lock()) self->accept(std::move(socket));
        });
    }

    void close() {
        acceptor_->close();
        for (const auto& [key, known] : std::exchange(connections_, {}))
            if (const auto connection = known.lock()) connection->close();
        for (const auto& known : std::exchange(refused_, {}))
            if (const auto connection = known.lock()) connection->close();
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::size_t connections() const { return connections_.size(); }

   private:
    void accept(Stream::Socket socket) {
        prepare_tcp(socket.native_handle());
        auto peer = admission_->authorize(socket);
        if (!peer) return refuse(std::move(socket), peer.error());
        if (!peer->is_known) bound_unauthenticated_of(peer->address);
        if (connections_.size() >= most_ && !make_room()) return turn_away_for_now(socket);
        const auto executor = socket.get_executor();
        auto stream = tls_ ? tls_stream(std::move(socket), tls_->context()) : plain_stream(std::move(socket));
        const auto session = std::make_shared<HttpSession>(executor, std::move(stream), std::move(peer), parts_);
        parts_->adopt(session);
        session->start();
    }

    /// Refuses a client at once, without using a connection slot.
    void refuse(Stream::Socket socket, const Error& error) {
        std::erase_if(refused_, [](const auto& known) { return known.expired(); });
        if (refused_.size() >= most_refused_requests) return;
        const auto executor = socket.get_executor();
        const auto session = std::make_shared<HttpSession>(executor, plain_stream(std::move(socket)),
                                                           Result<Admission::RemotePeer>(error), parts_);
        refused_.push_back(session);
        session->start();
    }

    /// Closes the oldest connection that may be closed.
    bool make_room() {
        complaints_->say("full", fmt::format("All {} connections of the web server are taken.", most_));
        return close_first([](const WebConnection& each) { return each.is_idle(); });
    }

    void bound_unauthenticated_of(const std::string& address) {
        const auto is_there = [&](const WebConnection& each) { return each.unauthenticated_address() == address; };
        const auto count = std::ranges::count_if(connections_, [&](const auto& each) {
            const auto connection = each.second.lock();
            return connection && is_there(*connection);
        });
        if (count < static_cast<std::ptrdiff_t>(most_unauthenticated)) return;
        complaints_->say("strangers",
                         fmt::format("{} connections of one address have not shown the token to the web server; the "
                                     "oldest is closed for each new one.",
                                     most_unauthenticated));
        close_first(is_there);
    }

    template <class Condition>
    bool close_first(Condition condition) {
        for (const auto& [key, known] : connections_) {
            const auto connection = known.lock();
            if (!connection || !condition(*connection)) continue;
            connection->close();
            return true;
        }
        return false;
    }

    void forget(const WebConnection& gone) {
        std::erase_if(connections_, [&](const auto& each) { return each.first == &gone; });
    }

    boost::asio::io_context& loop_;
    const std::uint16_t port_;
    const std::shared_ptr<Acceptor> acceptor_;
    const std::shared_ptr<TlsFiles> tls_;  ///< Null on loopback.
    const std::shared_ptr<Admission> admission_;
    const std::shared_ptr<Complaints> complaints_;
    const Warn warn_;
    const std::size_t most_ = allowed_web_connections();
    std::shared_ptr<const WebParts> parts_;
    std::list<std::weak_ptr<WebConnection>> refused_;  ///< Those that are still being told why.
    std::list<std::pair<const WebConnection*, std::weak_ptr<WebConnection>>> connections_;  ///< Oldest first.
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
    auto complaints = std::make_shared<Complaints>(warn);
    auto listener =
        open_tcp_listener(options.address, {.server = "web server", .section = "web"}, options.security, complaints);
    if (!listener) return listener.error();
    auto core = std::make_shared<Core>(loop, std::move(*listener), std::move(complaints), warn);
    core->start(options, std::move(handlers));
    return std::unique_ptr<WebServer>(new WebServer(std::move(core)));
}

}  // namespace doze::server
