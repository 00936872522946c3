#include "server/stream/framer.hpp"

#include <algorithm>
#include <utility>

namespace doze::server {
namespace {

constexpr std::string_view between_commands(" \t\r\n\v\f\0", 7);  // C clients send their strings' ends.

/// What a connection at rest may keep of its longest command.
constexpr std::size_t kept_room = 512;

}  // namespace

void Framer::put(std::string_view bytes) {
    if (!too_long_ && foreign_.empty()) buffer_.append(bytes);
}

std::optional<std::string_view> Framer::next() {
    if (too_long_ || !foreign_.empty()) return std::nullopt;
    if (seen_ == begin_) {
        begin_ = std::min(buffer_.find_first_not_of(between_commands, begin_), buffer_.size());
        seen_ = begin_;
    }
    const bool is_object = begin_ < buffer_.size() && buffer_[begin_] == '{';
    for (; seen_ < buffer_.size(); ++seen_) {
        const char byte = buffer_[seen_];
        if (byte == '\n') return take_line(seen_);
        if (seen_ - begin_ == longest) {
            too_long_ = true;
            buffer_ = {};
            return std::nullopt;
        }
        if (!text_.put(byte)) return stop_at(no_text());
        if (is_object && completes_object(byte)) return take(seen_ + 1);
    }
    forget_taken();
    return std::nullopt;
}

std::optional<std::string_view> Framer::rest() {
    if (too_long_ || !foreign_.empty() || buffer_.empty()) return std::nullopt;
    return take_line(buffer_.size());
}

std::optional<std::string_view> Framer::take_line(std::size_t end) {
    if (!text_.is_whole()) return stop_at(no_text());
    const auto line = take(end);
    const auto protocol = foreign_protocol(line);
    return protocol.empty() ? std::optional(line) : stop_at(protocol);
}

/// What a line that is no text begins as.
std::string_view Framer::no_text() const {
    return std::string_view(buffer_).substr(begin_).starts_with("\x16\x03") ? "TLS" : "bytes that are no text";
}

std::nullopt_t Framer::stop_at(std::string_view protocol) {
    foreign_ = protocol;
    buffer_ = {};
    return std::nullopt;
}

std::string_view Framer::take(std::size_t end) {
    const auto command = std::string_view(buffer_).substr(begin_, end - begin_);
    begin_ = seen_ = end;
    depth_ = 0;
    in_string_ = escaped_ = false;
    text_ = {};
    return command;
}

bool Framer::completes_object(char byte) {
    if (escaped_) {
        escaped_ = false;
    } else if (byte == '"') {
        in_string_ = !in_string_;
    } else if (in_string_) {
        escaped_ = byte == '\\';
    } else if (byte == '{' || byte == '[') {
        ++depth_;
    } else if (byte == '}' || byte == ']') {
        return --depth_ == 0;
    }
    return false;
}

void Framer::forget_taken() {
    seen_ -= begin_;
    buffer_.erase(0, std::exchange(begin_, 0));
    if (buffer_.size() < kept_room && buffer_.capacity() > 2 * kept_room) buffer_.shrink_to_fit();
}

}  // namespace doze::server
