#include "server/http/assets.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>

#include "base/text.hpp"

namespace doze::server {
namespace {

/// A page may load only what doze serves: neither inline code nor anything from elsewhere.
constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Removes and returns the next element of an HTTP list.
std::string_view next_element(std::string_view& list) {
    auto element = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), element.size() + 1));
    element.remove_prefix(std::min(element.size(), element.find_first_not_of(" \t")));
    return element.substr(0, element.find_last_not_of(" \t") + 1);
}

/// Whether an If-None-Match contains the tag (RFC 9110, 13.1.2).
bool names(std::string_view if_none_match, std::string_view tag) {
    if (if_none_match == "*") return true;
    while (!if_none_match.empty()) {
        auto element = next_element(if_none_match);
        if (element.starts_with("W/")) element.remove_prefix(2);
        if (element == tag) return true;
    }
    return false;
}

std::string with_language(std::string_view bytes, std::string_view language) {
    constexpr std::string_view mark = "{{language}}";
    std::string text(bytes);
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + language.size()))
        text.replace(at, mark.size(), language);
    return text;
}

}  // namespace

std::string_view page_language(std::string_view accept_language) {
    while (!accept_language.empty()) {
        const auto name = lower_case(next_element(accept_language).substr(0, 2));
        if (name == "ko") return "ko";
        if (name == "en") return "en";
    }
    return "en";
}

rest::WebReply asset_reply(const Asset& asset, const rest::WebRequest& request) {
    const bool is_page = asset.media_type.starts_with("text/html");
    const auto language = is_page ? page_language(request.accept_language) : std::string_view();
    const auto tag = fmt::format("\"{}{}\"", asset.hash, language);
    rest::WebReply reply{.content_type = std::string(asset.media_type),
                         .headers = {{"ETag", tag},
                                     {"Cache-Control", "no-cache"},  // Cached, but revalidated each time.
                                     {"Content-Security-Policy", std::string(page_policy)}}};
    if (is_page) {
        reply.headers.emplace_back("Content-Language", language);
        reply.headers.emplace_back("Vary", "Accept-Language");
    }
    if (names(request.if_none_match, tag)) {
        reply.status = 304;
    } else {
        reply.body = is_page ? with_language(asset.bytes, language) : std::string(asset.bytes);
    }
    return reply;
}

std::vector<rest::Route> asset_routes() {
    std::vector<rest::Route> routes;
    for (const auto& asset : assets())
        routes.push_back({.method = "GET",
                          .path = asset.path == "index.html" ? "/" : fmt::format("/{}", asset.path),
                          .handler = [&asset](const rest::WebRequest& request, const auto& reply,
                                              const auto&) { reply(asset_reply(asset, request)); },
                          .is_public = true});
    return routes;
}

}  // namespace doze::server
