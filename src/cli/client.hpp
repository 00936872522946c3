#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace doze::cli {

/// The daemon's reply. If it refused, `content` has `error` (a code) and `message` (a sentence).
struct Answer {
    std::string id;  ///< The request's id.
    bool refused = false;
    boost::json::object content;
};

/// Called while waiting for an answer, about once a second from the first second on.
using Progress = std::function<void(std::chrono::seconds waited)>;

/// The command that starts doze: its systemd unit if it is installed, else the program itself.
[[nodiscard]] std::string start_command();

/// Checks that nobody else could have replaced the socket (base/ownership.hpp). Root may use any user's doze.
[[nodiscard]] Result<void> check_socket(const std::filesystem::path& socket);

/// Checks that the server at the other end belongs to the person or root; for root, also to the owner of the folder
/// that contains `socket`.
[[nodiscard]] Result<void> check_server(int connection, const std::filesystem::path& socket);

/// A connection to the daemon. Every call blocks until done or timed out. Errors are those of the connection; a refusal
/// by the daemon is an Answer.
class Client {
   public:
    struct Options {
        std::chrono::milliseconds timeout = std::chrono::seconds(120);  ///< For each answer.
        Progress progress = {};
    };

    /// Fails with `not_found` if no daemon runs.
    static Result<Client> connect(const std::filesystem::path& socket, Options options);

    /// Readable when data arrives, or the connection ends.
    [[nodiscard]] int fd() { return socket_.native_handle(); }

    /// Sends a request; returns its id.
    Result<std::string> send(std::string_view type, const boost::json::object& content = {});

    /// The next answer, to any request.
    Result<Answer> receive();

    /// The next line that does not answer a request, such as an event, without its line end. Waits without limit.
    Result<std::string> receive_line();

    /// Sends a request and waits for its answer. REQUIRES: no other request is pending.
    Result<Answer> ask(std::string_view type, const boost::json::object& content = {});

   private:
    using Socket = boost::asio::local::stream_protocol::socket;

    Client(std::unique_ptr<boost::asio::io_context> loop, Socket socket, Options options)
        : loop_(std::move(loop)), socket_(std::move(socket)), options_(std::move(options)) {}

    /// Runs the loop until `done`. False on timeout.
    bool run_until(const bool& done);

    std::unique_ptr<boost::asio::io_context> loop_;
    Socket socket_;
    Options options_;
    std::string input_;
};

/// Follows the daemon: its status once a second, and its events. Reconnects after a loss. Single-threaded, on its
/// loop.
class Feed {
   public:
    struct EventSink {
        std::function<void(const boost::json::object& content)> status;  ///< The content of a SYSTEM_STATUS reply.
        std::function<void(const boost::json::object& event)> event;

        /// There is no daemon, or it went away, or it refuses; a sentence. Called at each attempt.
        std::function<void(const std::string& why)> trouble;
    };

    Feed(boost::asio::io_context& loop, std::filesystem::path socket, EventSink listener);

    /// Starts. REQUIRES: called once; this object outlives the loop's handlers.
    void start() { connect(); }

   private:
    using Socket = boost::asio::local::stream_protocol::socket;

    void connect();
    void send(std::string_view type);
    void ask_status();
    void read();
    void take(std::string_view line);
    void take_answer(const boost::json::object& message);
    void lose(const std::string& why);
    void wait();

    std::filesystem::path path_;
    EventSink listener_;
    Socket socket_;
    boost::asio::steady_timer timer_;
    std::string input_;
    std::string status_id_;  ///< The id of the pending request.
    bool connected_ = false;
};

}  // namespace doze::cli
