#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace doze::http {

/// The proxy for a request.
struct Proxy {
    std::string setting;   ///< In curl's form; may contain a password.
    std::string name;      ///< For people: "proxy.corp.example:3128".
    std::string variable;  ///< The variable that names it: "https_proxy".
    bool over_tls = false;
};

/// The proxy for a host (in URL form) according to https_proxy, http_proxy, all_proxy and no_proxy, or the same in
/// capitals, which count only if the lower-case one is not set. None for loopback and the metadata services, which no
/// proxy can reach and none may see.
[[nodiscard]] std::optional<Proxy> proxy_for(std::string_view scheme, std::string_view host);

/// Whether `no_proxy` covers the host: "*", names, which match all subdomains with or without a leading dot, addresses
/// and networks (10.0.0.0/8), separated by commas or whitespace.
[[nodiscard]] bool is_named_by(std::string_view no_proxy, std::string_view host);

}  // namespace doze::http
