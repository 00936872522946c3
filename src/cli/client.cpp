#include "cli/client.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "base/json.hpp"
#include "base/ownership.hpp"
#include "cli/reply_text.hpp"
#include "protocol/message.hpp"

namespace doze::cli {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;

Error not_running(const std::filesystem::path& socket) {
    return {.code = ErrorCode::not_found,
            .message = "doze is not running.",
            .next_step = fmt::format("Start it with `{}`. (Nothing answers at {}; if it runs with another state "
                                     "directory, say so with --state-dir.)",
                                     start_command(), socket.string())};
}

Error cannot_connect(const std::filesystem::path& socket, boost::system::error_code error) {
    if (error == asio::error::connection_refused || error == boost::system::errc::no_such_file_or_directory ||
        error == boost::system::errc::not_a_directory) {
        return not_running(socket);
    }
    if (error == asio::error::access_denied) {
        return {.code = ErrorCode::unauthorized,
                .message = fmt::format("This user may not use {}.", socket.string()),
                .next_step = "Run the command as the user whom doze runs as."};
    }
    return {.code = ErrorCode::internal,
            .message = fmt::format("doze can't be reached at {}: {}.", socket.string(), error.message()),
            .next_step = "`doze run` says more."};
}

Error broken(boost::system::error_code error) {
    const bool ended =
        error == asio::error::eof || error == asio::error::broken_pipe || error == asio::error::connection_reset;
    return {.code = ErrorCode::internal,
            .message = ended ? std::string("doze closed the connection before it answered.")
                             : fmt::format("The connection to doze broke: {}.", error.message()),
            .next_step = "It may have been stopped: `doze status` tells."};
}

Result<Answer> parse_answer(std::string_view line) {
    auto members = parse_json_object(line);
    if (!members) {
        return Error{.code = ErrorCode::internal,
                     .message = "doze answered with something that is not JSON.",
                     .next_step = "Do command line and daemon have the same version? `doze version` tells."};
    }
    Answer answer{
        .id = std::string(text_at(*members, "id")), .refused = text_at(*members, "type") == "ERROR", .content = {}};
    if (auto* content = members->if_contains("content"); content && content->is_object()) {
        answer.content = std::move(content->get_object());
    } else if (text_at(*members, "status") == "error") {
        // A message refused before it reached the commands is answered in the short form.
        answer.refused = true;
        answer.content = std::move(*members);
    }
    return answer;
}

}  // namespace

std::string start_command() {
    std::error_code ignored;
    return std::filesystem::exists("/usr/lib/systemd/user/doze.service", ignored) ? "systemctl --user start doze"
                                                                                  : "doze run";
}

Result<void> check_socket(const std::filesystem::path& socket) {
    // Root may use any user's doze; check_server() checks that the folder's owner answers.
    return ::geteuid() == 0 ? Result<void>() : check_ownership(socket);
}

Result<void> check_server(int connection, const std::filesystem::path& socket) {
    ucred server{};
    socklen_t size = sizeof server;
    struct stat folder {};
    const bool known = ::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &server, &size) == 0;
    if (known && (server.uid == ::geteuid() || server.uid == 0)) return {};
    if (known && ::geteuid() == 0 && ::stat(socket.parent_path().c_str(), &folder) == 0 && folder.st_uid == server.uid)
        return {};
    return Error{.code = ErrorCode::unauthorized,
                 .message = fmt::format("What answers at {} belongs to another user ({}).", socket.string(),
                                        user_name(server.uid)),
                 .next_step = "Choose a folder of your own with --state-dir."};
}

Result<Client> Client::connect(const std::filesystem::path& socket, Options options) {
    if (socket.native().size() >= sizeof(sockaddr_un::sun_path)) {
        return Error{.code = ErrorCode::bad_request,
                     .message = fmt::format("The path {} is too long for a socket.", socket.string()),
                     .next_step = "Choose a shorter --state-dir."};
    }
    if (auto checked = check_socket(socket); !checked) return checked.error();
    auto loop = std::make_unique<asio::io_context>(1);
    Socket connection(*loop);
    boost::system::error_code error;
    // Does not block: a Unix socket connects or refuses at once.
    connection.connect(asio::local::stream_protocol::endpoint(socket.string()), error);
    if (error) return cannot_connect(socket, error);
    ::fcntl(connection.native_handle(), F_SETFD, FD_CLOEXEC);
    if (auto checked = check_server(connection.native_handle(), socket); !checked) return checked.error();
    return Client(std::move(loop), std::move(connection), std::move(options));
}

bool Client::run_until(const bool& done) {
    using std::chrono::steady_clock;
    const auto began = steady_clock::now();
    const auto end = began + options_.timeout;
    auto next_progress = began + std::chrono::seconds(1);
    loop_->restart();
    while (!done) {
        loop_->run_one_until(std::min(next_progress, end));
        const auto now = steady_clock::now();
        if (done || now >= end) break;
        if (now < next_progress) continue;
        next_progress += std::chrono::seconds(1);
        if (options_.progress) options_.progress(std::chrono::floor<std::chrono::seconds>(now - began));
    }
    return done;
}

Result<std::string> Client::send(std::string_view type, const json::object& content) {
    auto line = protocol::create(type, content, "cli");
    auto sent_id = protocol::parse(line);
    if (!sent_id) return sent_id.error();
    line += '\n';
    bool done = false;
    boost::system::error_code error;
    asio::async_write(socket_, asio::buffer(line), [&](boost::system::error_code result, std::size_t) {
        error = result;
        done = true;
    });
    if (!run_until(done)) error = asio::error::timed_out;
    if (error) {
        socket_.close();
        loop_->restart();
        loop_->poll();  // The handler refers to this stack frame.
        return broken(error);
    }
    return std::string(sent_id->id().get_string());
}

Result<Answer> Client::receive() {
    bool done = false;
    boost::system::error_code error;
    std::size_t size = 0;
    asio::async_read_until(socket_, asio::dynamic_buffer(input_), '\n',
                           [&](boost::system::error_code result, std::size_t length) {
                               error = result;
                               size = length;
                               done = true;
                           });
    if (!run_until(done)) {
        socket_.close();
        loop_->restart();
        loop_->poll();  // The handler refers to this stack frame.
        return Error{.code = ErrorCode::internal,
                     .message = fmt::format("doze did not answer within {} s.",
                                            std::chrono::ceil<std::chrono::seconds>(options_.timeout).count()),
                     .next_step = "It may still be at it: `doze status` tells."};
    }
    if (error) return broken(error);
    auto answer = parse_answer(std::string_view(input_).substr(0, size));
    input_.erase(0, size);
    return answer;
}

Result<std::string> Client::receive_line() {
    boost::system::error_code error;
    const auto size = asio::read_until(socket_, asio::dynamic_buffer(input_), '\n', error);
    if (error) {
        return Error{.code = ErrorCode::internal,
                     .message = "doze closed the connection.",
                     .next_step = "It may have been stopped: `doze status` tells."};
    }
    auto line = input_.substr(0, size - 1);
    input_.erase(0, size);
    return line;
}

Result<Answer> Client::ask(std::string_view type, const json::object& content) {
    if (auto sent = send(type, content); !sent) return sent.error();
    return receive();
}

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
    // Does not block: a Unix socket connects or refuses at once.
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
    // Does not block: requests are short, and at most two are pending. read() reports the errors.
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
    // Greetings and the reply to EVENTS are no events.
    if (type.empty() || type == "connection" || type == "EVENTS") return;
    listener_.event(*message);
    // Events other than signs of life change the status too.
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
