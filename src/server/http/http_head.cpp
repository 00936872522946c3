#include "server/http/http_head.hpp"

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <chrono>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <iterator>

#include "protocol/envelope.hpp"

namespace doze::server {
namespace {

namespace http = boost::beast::http;

bool is_clean_header(std::string_view text) {
    return std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

std::string_view reason_of(unsigned status) {
    const auto reason = http::obsolete_reason(http::int_to_status(status));
    return {reason.data(), reason.size()};
}

}  // namespace

std::string http_head(const rest::WebReply& reply, const HeadContext& context) {
    std::string head;
    const auto line = [&](std::string_view name, std::string_view value) {
        if (is_clean_header(name) && is_clean_header(value))
            fmt::format_to(std::back_inserter(head), "{}: {}\r\n", name, value);
    };
    fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\n", reply.status, reason_of(reply.status));
    line("Date", fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::chrono::system_clock::now())));
    line("Connection", context.keep_alive && !reply.stays_open ? "keep-alive" : "close");
    const bool has_body = reply.status != 204 && reply.status != 304;
    if (has_body) line("Content-Type", reply.content_type);
    if (has_body && !reply.stays_open) line("Content-Length", std::to_string(reply.body.size()));
    const auto says = [&](std::string_view name) {
        return std::ranges::any_of(reply.headers, [&](const auto& header) { return header.first == name; });
    };
    if (!says("Cache-Control")) line("Cache-Control", "no-store");
    if (!says("Content-Security-Policy")) line("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    line("X-Content-Type-Options", "nosniff");
    line("X-Frame-Options", "DENY");
    line("Referrer-Policy", "no-referrer");
    line("Cross-Origin-Resource-Policy", "same-origin");
    line("Cross-Origin-Opener-Policy", "same-origin");
    line("Vary", "Origin");
    if (!context.allowed_origin.empty()) line("Access-Control-Allow-Origin", context.allowed_origin);
    for (const auto& [name, value] : reply.headers) line(name, value);
    return head + "\r\n";
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
