#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "core/model/time.hpp"

namespace doze::ports {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    HttpHeaders headers;
    std::string body;
    core::Duration connect_timeout = std::chrono::seconds(5);
    core::Duration total_timeout = std::chrono::seconds(60);
    std::string ca_file = {};  ///< PEM file of trusted certificates, instead of the usual ones; empty: those.
    bool direct = false;       ///< Ignores the proxies of the environment.
};

/// Every status is a success at this level; the caller interprets a 4xx.
struct HttpResponse {
    int status = 0;
    HttpHeaders headers;  ///< Names in lower case.
    std::string body;

    /// A kept connection broke before any answer and the request was sent again on a new one, so it may have been
    /// carried out twice.
    bool repeated = false;

    /// The first header of this name; empty if there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const {
        for (const auto& [key, value] : headers)
            if (key == name) return value;
        return {};
    }
};

/// Sends one request, on the loop. Then wipes from memory the request, and any part of the response
/// that the caller did not take: both may hold secrets. Fails only for network errors
/// (Recovery::retry): no such host, refused, reset, timed out, cut short. Connections are kept alive
/// and reused.
class HttpClient {
   public:
    virtual ~HttpClient() = default;
    virtual boost::asio::awaitable<Result<HttpResponse>> send(HttpRequest request) = 0;
};

}  // namespace doze::ports
