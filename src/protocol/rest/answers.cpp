#include "protocol/rest/answers.hpp"

#include "protocol/envelope.hpp"

namespace doze::rest {
unsigned status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::bad_request: return 400;
        case ErrorCode::unauthorized: return 401;
        case ErrorCode::access_denied: return 403;
        case ErrorCode::unknown_command:
        case ErrorCode::not_found:
        case ErrorCode::not_registered: return 404;
        case ErrorCode::guarded:
        case ErrorCode::already_registered:
        case ErrorCode::other_account: return 409;
        case ErrorCode::too_large: return 413;
        case ErrorCode::throttled:
        case ErrorCode::rate_limited: return 429;
        case ErrorCode::aws_error: return 502;
        case ErrorCode::no_credentials: return 503;
        case ErrorCode::internal: return 500;
    }
    return 500;
}

WebReply refusal(unsigned status, const Error& error) {
    WebReply reply{.status = status};
    protocol::write_error(reply.body, {.form = protocol::ReplyForm::bare}, error);
    return reply;
}

}  // namespace doze::rest
