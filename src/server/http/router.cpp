#include "server/http/router.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include "protocol/rest/api.hpp"
#include "server/http/assets.hpp"
#include "server/http/framing.hpp"

namespace doze::server {
namespace {

/// "/a/b" is {"a", "b"}.
Router::Path split(std::string_view path) {
    Router::Path parts;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto part = path.substr(0, path.find('/'));
        if (!part.empty()) parts.emplace_back(part);
        path.remove_prefix(part.size());
    }
    return parts;
}

}  // namespace

std::optional<WebTarget> parse_target(std::string_view text) {
    const auto url = boost::urls::parse_origin_form({text.data(), text.size()});
    if (!url) return std::nullopt;
    WebTarget target;
    for (const auto segment : url->segments()) target.path.emplace_back(segment);
    if (!target.path.empty() && target.path.back().empty()) target.path.pop_back();  // "/a/" is "/a".
    for (const auto param : url->params()) target.query.emplace_back(param.key, param.value);
    return target;
}

Router::Router(std::vector<rest::Route> routes) {
    for (auto& route : routes) {
        auto path = split(route.path);
        const bool is_wide = !path.empty() && path.back() == "*";
        if (is_wide) path.pop_back();
        (is_wide ? below_ : exact_)[std::move(path)].push_back(std::move(route));
    }
}

std::span<const rest::Route> Router::rows(const Path& path) const {
    if (const auto found = exact_.find(path); found != exact_.end()) return found->second;
    for (auto above = path; !above.empty();) {
        above.pop_back();
        if (const auto found = below_.find(above); found != below_.end()) return found->second;
    }
    return {};
}

const rest::Route* row_for(std::string_view method, std::span<const rest::Route> rows) {
    const auto found = std::ranges::find(rows, method, &rest::Route::method);
    return found == rows.end() ? nullptr : &*found;
}

rest::WebReply no_row(std::span<const rest::Route> rows) {
    if (rows.empty())
        return rest::refusal({.code = ErrorCode::not_found,
                              .message = "There is nothing here. /api/v1/openapi.json says what there is."});
    std::string allowed;
    for (const auto& row : rows) allowed.append(row.method).append(row.method == "GET" ? ", HEAD, " : ", ");
    allowed += "OPTIONS";
    Error error{.code = ErrorCode::bad_request, .message = fmt::format("Only {} work here.", allowed)};
    auto reply = rows.front().is_public ? web_error(405, error) : rest::refusal(405, error);
    reply.headers.emplace_back("Allow", std::move(allowed));
    return reply;
}

std::vector<rest::Route> own_routes() {
    auto routes = asset_routes();
    routes.push_back({.method = "GET",
                      .path = "/healthz",
                      .handler = [](const rest::WebRequest&, const auto& reply,
                                    const auto&) { reply({.body = R"({"status":"ok"})"}); },
                      .is_public = true});
    routes.push_back({.method = "GET",
                      .path = "/ws",
                      .handler =
                          [](const rest::WebRequest&, const auto& reply, const auto&) {
                              auto refused = web_error(426, {.code = ErrorCode::bad_request,
                                                             .message = "Only WebSockets are answered here."});
                              refused.headers.emplace_back("Upgrade", "websocket");
                              reply(std::move(refused));
                          },
                      .is_public = true});
    return routes;
}

}  // namespace doze::server
