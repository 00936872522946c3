#include "transports/stream/stream_server.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/socket.h>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace doze::transports {
namespace {

using boost::asio::generic::stream_protocol;

/// Connections beyond the bound that are told so at a time; others are only closed.
constexpr std::size_t most_refused = 64;

int family_of(int fd) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return address.ss_family;
}

}  // namespace

class StreamServer::Core : public std::enable_shared_from_this<Core> {
   public:
    Core(boost::asio::io_context& loop, UniqueFd listening, Options options, Admit admit, Warn warn)
        : acceptor_(loop),
          pause_(loop),
          options_(std::move(options)),
          admit_(std::move(admit)),
          warn_(std::move(warn)) {
        const auto family = family_of(listening.get());
        acceptor_.assign(stream_protocol(family, 0), listening.get());
        std::ignore = listening.release();  // The acceptor has it now.
    }

    void accept() {
        acceptor_.async_accept([known = weak_from_this()](boost::system::error_code error, Stream::Socket socket) {
            const auto self = known.lock();
            if (!self || !self->acceptor_.is_open()) return;
            if (error) return self->accept_later(error);
            self->welcome(std::move(socket));
            self->accept();
        });
    }

    void close() {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
        // Each takes itself out of the map.
        std::vector<std::shared_ptr<Session>> open;
        for (const auto& [key, known] : sessions_)
            if (auto session = known.lock()) open.push_back(std::move(session));
        for (const auto& session : open) session->close();
    }

    [[nodiscard]] std::size_t connections() const { return sessions_.size(); }

   private:
    void welcome(Stream::Socket socket) {
        ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
        if (sessions_.size() >= options_.most_connections + most_refused) return;
        auto setup = setup_for(socket);
        const auto executor = socket.get_executor();
        auto stream = options_.tls ? tls_stream(std::move(socket), options_.tls) : plain_stream(std::move(socket));
        const auto session = std::make_shared<Session>(std::move(stream), executor, std::move(setup), options_.patience,
                                                       [known = weak_from_this()](const Session& gone) {
                                                           if (const auto self = known.lock())
                                                               self->sessions_.erase(&gone);
                                                       });
        sessions_.emplace(session.get(), session);
        session->start();
    }

    SessionSetup setup_for(Stream::Socket& socket) const {
        auto setup = admit_(socket);
        if (!setup) return {.refusal = setup.error()};
        if (sessions_.size() < options_.most_connections) return std::move(*setup);
        return {.refusal = Error{.code = ErrorCode::rate_limited,
                                 .message = "Too many connections are open.",
                                 .next_step = "Close one first."}};
    }

    /// Out of descriptors or memory: trying again at once would only spin.
    void accept_later(boost::system::error_code error) {
        if (warn_) warn_(fmt::format("{} can't accept a connection: {}.", options_.name, error.message()));
        pause_.expires_after(std::chrono::seconds(1));
        pause_.async_wait([known = weak_from_this()](boost::system::error_code cancelled) {
            const auto self = known.lock();
            if (self && !cancelled && self->acceptor_.is_open()) self->accept();
        });
    }

    boost::asio::basic_socket_acceptor<stream_protocol> acceptor_;
    boost::asio::steady_timer pause_;
    const Options options_;
    const Admit admit_;
    const Warn warn_;
    std::unordered_map<const Session*, std::weak_ptr<Session>> sessions_;
};

StreamServer::StreamServer(boost::asio::io_context& loop, UniqueFd listening, Options options, Admit admit, Warn warn)
    : core_(std::make_shared<Core>(loop, std::move(listening), std::move(options), std::move(admit), std::move(warn))) {
    core_->accept();
}

StreamServer::~StreamServer() {
    core_->close();
}

std::size_t StreamServer::connections() const {
    return core_->connections();
}

}  // namespace doze::transports
