#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "protocol/rest/web_request.hpp"

namespace doze::server {

/// A file of web/, built in.
struct Asset {
    std::string_view path;  ///< Below web/: "style.css".
    std::string_view media_type;
    std::string_view hash;  ///< Of the bytes, in hexadecimal digits.
    std::string_view bytes;
};

/// All files of web/. cmake/embed.cmake writes this when doze is built: a new file needs no line anywhere.
[[nodiscard]] std::span<const Asset> assets();

/// The file as a reply, or 304 where the client has it already (If-None-Match). In HTML files {{language}} becomes the
/// language that the client asks for.
[[nodiscard]] rest::WebReply asset_reply(const Asset& asset, const rest::WebRequest& request);

/// A row for each: index.html at "/", the others at their own paths.
[[nodiscard]] std::vector<rest::Route> asset_routes();

/// The first language of an Accept-Language that doze's page speaks: "en" or "ko".
[[nodiscard]] std::string_view page_language(std::string_view accept_language);

}  // namespace doze::server
