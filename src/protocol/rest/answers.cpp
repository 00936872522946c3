#include "protocol/rest/answers.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "commands/json_writer.hpp"

namespace doze::rest {
namespace json = boost::json;
namespace {

ErrorCode code_of(std::string_view name) {
    for (int i = 0; i < static_cast<int>(ErrorCode::internal); ++i)
        if (to_string(static_cast<ErrorCode>(i)) == name) return static_cast<ErrorCode>(i);
    return ErrorCode::internal;
}

/// The content of an answer as its JSON text. The envelope is doze's own: `content` is its last member, and no member
/// before holds that word.
std::string_view content_of(std::string_view answer) {
    constexpr std::string_view mark = R"("content":)";
    const auto at = answer.find(mark) + mark.size();
    return answer.substr(at, answer.size() - at - 1);
}

bool is_refusal(std::string_view answer) {
    return answer.substr(0, answer.find(R"("content":)")).find(R"("type":"ERROR")") != std::string_view::npos;
}

}  // namespace

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

WebReply refusal(unsigned status, ErrorCode code, std::string_view message) {
    std::string body;
    commands::JsonWriter writer(body);
    writer.begin_object();
    writer.member("error", to_string(code));
    writer.member("message", message);
    writer.end_object();
    return {.status = status, .body = std::move(body)};
}

WebReply from_answer(std::string_view answer, std::string_view member) {
    const auto content = content_of(answer);
    if (is_refusal(answer)) {
        const auto value = json::parse(content);
        const auto& error = value.at("error").as_string();
        const auto& message = value.at("message").as_string();
        const auto code = code_of({error.data(), error.size()});
        return refusal(status_of(code), code, {message.data(), message.size()});
    }
    if (member.empty()) return {.body = std::string(content)};
    return {.body = commands::with_escapes(json::serialize(json::parse(content).at(member)))};
}

}  // namespace doze::rest
