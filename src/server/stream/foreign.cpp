#include "server/stream/foreign.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace doze::server {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view space_in_lines = " \t\r\n\v\f\0"sv;

/// The next word of the text, which is taken off it; empty at its end.
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

/// METHOD TARGET VERSION, whatever the method and the spaces; of the usual methods also what HTTP/0.9 leaves of it.
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

/// The header of HTTP that every request has.
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
    if (word == "CLIENT" && !second.empty() && !second.starts_with(':')) return "DICT";  // As curl says it.
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
    // Neither longer than needed, nor half of a pair of UTF-16, nor beyond the last character.
    if (byte == 0xe0) lowest_ = 0xa0;
    if (byte == 0xed) highest_ = 0x9f;
    if (byte == 0xf0) lowest_ = 0x90;
    if (byte == 0xf4) highest_ = 0x8f;
    return true;
}

}  // namespace doze::server
