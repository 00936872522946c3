#include "server/stream/stream_server.hpp"

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <list>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/admission/admission.hpp"

namespace doze::server {

namespace {

int family_of(int fd) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return address.ss_family;
}

}  // namespace

Acceptor::Acceptor(boost::asio::io_context& loop, UniqueFd listening, std::string name,
                   std::shared_ptr<Complaints> complaints)
    : acceptor_(loop), pause_(loop), name_(std::move(name)), complaints_(std::move(complaints)) {
    acceptor_.assign(boost::asio::generic::stream_protocol(family_of(listening.get()), 0), listening.get());
    std::ignore = listening.release();  // The acceptor owns it now.
}

void Acceptor::start(Welcome welcome) {
    welcome_ = std::move(welcome);
    accept();
}

void Acceptor::close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

void Acceptor::accept() {
    acceptor_.async_accept([known = weak_from_this()](boost::system::error_code error, Stream::Socket socket) {
        const auto self = known.lock();
        if (!self || !self->acceptor_.is_open()) return;
        if (error) return self->accept_later(error);
        ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
        self->welcome_(std::move(socket));
        self->accept();
    });
}

/// Out of descriptors or memory: retrying at once would only spin.
void Acceptor::accept_later(boost::system::error_code error) {
    complaints_->say("accept", fmt::format("{} can't accept a connection: {}.", name_, error.message()));
    pause_.expires_after(std::chrono::seconds(1));
    pause_.async_wait([known = weak_from_this()](boost::system::error_code cancelled) {
        const auto self = known.lock();
        if (self && !cancelled && self->acceptor_.is_open()) self->accept();
    });
}

namespace {

/// Limit of refused connections that are told why; further ones are just closed.
constexpr std::size_t most_refused_streams = 64;

}  // namespace

class StreamServer::Core : public std::enable_shared_from_this<Core> {
   public:
    Core(boost::asio::io_context& loop, UniqueFd listening, Options options, Authorize authorize,
         std::shared_ptr<Complaints> complaints)
        : acceptor_(std::make_shared<Acceptor>(loop, std::move(listening), options.name, complaints)),
          options_(std::move(options)),
          authorize_(std::move(authorize)),
          complaints_(std::move(complaints)) {}

    void start() {
        acceptor_->start([known = weak_from_this()](Stream::Socket socket) {
            if (const auto self = known.lock()) self->accept(std::move(socket));
        });
    }

    void close() {
        acceptor_->close();
        // Each session removes itself from its map when closed.
        std::vector<std::shared_ptr<Session>> open;
        for (const auto* each : {&sessions_, &refused_})
            for (const auto& [key, known] : *each)
                if (auto session = known.lock()) open.push_back(std::move(session));
        for (const auto& session : open) session->close();
    }

    [[nodiscard]] std::size_t connections() const { return sessions_.size(); }

   private:
    using Sessions = std::unordered_map<const Session*, std::weak_ptr<Session>>;

    void accept(Stream::Socket socket) {
        auto setup = authorize_(socket);
        if (!setup) return refuse(std::move(socket), setup.error());
        const bool is_unauthenticated = setup->needs_token;
        const auto address = setup->address;
        if (is_unauthenticated) bound_unauthenticated_of(address);
        if (sessions_.size() >= options_.most_connections && !make_room())
            return refuse(std::move(socket), too_many_connections());
        const auto session = open(sessions_, std::move(socket), std::move(*setup));
        if (is_unauthenticated) unauthenticated_.emplace_back(address, session);
        session->start();
    }

    std::shared_ptr<Session> open(Sessions& sessions, Stream::Socket socket, SessionSetup setup) {
        const auto executor = socket.get_executor();
        auto stream =
            options_.tls ? tls_stream(std::move(socket), options_.tls->context()) : plain_stream(std::move(socket));
        auto session = std::make_shared<Session>(std::move(stream), executor, std::move(setup), options_.timeouts,
                                                 [known = weak_from_this(), &sessions](const Session& gone) {
                                                     if (const auto self = known.lock()) sessions.erase(&gone);
                                                 });
        sessions.emplace(session.get(), session);
        return session;
    }

    /// Refuses a client without using a connection slot.
    void refuse(Stream::Socket socket, const Error& error) {
        if (refused_.size() < most_refused_streams) open(refused_, std::move(socket), {.refusal = error})->start();
    }

    /// Keeps only those that still have to show the token.
    void forget_known() {
        std::erase_if(unauthenticated_, [](const auto& each) {
            const auto session = each.second.lock();
            return !session || !session->needs_token();
        });
    }

    void bound_unauthenticated_of(const std::string& address) {
        forget_known();
        const auto is_there = [&](const auto& each) { return each.first == address; };
        if (std::ranges::count_if(unauthenticated_, is_there) < static_cast<std::ptrdiff_t>(most_unauthenticated))
            return;
        complaints_->say("strangers", fmt::format("{}: {} connections of one address have not shown the token; the "
                                                  "oldest is closed for each new one.",
                                                  options_.name, most_unauthenticated));
        close_unauthenticated(std::ranges::find_if(unauthenticated_, is_there));
    }

    bool make_room() {
        forget_known();
        complaints_->say("full",
                         fmt::format("{}: all {} connections are taken.", options_.name, options_.most_connections));
        if (unauthenticated_.empty()) return false;
        close_unauthenticated(unauthenticated_.begin());
        return true;
    }

    void close_unauthenticated(std::list<std::pair<std::string, std::weak_ptr<Session>>>::iterator oldest) {
        const auto session = oldest->second.lock();
        unauthenticated_.erase(oldest);
        if (session) session->close();
    }

    const std::shared_ptr<Acceptor> acceptor_;
    const Options options_;
    const Authorize authorize_;
    const std::shared_ptr<Complaints> complaints_;
    Sessions sessions_;
    Sessions refused_;  ///< Those that are still being told why.
    std::list<std::pair<std::string, std::weak_ptr<Session>>> unauthenticated_;  ///< With their address; oldest first.
};

StreamServer::StreamServer(boost::asio::io_context& loop, UniqueFd listening, Options options, Authorize authorize,
                           std::shared_ptr<Complaints> complaints)
    : core_(std::make_shared<Core>(loop, std::move(listening), std::move(options), std::move(authorize),
                                   std::move(complaints))) {
    core_->start();
}

StreamServer::~StreamServer() {
    core_->close();
}

std::size_t StreamServer::connections() const {
    return core_->connections();
}

}  // namespace doze::server
