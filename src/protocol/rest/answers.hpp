#pragma once

#include "base/result.hpp"
#include "protocol/rest/web_request.hpp"

namespace doze::rest {

/// The status of HTTP that an error has. Each code of the protocol has its own, and keeps it.
[[nodiscard]] unsigned status_of(ErrorCode code);

/// {"error": CODE, "message": TEXT}
[[nodiscard]] WebReply refusal(unsigned status, const Error& error);
[[nodiscard]] inline WebReply refusal(const Error& error) {
    return refusal(status_of(error.code), error);
}

}  // namespace doze::rest
