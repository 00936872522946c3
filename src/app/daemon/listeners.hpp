#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "app/daemon/log.hpp"
#include "config/settings_file.hpp"
#include "protocol/dispatcher.hpp"
#include "protocol/rest/api.hpp"
#include "server/http/web_server.hpp"
#include "server/stream/tcp_server.hpp"
#include "server/stream/unix_server.hpp"
#include "server/udp/udp_server.hpp"

namespace doze::daemon {

/// All listening sockets: opened according to the settings, and reopened when those change. One that can't be opened is
/// logged, and the others stay open. Loop's thread only.
class Listeners {
   public:
    /// All references except `state_dir`, which holds the web page's password, must outlive this.
    Listeners(boost::asio::io_context& loop, protocol::Dispatcher& dispatcher, rest::Api& api, Log& log,
              const std::filesystem::path& state_dir)
        : loop_(loop), dispatcher_(dispatcher), api_(api), log_(log), password_file_(state_dir / "web_password") {}

    /// Opens the command line's socket, which no setting closes.
    void open_control_socket(const std::filesystem::path& path);

    /// Reopens the control socket if its file is gone or could not be created.
    void tend();

    /// Reopens listeners whose settings changed. The others keep their connections.
    void apply(const config::Settings& settings);

   private:
    template <class Server, class Options>
    struct Slot {
        std::optional<Options> options;  ///< The options of the last attempt.
        std::unique_ptr<Server> server;  ///< Null if that failed.
    };

    /// `handler` is passed on to the server's open().
    template <class Server, class Options, class Handler>
    void reopen(Slot<Server, Options>& slot, const Options& options, const ListenAddress& address, const char* module,
                Handler&& handler);

    boost::asio::io_context& loop_;
    protocol::Dispatcher& dispatcher_;
    rest::Api& api_;
    Log& log_;
    const std::filesystem::path password_file_;
    Slot<server::UdpServer, server::UdpOptions> udp_;
    Slot<server::TcpServer, server::TcpOptions> tcp_;
    Slot<server::WebServer, server::WebOptions> web_;
    std::unique_ptr<server::UnixServer> unix_;
    std::filesystem::path control_socket_;
    std::string told_;  ///< Why it could not be opened.
};

/// Raises this process's limit of open files to the system's maximum: each connection takes one, and the usual limit is
/// 1,024. Fails if that is too few to start with.
[[nodiscard]] Result<void> allow_many_descriptors();

}  // namespace doze::daemon
