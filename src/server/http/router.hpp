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

/// A request's target, decoded: any bytes.
struct WebTarget {
    std::vector<std::string> path;  ///< "/a/b%2Fc" is {"a", "b/c"}; "/" is empty.
    std::vector<std::pair<std::string, std::string>> query;
};

/// Reads "/path?query". None where it is something else, or badly encoded.
[[nodiscard]] std::optional<WebTarget> parse_target(std::string_view text);

/// The rows of everything that is answered over HTTP, by their paths.
class Router {
   public:
    using Path = std::vector<std::string>;

    /// Of two rows with one method and path the first answers.
    explicit Router(std::vector<rest::Route> routes);

    /// The rows of a path, one for each method: those of the path itself, else those of the longest "/.../*" above it.
    /// None where nothing is.
    [[nodiscard]] std::span<const rest::Route> rows(const Path& path) const;

   private:
    using Rows = std::map<Path, std::vector<rest::Route>>;

    Rows exact_;
    Rows below_;  ///< By what stands before the "*".
};

/// The row of a method; none where there is none.
[[nodiscard]] const rest::Route* row_for(std::string_view method, std::span<const rest::Route> rows);

/// Why no row answers: 404 where there are none, else 405 with the methods that have one.
[[nodiscard]] rest::WebReply no_row(std::span<const rest::Route> rows);

/// What the web server answers by itself: the page with its files, "/healthz", and who comes to "/ws" without a
/// WebSocket.
[[nodiscard]] std::vector<rest::Route> own_routes();

}  // namespace doze::server
