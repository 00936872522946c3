#include "base/result.hpp"

#include <stdexcept>

namespace doze {

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::bad_request: return "BAD_REQUEST";
        case ErrorCode::unknown_command: return "UNKNOWN_COMMAND";
        case ErrorCode::not_found: return "NOT_FOUND";
        case ErrorCode::guarded: return "GUARDED";
        case ErrorCode::not_registered: return "NOT_REGISTERED";
        case ErrorCode::already_registered: return "ALREADY_REGISTERED";
        case ErrorCode::other_account: return "OTHER_ACCOUNT";
        case ErrorCode::no_credentials: return "NO_CREDENTIALS";
        case ErrorCode::access_denied: return "ACCESS_DENIED";
        case ErrorCode::throttled: return "THROTTLED";
        case ErrorCode::aws_error: return "AWS_ERROR";
        case ErrorCode::unauthorized: return "UNAUTHORIZED";
        case ErrorCode::rate_limited: return "RATE_LIMITED";
        case ErrorCode::too_large: return "TOO_LARGE";
        case ErrorCode::internal: return "INTERNAL";
    }
    return "INTERNAL";
}

Error Error::within(std::string_view context) const {
    Error wider = *this;
    wider.message = std::string(context) + ": " + message;
    return wider;
}

std::string Error::text() const {
    return next_step.empty() ? message : message + " " + next_step;
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
    throw std::logic_error("unchecked error at " + where.to_string() + ": " + error.message);
}

}  // namespace doze
