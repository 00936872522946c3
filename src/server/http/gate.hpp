#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace doze::server {

/// The address of a web server, and the foreign pages that may use it.
struct WebSite {
    bool on_loopback = true;
    bool tls = false;
    std::uint16_t port = 0;
    std::vector<std::string> allowed_origins = {};  ///< "https://host:port", in the form of browsers.
};

/// The parts of a Host header; views into it.
struct Authority {
    std::string_view host;  ///< With the brackets of an IPv6 address; never empty.
    std::optional<std::uint16_t> port;
};

/// Parses "host", "host:port", "[::1]:port". Empty for anything else.
[[nodiscard]] std::optional<Authority> parse_authority(std::string_view text);

/// "localhost", or a literal loopback address: names that no foreign DNS server can point elsewhere.
[[nodiscard]] bool is_loopback_name(std::string_view host);

/// Checks that a request comes from doze's own page, a program or an allowed page: a foreign page can reach doze
/// through the browser, by its address or by a host name of its own that it points there (DNS rebinding).
class WebGate {
   public:
    explicit WebGate(WebSite site) : site_(std::move(site)) {}

    /// On loopback, the host must be a loopback name with the server's port. Elsewhere the token decides, and any host
    /// is accepted. Fails with `unauthorized`.
    [[nodiscard]] Result<void> check_host(std::string_view host) const;

    /// An `Origin` must be allowed, or this server's own, which was addressed as `host`. Fails with `unauthorized`.
    [[nodiscard]] Result<void> check_origin(std::string_view origin, std::string_view host) const;

    /// Whether settings.json allows this page.
    [[nodiscard]] bool is_allowed_origin(std::string_view origin) const;

    [[nodiscard]] const WebSite& site() const { return site_; }
    [[nodiscard]] std::string_view scheme() const { return site_.tls ? "https" : "http"; }

   private:
    [[nodiscard]] bool is_own(const Authority& authority) const;

    WebSite site_;
};

}  // namespace doze::server
