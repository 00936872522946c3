#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "protocol/rest/web_request.hpp"

namespace doze::server {

/// What a reply's head says besides the reply.
struct HeadContext {
    bool keep_alive = true;
    std::string_view allowed_origin = {};  ///< The Origin of the request, if it passed the gate.
};

/// The lines of a reply before its body, with the empty one. A header with control characters is left out.
[[nodiscard]] std::string http_head(const rest::WebReply& reply, const HeadContext& context);

/// The answer to a preflight: what an allowed page may send.
[[nodiscard]] rest::WebReply preflight_reply();

/// An error in the form that a text command's has.
[[nodiscard]] rest::WebReply web_error(unsigned status, const Error& error);

}  // namespace doze::server
