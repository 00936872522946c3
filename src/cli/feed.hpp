#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace doze::cli {

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
