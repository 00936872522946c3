#include "transports/unix/session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

namespace doze::transports {

std::string error_reply(ErrorCode code, std::string_view message) {
    return boost::json::serialize(
        boost::json::object{{"status", "error"}, {"error", to_string(code)}, {"message", message}});
}

Session::Session(Socket socket, ConnectionHandler handler) : socket_(std::move(socket)), handler_(std::move(handler)) {}

void Session::close() {
    socket_.reset();
}

void Session::read() {
    socket_->async_read_some(boost::asio::buffer(chunk_),
                             [self = shared_from_this()](boost::system::error_code error, std::size_t size) {
                                 if (self->socket_) self->on_read(error, size);
                             });
}

void Session::on_read(boost::system::error_code error, std::size_t size) {
    input_.append(chunk_.data(), size);
    take_lines();
    if (!socket_ || refused_) return;
    if (!error) return read();
    if (error != boost::asio::error::eof) return close();
    // The last command needs no line end. From here only replies that are still out keep this alive.
    take(std::exchange(input_, {}));
}

void Session::take_lines() {
    std::size_t begin = 0;
    for (auto end = input_.find('\n'); end != std::string::npos; end = input_.find('\n', begin)) {
        take(std::string_view(input_).substr(begin, end - begin));
        if (!socket_ || refused_) return;
        begin = end + 1;
    }
    input_.erase(0, begin);
    if (input_.size() > longest_line) refuse();
}

void Session::take(std::string_view line) {
    if (line.size() > longest_line) return refuse();
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    handler_(
        line, most_unsent - 1, [self = shared_from_this()](std::string_view text) { self->send(text); },
        weak_from_this());
}

void Session::refuse() {
    refused_ = true;
    input_ = {};
    send(error_reply(ErrorCode::too_large, "A command may have at most 1 MiB."));
}

void Session::send(std::string_view text) {
    if (!socket_) return;
    unsent_ += text.size() + 1;
    if (unsent_ > most_unsent) return close();
    output_.emplace_back(text).push_back('\n');
    if (output_.size() == 1) write();
}

void Session::write() {
    boost::asio::async_write(*socket_, boost::asio::buffer(output_.front()),
                             [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                                 if (!self->socket_) return;
                                 if (error) return self->close();
                                 if (!std::exchange(self->writes_event_, false))
                                     self->unsent_ -= self->output_.front().size();
                                 self->output_.pop_front();
                                 if (!self->output_.empty()) return self->write();
                                 if (self->refused_) return self->close();
                                 self->send_event();
                             });
}

void Session::hear(std::string_view event) {
    if (!socket_ || refused_) return;
    events_.push(event);
    send_event();
}

void Session::send_event() {
    if (!output_.empty() || events_.empty()) return;
    output_.push_back(events_.pop() + '\n');
    writes_event_ = true;
    write();
}

}  // namespace doze::transports
