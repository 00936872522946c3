#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace doze::server {

/// Where a web server is, and who besides its own pages may use it from a browser.
struct WebSite {
    bool on_loopback = true;
    bool tls = false;
    std::uint16_t port = 0;
    std::vector<std::string> allowed_origins = {};  ///< "https://host:port", as browsers write them.
};

/// The Host of a request, taken apart. Views into it.
struct Authority {
    std::string_view host;  ///< With the brackets of an IPv6 address; never empty.
    std::optional<std::uint16_t> port;
};

/// Reads "host", "host:port", "[::1]:port". None for anything else.
[[nodiscard]] std::optional<Authority> parse_authority(std::string_view text);

/// "localhost", or the literal of a loopback address: what no foreign name server can point elsewhere.
[[nodiscard]] bool is_loopback_name(std::string_view host);

/// Whether a request is one that doze's own page, a program or an allowed page sent: a page from elsewhere can reach
/// doze through the browser, by its address or by a name of its own that it points there (DNS rebinding).
class WebGate {
   public:
    explicit WebGate(WebSite site) : site_(std::move(site)) {}

    /// On loopback the host must be a loopback name with the server's port. Elsewhere a token tells who comes, and any
    /// host will do. `unauthorized`.
    [[nodiscard]] Result<void> check_host(std::string_view host) const;

    /// An `Origin` must be allowed, or of this server, which was asked as `host`. `unauthorized`.
    [[nodiscard]] Result<void> check_origin(std::string_view origin, std::string_view host) const;

    /// Whether it is a page that settings.json names.
    [[nodiscard]] bool is_allowed_origin(std::string_view origin) const;

    [[nodiscard]] const WebSite& site() const { return site_; }
    [[nodiscard]] std::string_view scheme() const { return site_.tls ? "https" : "http"; }

   private:
    [[nodiscard]] bool is_own(const Authority& authority) const;

    WebSite site_;
};

}  // namespace doze::server
