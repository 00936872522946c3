#include "server/http/gate.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <fmt/format.h>

#include "base/text.hpp"

namespace doze::server {
namespace {

bool is_host_char(char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
}

bool is_ipv6_char(char c) {
    return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == '.' || c == ':';
}

/// Length of the host at the beginning of `text`; 0 if there is none.
std::size_t host_size(std::string_view text) {
    if (!text.starts_with('['))
        return static_cast<std::size_t>(std::ranges::find_if_not(text, is_host_char) - text.begin());
    const auto end = text.find(']');
    if (end == std::string_view::npos || end == 1) return 0;
    return std::ranges::all_of(text.substr(1, end - 1), is_ipv6_char) ? end + 1 : 0;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return port;
}

Error refused(std::string message, std::string next_step = {}) {
    return {.code = ErrorCode::unauthorized, .message = std::move(message), .next_step = std::move(next_step)};
}

}  // namespace

std::optional<Authority> parse_authority(std::string_view text) {
    const auto size = host_size(text);
    if (size == 0) return std::nullopt;
    Authority authority{.host = text.substr(0, size), .port = std::nullopt};
    if (size == text.size()) return authority;
    if (text[size] != ':') return std::nullopt;
    authority.port = parse_port(text.substr(size + 1));
    return authority.port ? std::optional(authority) : std::nullopt;
}

bool is_loopback_name(std::string_view host) {
    if (equal_ignoring_case(host, "localhost")) return true;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(host), error);
    return !error && address.is_loopback();
}

bool WebGate::is_own(const Authority& authority) const {
    const std::uint16_t default_port = site_.tls ? 443 : 80;
    return authority.port.value_or(default_port) == site_.port && is_loopback_name(authority.host);
}

Result<void> WebGate::check_host(std::string_view host) const {
    const auto authority = parse_authority(host);
    if (!authority) return refused("The header Host is missing, or no host.");
    if (!site_.on_loopback || is_own(*authority)) return {};
    return refused(fmt::format("doze does not answer to the host {}.", quoted(host)),
                   fmt::format("Use {}://localhost:{}.", scheme(), site_.port));
}

bool WebGate::is_allowed_origin(std::string_view origin) const {
    return std::ranges::find(site_.allowed_origins, origin) != site_.allowed_origins.end();
}

Result<void> WebGate::check_origin(std::string_view origin, std::string_view host) const {
    if (is_allowed_origin(origin)) return {};
    const auto prefix = fmt::format("{}://", scheme());
    if (origin.starts_with(prefix)) {
        const auto name = origin.substr(prefix.size());
        const auto authority = parse_authority(name);
        if (authority && (site_.on_loopback ? is_own(*authority) : equal_ignoring_case(name, host))) return {};
    }
    return refused(fmt::format("Pages of {} may not use doze.", quoted(origin)),
                   "If this one should, add it to web.allowed_origins in settings.json.");
}

}  // namespace doze::server
