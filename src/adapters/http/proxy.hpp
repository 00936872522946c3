#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace doze::http {

/// Through whom a request goes.
struct Proxy {
    std::string setting;   ///< For curl; may hold a password.
    std::string name;      ///< For people: "proxy.corp.example:3128".
    std::string variable;  ///< Who says so: "https_proxy".
    bool over_tls = false;
};

/// The proxy for a host (as URLs write it), by the environment: https_proxy, http_proxy, all_proxy and no_proxy, or the
/// same in capitals, which count where the others are not set. None for this machine's loopback and its metadata
/// services, which no proxy can reach and none is to see.
[[nodiscard]] std::optional<Proxy> proxy_for(std::string_view scheme, std::string_view host);

/// Whether `no_proxy` names the host: "*", names, which hold for all below them with a leading dot or without,
/// addresses and networks (10.0.0.0/8), with commas or blanks between them.
[[nodiscard]] bool is_named_by(std::string_view no_proxy, std::string_view host);

}  // namespace doze::http
