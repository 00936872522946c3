#include "server/stream/framer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace doze::server {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view space_in_lines = " \t\r\n\v\f\0"sv;

/// Removes and returns the next word; empty at the end of the text.
std::string_view next_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(space_in_lines), text.size()));
    const auto word = text.substr(0, std::min(text.find_first_of(space_in_lines), text.size()));
    text.remove_prefix(word.size());
    return word;
}

/// "HTTP/1.1" and its like.
bool is_version(std::string_view word) {
    constexpr std::array names{"HTTP/"sv, "RTSP/"sv, "SIP/"sv, "ICAP/"sv};
    const auto upper = upper_case(word.substr(0, 6));
    return std::ranges::any_of(names, [&](std::string_view name) {
        return upper.starts_with(name) && word.size() > name.size() && word[name.size()] >= '0' &&
               word[name.size()] <= '9';
    });
}

bool is_method(std::string_view word) {
    constexpr std::array methods{"GET"sv,     "HEAD"sv,     "POST"sv,      "PUT"sv,   "DELETE"sv, "CONNECT"sv,
                                 "OPTIONS"sv, "TRACE"sv,    "PATCH"sv,     "PRI"sv,   "COPY"sv,   "MOVE"sv,
                                 "LOCK"sv,    "PROPFIND"sv, "PROPPATCH"sv, "MKCOL"sv, "REPORT"sv, "SEARCH"sv};
    return std::ranges::find(methods, upper_case(word.substr(0, 10))) != methods.end();
}

bool is_target(std::string_view word) {
    return word.starts_with('/') || word == "*" || word.find("://") != std::string_view::npos;
}

/// METHOD TARGET VERSION, whatever the method and the spaces; for the usual methods also the short form of HTTP/0.9.
bool is_request_line(std::string_view first, std::string_view rest) {
    // "HOLD:reading HTTP/1.1" is a command.
    if (first.find_first_of(":{[\"") != std::string_view::npos) return false;
    if (is_version(first)) return true;
    auto second = next_word(rest);
    if (second.starts_with(':')) return false;
    if (is_method(first) && is_target(second)) return true;
    for (auto word = second; !word.empty(); word = next_word(rest))
        if (is_version(word)) return true;
    return false;
}

/// The Host header, which every HTTP request has.
bool is_host_header(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    auto name = line.substr(0, colon);
    return upper_case(next_word(name)) == "HOST" && next_word(name).empty();
}

}  // namespace

std::string_view foreign_protocol(std::string_view line) {
    auto rest = line;
    const auto first = next_word(rest);
    if (is_request_line(first, rest) || is_host_header(line)) return "HTTP";
    const auto word = upper_case(first.substr(0, 8));
    if (word == "EHLO" || word == "HELO" || word == "LHLO") return "SMTP";
    if (word.starts_with("SSH-")) return "SSH";
    const auto second = upper_case(next_word(rest).substr(0, 8));
    if (word == "PROXY" && (second == "TCP4" || second == "TCP6" || second == "UNKNOWN")) return "the PROXY protocol";
    if (word == "CLIENT" && !second.empty() && !second.starts_with(':')) return "DICT";  // In curl's form.
    return {};
}

bool TextCheck::put_unusual(unsigned char byte) {
    if (missing_ > 0) {
        if (byte < std::exchange(lowest_, 0x80) || byte > std::exchange(highest_, 0xbf)) return false;
        --missing_;
        return true;
    }
    if (byte == 0) return zero_ = true;
    if (byte < 0x80) {
        const bool is_space = space_in_lines.find(static_cast<char>(byte)) != std::string_view::npos;
        return is_space || (!zero_ && byte >= ' ' && byte != 0x7f);
    }
    if (zero_ || byte < 0xc2 || byte > 0xf4) return false;
    missing_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    // Rejects overlong forms, surrogates, and code points beyond U+10FFFF.
    if (byte == 0xe0) lowest_ = 0xa0;
    if (byte == 0xed) highest_ = 0x9f;
    if (byte == 0xf0) lowest_ = 0x90;
    if (byte == 0xf4) highest_ = 0x8f;
    return true;
}

namespace {

constexpr std::string_view between_commands(" \t\r\n\v\f\0", 7);  // C clients send the zero byte of their strings.

/// Size of the buffer that an idle connection may keep.
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

/// The kind of binary data that a line begins with.
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
