#include "server/http/framing.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "protocol/message.hpp"

namespace doze::server {

namespace {

/// Characters of RFC 9110's names (tchar).
bool is_token_char(char c) {
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return is_letter(c) || is_digit(c) || others.find(c) != std::string_view::npos;
}

bool is_http_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_token_char);
}

/// Printable ASCII without white space.
bool is_target_char(char c) {
    return c > ' ' && c < '\x7f';
}

bool is_value_char(char c) {
    return c == '\t' || (c >= ' ' && c != '\x7f') || static_cast<unsigned char>(c) >= 0x80;
}

/// Trims the white space of RFC 9110, which excludes line ends.
std::string_view without_blanks(std::string_view text) {
    return trim(text, " \t");
}

/// uri-host [ ":" port ] of RFC 3986; empty if a target has no authority.
bool is_host_value(std::string_view text) {
    constexpr std::string_view others = "-._~!$&'()*+,;=%";
    constexpr auto is_name_char = [=](char c) {
        return (is_token_char(c) && c != '#' && c != '^' && c != '`' && c != '|') ||
               others.find(c) != std::string_view::npos;
    };
    std::size_t end = 0;
    if (text.starts_with('[')) {
        end = text.find(']');
        if (end == std::string_view::npos || end == 1) return false;
        const auto inside = text.substr(1, end - 1);
        if (!std::ranges::all_of(inside, [&](char c) { return c == ':' || is_name_char(c); })) return false;
        ++end;
    } else {
        end = static_cast<std::size_t>(std::ranges::find_if_not(text, is_name_char) - text.begin());
    }
    if (end == text.size()) return true;
    return text[end] == ':' && std::ranges::all_of(text.substr(end + 1), is_digit);
}

/// Headers that would contradict themselves if repeated.
bool is_single(std::string_view lower_name) {
    constexpr std::array<std::string_view, 5> names{"authorization", "content-type", "origin", "sec-websocket-key",
                                                    "sec-websocket-version"};
    return std::ranges::find(names, lower_name) != names.end();
}

}  // namespace

void HeadCheck::refuse(unsigned status, std::string message) {
    if (!refusal_) refusal_ = BadFraming{.status = status, .message = std::move(message)};
}

std::size_t HeadCheck::put(std::string& input) {
    for (; seen_ < input.size() && !refusal_; ++seen_) {
        if (!has_request_line_ && seen_ - line_begin_ >= longest_line) {
            refuse(414, fmt::format("The first line of a request has at most {} bytes.", longest_line));
        } else if (seen_ >= longest_head) {
            refuse(431, fmt::format("The head of a request has at most {} bytes.", longest_head));
        }
        if (refusal_) break;
        const char byte = input[seen_];
        const bool after_return = seen_ > line_begin_ && input[seen_ - 1] == '\r';
        if (byte != '\n') {
            if (after_return) refuse(400, "A line of HTTP/1.1 ends with CR and LF; a CR stands nowhere else.");
            if (byte != '\r' && !is_value_char(byte)) refuse(400, "A head has no control characters.");
            continue;
        }
        if (!after_return) {
            refuse(400, "A line of HTTP/1.1 ends with CR and LF.");
            break;
        }
        const auto line = std::string_view(input).substr(line_begin_, seen_ - 1 - line_begin_);
        if (!has_request_line_) {
            take_request_line(line, input);
        } else if (line.empty()) {
            finish();
            return refusal_ ? 0 : seen_ + 1;
        } else {
            take_field(line);
        }
        line_begin_ = seen_ + 1;
    }
    return 0;
}

void HeadCheck::take_request_line(std::string_view line, std::string& input) {
    has_request_line_ = true;
    const auto first = line.find(' ');
    const auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    const auto version = second == std::string_view::npos ? std::string_view() : line.substr(second + 1);
    const bool is_version = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                            version[6] == '.' && is_digit(version[7]);
    if (!is_version || !is_http_token(line.substr(0, first)))
        return refuse(400, "This is no request of HTTP/1.1: METHOD TARGET HTTP/1.1, with one space between.");
    const auto target = line.substr(first + 1, second - first - 1);
    if (target.empty() || !std::ranges::all_of(target, is_target_char) || target.find('#') != std::string_view::npos)
        return refuse(400, "The target of a request is a path, and perhaps a query.");
    if (version[5] != '1') return refuse(505, "doze speaks HTTP/1.1.");
    is_1_1_ = version[7] != '0';
    if (version[7] > '1') input[line_begin_ + second + 8] = '1';
}

void HeadCheck::take_field(std::string_view line) {
    if (line.starts_with(' ') || line.starts_with('\t'))
        return refuse(400, "A header goes on no second line, and none begins with white space.");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_http_token(line.substr(0, colon)))
        return refuse(400, "A header is a name, a colon right after it, and a value.");
    take_known(lower_case(line.substr(0, colon)), without_blanks(line.substr(colon + 1)));
}

void HeadCheck::take_known(std::string_view name, std::string_view value) {
    if (name == "host") {
        if (++hosts_ > 1) return refuse(400, "A request has one header Host.");
        if (!is_host_value(value)) return refuse(400, "The header Host is no host.");
    } else if (name == "content-length") {
        take_length(value);
    } else if (name == "transfer-encoding") {
        take_coding(value);
    } else if (name == "expect") {
        if (!equal_ignoring_case(value, "100-continue")) return refuse(417, "doze expects nothing but 100-continue.");
    } else if (is_single(name)) {
        const auto mark = fmt::format("{};", name);
        if (singles_.find(mark) != std::string::npos) return refuse(400, fmt::format("{} came twice.", name));
        singles_ += mark;
    }
}

void HeadCheck::take_length(std::string_view value) {
    if (std::exchange(has_length_, true)) return refuse(400, "Content-Length came twice.");
    if (value.empty() || !std::ranges::all_of(value, is_digit))
        return refuse(400, "Content-Length is a number in decimal digits.");
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length_);
    if (error != std::errc()) refuse(413, "No body is so long.");
}

void HeadCheck::take_coding(std::string_view value) {
    has_coding_ = true;
    while (!value.empty()) {
        const auto comma = value.find(',');
        const auto coding = lower_case(without_blanks(value.substr(0, comma)));
        value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
        if (coding.empty()) continue;
        if (is_chunked_) return refuse(400, "chunked is the last transfer coding, and comes once.");
        if (coding == "chunked") {
            is_chunked_ = true;
        } else {
            singles_ += "coding;";
        }
    }
}

void HeadCheck::finish() {
    if (hosts_ == 0) return refuse(400, "A request has one header Host.");
    if (!has_coding_) return;
    if (!is_1_1_ || has_length_)
        return refuse(400, "Transfer-Encoding stands alone, without Content-Length, and not in HTTP/1.0.");
    if (!is_chunked_) return refuse(400, "The last transfer coding of a request is chunked.");
    if (singles_.find("coding;") != std::string::npos) return refuse(501, "doze knows no transfer coding but chunked.");
}

BodyLength HeadCheck::body() const {
    return {.is_chunked = is_chunked_, .bytes = length_};
}

void ChunkedBody::refuse(unsigned status, std::string message) {
    if (!refusal_) refusal_ = BadFraming{.status = status, .message = std::move(message)};
}

/// Removes and returns a line without its end; empty while it is incomplete.
std::optional<std::string> ChunkedBody::take_line(std::string& input) {
    const auto end = input.find('\n');
    const auto line = std::string_view(input).substr(0, end);
    const auto size = end == std::string::npos ? line.size() : end - 1;
    if (trailer_bytes_ + line.size() > HeadCheck::longest_head) {
        refuse(431, "The extensions and trailers of a body have at most 8192 bytes.");
        return std::nullopt;
    }
    const bool ends_badly = end != std::string::npos && (end == 0 || input[end - 1] != '\r');
    const bool is_last_byte_open = end == std::string::npos && line.ends_with('\r');
    const auto text = is_last_byte_open ? line.substr(0, size - 1) : line.substr(0, std::min(size, line.size()));
    if (ends_badly || !std::ranges::all_of(text, is_value_char)) {
        refuse(400, "The size of a chunk is a line that ends with CR and LF.");
        return std::nullopt;
    }
    if (end == std::string::npos) return std::nullopt;
    std::string whole(text);
    trailer_bytes_ += whole.size();
    input.erase(0, end + 1);
    return whole;
}

void ChunkedBody::take_size(std::string_view line) {
    const auto digits = line.substr(0, line.find_first_not_of("0123456789abcdefABCDEF"));
    const auto rest = line.substr(digits.size());
    // An extension begins with a semicolon, which white space may precede.
    if (digits.empty() || (!rest.empty() && !without_blanks(rest).starts_with(';')))
        return refuse(400, "The size of a chunk is a number in hexadecimal digits.");
    trailer_bytes_ -= std::min<std::size_t>(digits.size(), 16);  // The digits of a size do not count.
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), left_, 16);
    if (error != std::errc() || left_ > longest_ - body_.size())
        return refuse(413, fmt::format("The body of a request has at most {} bytes.", longest_));
    state_ = left_ == 0 ? State::trailer : State::data;
}

bool ChunkedBody::take(std::string& input) {
    while (!refusal_) {
        if (state_ == State::data) {
            if (input.empty()) return false;
            const auto size = std::min(left_, input.size());
            body_.append(input, 0, size);
            input.erase(0, size);
            left_ -= size;
            if (left_ == 0) state_ = State::end_of_data;
            continue;
        }
        if (state_ == State::end_of_data) {
            if (input.size() < 2 && std::string_view("\r\n").starts_with(input)) return false;
            if (!input.starts_with("\r\n")) refuse(400, "A chunk ends with CR and LF.");
            if (refusal_) return false;
            input.erase(0, 2);
            state_ = State::size;
            continue;
        }
        const auto line = take_line(input);
        if (!line) return false;
        if (state_ == State::size) {
            take_size(*line);
        } else if (line->empty()) {
            return true;
        } else if (!is_http_token(std::string_view(*line).substr(0, line->find(':'))) ||
                   line->find(':') == std::string::npos) {
            // A trailer's content is ignored: it must not change what the head said.
            refuse(400, "A trailer is a name, a colon right after it, and a value.");
        }
    }
    return false;
}

namespace {

namespace http = boost::beast::http;

bool is_clean_header(std::string_view text) {
    return std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

std::string_view reason_of(unsigned status) {
    const auto reason = http::obsolete_reason(http::int_to_status(status));
    return {reason.data(), reason.size()};
}

/// "Sun, 06 Nov 1994 08:49:37 GMT", written once a second.
std::string_view date() {
    thread_local std::time_t written_at = 0;
    thread_local std::string text;
    const auto now = std::time(nullptr);
    if (std::exchange(written_at, now) != now) text = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
    return text;
}

constexpr std::size_t usual_head = 512;

}  // namespace

std::string http_head(const rest::WebReply& reply, const HeadContext& context) {
    std::string head;
    head.reserve(usual_head);
    const auto line = [&](std::string_view name, std::string_view value) {
        if (is_clean_header(name) && is_clean_header(value))
            head.append(name).append(": ").append(value).append("\r\n");
    };
    fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\n", reply.status, reason_of(reply.status));
    line("Date", date());
    line("Connection", context.keep_alive && !reply.stays_open ? "keep-alive" : "close");
    const bool has_body = reply.status != 204 && reply.status != 304;
    if (has_body) line("Content-Type", reply.content_type);
    if (has_body && !reply.stays_open) line("Content-Length", std::to_string(reply.body.size()));
    const auto says = [&](std::string_view name) {
        return std::ranges::any_of(reply.headers, [&](const auto& header) { return header.first == name; });
    };
    if (!says("Cache-Control")) line("Cache-Control", "no-store");
    if (!says("Content-Security-Policy")) line("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    head +=
        "X-Content-Type-Options: nosniff\r\n"
        "X-Frame-Options: DENY\r\n"
        "Referrer-Policy: no-referrer\r\n"
        "Cross-Origin-Resource-Policy: same-origin\r\n"
        "Cross-Origin-Opener-Policy: same-origin\r\n"
        "Vary: Origin\r\n";
    if (!context.allowed_origin.empty()) line("Access-Control-Allow-Origin", context.allowed_origin);
    for (const auto& [name, value] : reply.headers) line(name, value);
    return head.append("\r\n");
}

rest::WebReply preflight_reply() {
    return {.status = 204,
            .headers = {{"Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE"},
                        {"Access-Control-Allow-Headers", "Authorization, Content-Type"},
                        {"Access-Control-Allow-Private-Network", "true"},
                        {"Access-Control-Max-Age", "600"}}};
}

rest::WebReply web_error(unsigned status, const Error& error) {
    return {.status = status, .body = protocol::refusal({}, error)};
}

}  // namespace doze::server
