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

/// Every way in: opened from the settings, and opened again when they change. What can't be opened is logged, and the
/// others go on. Lives on the loop's thread.
class Listeners {
   public:
    /// All but `state_dir`, which keeps the password of the web page, must outlive this.
    Listeners(boost::asio::io_context& loop, protocol::Dispatcher& dispatcher, rest::Api& api, Log& log,
              const std::filesystem::path& state_dir)
        : loop_(loop), dispatcher_(dispatcher), api_(api), log_(log), password_file_(state_dir / "web_password") {}

    /// The command line's way, which no setting closes.
    void open_control_socket(const std::filesystem::path& path);

    /// Opens it again where its file is gone, or could not be made.
    void tend();

    /// Opens again what has other settings now, and leaves alone what has not: its connections stay.
    void apply(const config::Settings& settings);

   private:
    template <class Server, class Options>
    struct Slot {
        std::optional<Options> options;  ///< Those that were tried last.
        std::unique_ptr<Server> server;  ///< None where they did not work.
    };

    /// `handler` is what the server's open() takes as such.
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

/// Lets this process have as many descriptors as the system allows it: each connection takes one, and the usual limit
/// is 1,024. Fails where that is too few to start with.
[[nodiscard]] Result<void> allow_many_descriptors();

}  // namespace doze::daemon
