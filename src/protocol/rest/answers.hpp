#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "protocol/rest/web_request.hpp"

namespace doze::rest {

/// The status of HTTP that an error has. Each code of the protocol has its own, and keeps it.
[[nodiscard]] unsigned status_of(ErrorCode code);

/// {"error": CODE, "message": TEXT}
[[nodiscard]] WebReply refusal(unsigned status, ErrorCode code, std::string_view message);
[[nodiscard]] inline WebReply refusal(const Error& error) {
    return refusal(status_of(error.code), error.code, error.text());
}

/// What a command's answer in the JSON form is over HTTP: its content, or one member of it; a refusal with its status.
[[nodiscard]] WebReply from_answer(std::string_view answer, std::string_view member);

}  // namespace doze::rest
