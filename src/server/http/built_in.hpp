#pragma once

#include <optional>
#include <string_view>

#include "protocol/rest/web_request.hpp"
#include "server/http/target.hpp"

namespace doze::server {

/// What the web server answers by itself: the page at "/", "/healthz", and who comes to "/ws" without a WebSocket.
[[nodiscard]] std::optional<commands::WebReply> built_in_reply(std::string_view method, const WebTarget& target,
                                                               std::string_view accept_language);

/// The page in "en" or "ko". Its script has the nonce that the policy in its headers names.
[[nodiscard]] commands::WebReply page_reply(std::string_view language);

}  // namespace doze::server
