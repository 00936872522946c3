#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <utility>

#include "base/result.hpp"
#include "server/handler.hpp"
#include "server/stream/stream_server.hpp"

namespace doze::server {

/// Commands over a Unix socket of mode 0600: one command per line, each reply ends with a line end (see Session). Only
/// the same user and root may talk. Loop's thread only.
class UnixServer {
   public:
    /// Further connections are answered by RATE_LIMITED and closed.
    static constexpr std::size_t most_connections = 64;

    /// Replaces a socket file that nobody listens on. Fails if somebody does, or if the path is another kind of file,
    /// too long, or not writable.
    static Result<std::unique_ptr<UnixServer>> open(boost::asio::io_context& loop, const std::filesystem::path& path,
                                                    ConnectionHandler handler, Warn warn = {});

    static Result<std::unique_ptr<UnixServer>> open(boost::asio::io_context& loop, const std::filesystem::path& path,
                                                    protocol::Dispatcher& dispatcher, Warn warn = {}) {
        return open(loop, path, to_handler(dispatcher), std::move(warn));
    }

    /// Whether its path still leads to this socket.
    [[nodiscard]] bool is_in_place() const;

    /// Closes all connections and removes the socket file.
    ~UnixServer();
    UnixServer(const UnixServer&) = delete;
    UnixServer& operator=(const UnixServer&) = delete;

   private:
    explicit UnixServer(std::filesystem::path path);

    std::filesystem::path path_;
    struct stat file_ {};  ///< Identity of the socket file, so that no other one is removed.
    std::optional<StreamServer> server_;
};

}  // namespace doze::server
