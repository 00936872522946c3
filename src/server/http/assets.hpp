#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "protocol/rest/web_request.hpp"

namespace doze::server {

/// An embedded file of web/.
struct Asset {
    std::string_view path;  ///< Relative to web/: "style.css".
    std::string_view media_type;
    std::string_view hash;  ///< Hash of the content, in hexadecimal digits.
    std::string_view bytes;
};

/// All files of web/. Generated at build time by cmake/embed.cmake: a new file needs no further line.
[[nodiscard]] std::span<const Asset> assets();

/// The file as a response, or 304 if the client has it already (If-None-Match). In HTML files {{language}} is replaced
/// by the client's language.
[[nodiscard]] rest::WebReply asset_reply(const Asset& asset, const rest::WebRequest& request);

/// A route for each file: index.html at "/", the others at their own paths.
[[nodiscard]] std::vector<rest::Route> asset_routes();

/// The first language in Accept-Language that the page supports: "en" or "ko".
[[nodiscard]] std::string_view page_language(std::string_view accept_language);

}  // namespace doze::server
