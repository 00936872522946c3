#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/rest/web_request.hpp"

namespace doze::server {

/// A decoded request target; may contain any bytes.
struct WebTarget {
    std::vector<std::string> path;  ///< "/a/b%2Fc" is {"a", "b/c"}; "/" is empty.
    std::vector<std::pair<std::string, std::string>> query;
};

/// Parses "/path?query". Empty if it is anything else, or badly encoded.
[[nodiscard]] std::optional<WebTarget> parse_target(std::string_view text);

/// The routes of the HTTP server, by path.
class Router {
   public:
    using Path = std::vector<std::string>;

    /// If two routes have the same method and path, the first one is used.
    explicit Router(std::vector<rest::Route> routes);

    /// The routes of a path, one for each method: those of the path itself, else those of the longest matching
    /// "/.../*". Empty if there are none.
    [[nodiscard]] std::span<const rest::Route> rows(const Path& path) const;

   private:
    using Rows = std::map<Path, std::vector<rest::Route>>;

    Rows exact_;
    Rows below_;  ///< By the path before the "*".
};

/// The route for a method; null if there is none.
[[nodiscard]] const rest::Route* row_for(std::string_view method, std::span<const rest::Route> rows);

/// The response if no route matches: 404 if the path has none, else 405 with the methods that it has.
[[nodiscard]] rest::WebReply no_row(std::span<const rest::Route> rows);

/// The server's own routes: the page with its files, "/healthz", and the error for a request to "/ws" that does not
/// open a WebSocket.
[[nodiscard]] std::vector<rest::Route> own_routes();

}  // namespace doze::server
