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

/// What the daemon said. Where it refused, `content` has `error` (a code) and `message` (a sentence).
struct Answer {
    std::string id;  ///< Of the request.
    bool refused = false;
    boost::json::object content;
};

/// Called while an answer is awaited, about once a second from the first second on.
using Progress = std::function<void(std::chrono::seconds waited)>;

/// What starts doze here: its unit, where a package brought one, else the program itself.
[[nodiscard]] std::string start_command();

/// Whether nobody else could have put another socket there (base/ownership.hpp). Root may ask any user's doze.
[[nodiscard]] Result<void> check_socket(const std::filesystem::path& socket);

/// Whether the server at the other end is the person's own, or root's; for root also the owner's of the folder that
/// `socket`, where it was found, is in.
[[nodiscard]] Result<void> check_server(int connection, const std::filesystem::path& socket);

/// One connection to the daemon. Every call blocks until done or timed out. Errors are those of the
/// connection; what the daemon refuses is an Answer.
class Client {
   public:
    struct Options {
        std::chrono::milliseconds timeout = std::chrono::seconds(120);  ///< For each answer.
        Progress progress = {};
    };

    /// `not_found` where no daemon runs.
    static Result<Client> connect(const std::filesystem::path& socket, Options options);

    /// Readable when something comes, or the connection ends.
    [[nodiscard]] int fd() { return socket_.native_handle(); }

    /// Sends a request; the result is its id.
    Result<std::string> send(std::string_view type, const boost::json::object& content = {});

    /// The next answer, to whichever request.
    Result<Answer> receive();

    /// The next line that is no answer to a request, such as an event, without its end. Waits as long as it takes.
    Result<std::string> receive_line();

    /// Sends a request and waits for its answer. REQUIRES: no other request is out.
    Result<Answer> ask(std::string_view type, const boost::json::object& content = {});

   private:
    using Socket = boost::asio::local::stream_protocol::socket;

    Client(std::unique_ptr<boost::asio::io_context> loop, Socket socket, Options options)
        : loop_(std::move(loop)), socket_(std::move(socket)), options_(std::move(options)) {}

    /// Runs the loop until `done`. False once the time is over.
    bool run_until(const bool& done);

    std::unique_ptr<boost::asio::io_context> loop_;
    Socket socket_;
    Options options_;
    std::string input_;
};

/// What the daemon tells, kept up: its status once a second, and its events. Connects again when it went away. Runs on
/// the loop of one thread.
class Feed {
   public:
    struct EventSink {
        std::function<void(const boost::json::object& content)> status;  ///< The content of SYSTEM_STATUS.
        std::function<void(const boost::json::object& event)> event;

        /// There is no daemon, or it went away, or it refuses; a sentence. Told at each try.
        std::function<void(const std::string& why)> trouble;
    };

    Feed(boost::asio::io_context& loop, std::filesystem::path socket, EventSink listener);

    /// Begins. REQUIRES: called once; this outlives the loop's handlers.
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
    std::string status_id_;  ///< Of the request that is out.
    bool connected_ = false;
};

}  // namespace doze::cli
