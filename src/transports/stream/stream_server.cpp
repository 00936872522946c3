#include "transports/stream/stream_server.hpp"

#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "transports/access/admission.hpp"
#include "transports/stream/acceptor.hpp"

namespace doze::transports {
namespace {

/// Connections beyond the bound that are told so at a time; others are only closed.
constexpr std::size_t most_refused = 64;

}  // namespace

class StreamServer::Core : public std::enable_shared_from_this<Core> {
   public:
    Core(boost::asio::io_context& loop, UniqueFd listening, Options options, Admit admit, Warn warn)
        : acceptor_(std::make_shared<Acceptor>(loop, std::move(listening), options.name, std::move(warn))),
          options_(std::move(options)),
          admit_(std::move(admit)) {}

    void start() {
        acceptor_->start([known = weak_from_this()](Stream::Socket socket) {
            if (const auto self = known.lock()) self->welcome(std::move(socket));
        });
    }

    void close() {
        acceptor_->close();
        // Each takes itself out of the map.
        std::vector<std::shared_ptr<Session>> open;
        for (const auto& [key, known] : sessions_)
            if (auto session = known.lock()) open.push_back(std::move(session));
        for (const auto& session : open) session->close();
    }

    [[nodiscard]] std::size_t connections() const { return sessions_.size(); }

   private:
    void welcome(Stream::Socket socket) {
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
        return {.refusal = too_many_connections()};
    }

    const std::shared_ptr<Acceptor> acceptor_;
    const Options options_;
    const Admit admit_;
    std::unordered_map<const Session*, std::weak_ptr<Session>> sessions_;
};

StreamServer::StreamServer(boost::asio::io_context& loop, UniqueFd listening, Options options, Admit admit, Warn warn)
    : core_(std::make_shared<Core>(loop, std::move(listening), std::move(options), std::move(admit), std::move(warn))) {
    core_->start();
}

StreamServer::~StreamServer() {
    core_->close();
}

std::size_t StreamServer::connections() const {
    return core_->connections();
}

}  // namespace doze::transports
