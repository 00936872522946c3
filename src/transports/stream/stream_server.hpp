#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/handle.hpp"
#include "base/result.hpp"
#include "transports/handler.hpp"
#include "transports/stream/session.hpp"
#include "transports/stream/stream.hpp"

namespace doze::transports {

/// Accepts connections and keeps their sessions. Lives on the loop's thread.
class StreamServer {
   public:
    /// Who talks there, and with what setup; or the error that the connection is told before it is closed.
    using Admit = std::function<Result<SessionSetup>(Stream::Socket&)>;

    struct Options {
        std::string name;  ///< Begins warnings: "The TCP server".
        std::size_t most_connections;
        Session::Patience patience = {};
        TlsContext tls = {};  ///< None: the bytes go as they are.
    };

    /// Takes over a socket that listens. Further connections than `most_connections` are answered by RATE_LIMITED.
    StreamServer(boost::asio::io_context& loop, UniqueFd listening, Options options, Admit admit, Warn warn);

    /// Closes all connections.
    ~StreamServer();
    StreamServer(const StreamServer&) = delete;
    StreamServer& operator=(const StreamServer&) = delete;

    [[nodiscard]] std::size_t connections() const;

   private:
    class Core;
    std::shared_ptr<Core> core_;
};

}  // namespace doze::transports
