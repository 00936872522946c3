#include "server/http/built_in.hpp"

#include <fmt/format.h>
#include <string>

#include "commands/message.hpp"
#include "server/http/http_head.hpp"
#include "server/http/page.hpp"

namespace doze::server {
namespace {

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

commands::WebReply only_get() {
    auto reply = web_error(405, {.code = ErrorCode::bad_request, .message = "Only GET and HEAD work here."});
    reply.headers.emplace_back("Allow", "GET, HEAD, OPTIONS");
    return reply;
}

commands::WebReply only_websocket() {
    auto reply = web_error(426, {.code = ErrorCode::bad_request, .message = "Only WebSockets are answered here."});
    reply.headers.emplace_back("Upgrade", "websocket");
    return reply;
}

}  // namespace

std::optional<commands::WebReply> built_in_reply(std::string_view method, const WebTarget& target,
                                                 std::string_view accept_language) {
    const auto& path = target.path;
    const bool is_page = path.empty();
    const bool is_health = path.size() == 1 && path[0] == "healthz";
    const bool is_websocket = path.size() == 1 && path[0] == "ws";
    if (!is_page && !is_health && !is_websocket) return std::nullopt;
    if (method != "GET") return only_get();
    if (is_websocket) return only_websocket();
    if (is_health) return commands::WebReply{.body = R"({"status":"ok"})"};
    return page_reply(page_language(accept_language));
}

commands::WebReply page_reply(std::string_view language) {
    const auto nonce = commands::fresh_id();
    std::string page(page_html);
    replace_all(page, "{{nonce}}", nonce);
    replace_all(page, "{{language}}", language);
    return {.content_type = "text/html; charset=utf-8",
            .body = std::move(page),
            .headers = {{"Content-Language", std::string(language)},
                        {"Vary", "Accept-Language"},
                        {"Content-Security-Policy",
                         fmt::format("default-src 'none'; script-src 'nonce-{0}'; style-src 'nonce-{0}'; "
                                     "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
                                     "frame-ancestors 'none'",
                                     nonce)}}};
}

}  // namespace doze::server
