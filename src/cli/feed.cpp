#include "cli/feed.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <chrono>
#include <sys/un.h>
#include <utility>

#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/members.hpp"
#include "protocol/message.hpp"

namespace doze::cli {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::chrono::seconds interval(1);

}  // namespace

Feed::Feed(asio::io_context& loop, std::filesystem::path socket, EventSink listener)
    : path_(std::move(socket)), listener_(std::move(listener)), socket_(loop), timer_(loop) {}

void Feed::connect() {
    boost::system::error_code error;
    if (path_.native().size() >= sizeof(sockaddr_un::sun_path)) {
        return listener_.trouble("The path " + path_.string() + " is too long for a socket.");
    }
    if (const auto checked = check_socket(path_); !checked) return lose(checked.error().text());
    // Never waits: a Unix socket connects or refuses at once.
    socket_.connect(asio::local::stream_protocol::endpoint(path_.string()), error);
    if (error) return lose("doze is not running. Start it with `" + start_command() + "`.");
    if (const auto checked = check_server(socket_.native_handle(), path_); !checked)
        return lose(checked.error().text());
    connected_ = true;
    send("EVENTS");
    ask_status();
    read();
    wait();
}

void Feed::send(std::string_view type) {
    auto line = protocol::create(type, {}, "watch");
    if (const auto parsed = protocol::parse(line); parsed && type == "SYSTEM_STATUS") {
        status_id_ = std::string(parsed->id().get_string());
    }
    line += '\n';
    // Never waits: requests are short, and at most two are out. What fails here fails in read() as well.
    boost::system::error_code ignored;
    asio::write(socket_, asio::buffer(line), ignored);
}

void Feed::ask_status() {
    if (connected_ && status_id_.empty()) send("SYSTEM_STATUS");
}

void Feed::read() {
    asio::async_read_until(socket_, asio::dynamic_buffer(input_), '\n',
                           [this](boost::system::error_code error, std::size_t size) {
                               if (error) return lose("doze was stopped. Waiting for it to come back.");
                               const auto line = input_.substr(0, size);
                               input_.erase(0, size);
                               take(line);
                               read();
                           });
}

void Feed::take(std::string_view line) {
    boost::system::error_code error;
    const auto value = json::parse(line, error);
    const auto* message = error ? nullptr : value.if_object();
    if (message == nullptr) return;
    if (!status_id_.empty() && shown_at(*message, "id") == status_id_) return take_answer(*message);
    const auto type = shown_at(*message, "type");
    if (type == "ERROR" || shown_at(*message, "status") == "error") {
        const auto& content = object_at(*message, "content");
        listener_.trouble(shown_at(content.empty() ? *message : content, "message"));
        return;
    }
    // Greetings and the answer to EVENTS are no news.
    if (type.empty() || type == "connection" || type == "EVENTS") return;
    listener_.event(*message);
    // What is no mere sign of life changes the status as well.
    if (type != "USER_ACTIVITY" && type != "TIMER_TICK") ask_status();
}

void Feed::take_answer(const json::object& message) {
    status_id_.clear();
    const auto& content = object_at(message, "content");
    if (shown_at(message, "type") == "ERROR") return listener_.trouble(shown_at(content, "message"));
    listener_.status(content);
}

void Feed::lose(const std::string& why) {
    connected_ = false;
    boost::system::error_code ignored;
    socket_.close(ignored);
    status_id_.clear();
    input_.clear();
    listener_.trouble(why);
    wait();
}

void Feed::wait() {
    timer_.expires_after(interval);
    timer_.async_wait([this](boost::system::error_code cancelled) {
        if (cancelled) return;
        if (!connected_) return connect();
        ask_status();
        wait();
    });
}

}  // namespace doze::cli
