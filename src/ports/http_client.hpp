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
    std::string ca_file = {};  ///< PEM file of trusted certificates, in place of the usual ones; empty: those.
    bool direct = false;       ///< Through no proxy, whatever the environment says.
};

/// Any status is a successful exchange at this level; what a 4xx means is for the caller to read.
struct HttpResponse {
    int status = 0;
    HttpHeaders headers;  ///< Names in lower case.
    std::string body;

    /// A kept connection broke before any answer, and the request was sent again on a new one: it may have been carried
    /// out twice.
    bool repeated = false;

    /// The first header of this name; empty where there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const {
        for (const auto& [key, value] : headers)
            if (key == name) return value;
        return {};
    }
};

/// Carries one request over, on the loop, and wipes what was sent, and what of the answer was not taken, from memory:
/// it may hold secrets.
/// Errors are those of the network only (Recovery::retry): no such host, refused, reset, timed out, cut short.
/// Connections are kept and reused.
class HttpClient {
   public:
    virtual ~HttpClient() = default;
    virtual boost::asio::awaitable<Result<HttpResponse>> send(HttpRequest request) = 0;
};

}  // namespace doze::ports
