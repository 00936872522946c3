#include "cloud/aws/errors.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstring>
#include <fmt/format.h>
#include <map>
#include <pugixml.hpp>
#include <string_view>

namespace doze::cloud::aws {

namespace {

/// What a code of AWS means to doze.
enum class Meaning {
    throttled,
    transient,
    in_transit,
    capacity,
    quota,
    bad_credentials,
    wrong_signature,
    expired,
    wrong_clock,
    denied,
    not_found,
    malformed,
    protected_from_stop,
    other,
};

// Throttling and transient: botocore/retries/standard.py. The rest: the error tables of the EC2, ECS, EKS,
// Application Auto Scaling and STS API references, and the common errors of AWS.
const std::map<std::string_view, Meaning>& meanings() {
    using enum Meaning;
    static const std::map<std::string_view, Meaning> table{
        {"Throttling", throttled},
        {"ThrottlingException", throttled},
        {"ThrottledException", throttled},
        {"RequestThrottled", throttled},
        {"RequestThrottledException", throttled},
        {"TooManyRequestsException", throttled},
        {"ProvisionedThroughputExceededException", throttled},
        {"TransactionInProgressException", throttled},
        {"RequestLimitExceeded", throttled},
        {"BandwidthLimitExceeded", throttled},
        {"LimitExceededException", throttled},
        {"SlowDown", throttled},
        {"EC2ThrottledException", throttled},
        {"PriorRequestNotComplete", transient},
        {"RequestTimeout", transient},
        {"RequestTimeoutException", transient},
        {"InternalError", transient},
        {"InternalFailure", transient},
        {"InternalServiceException", transient},
        {"ServerException", transient},
        {"Unavailable", transient},
        {"ServiceUnavailable", transient},
        {"ServiceUnavailableException", transient},
        {"ConcurrentUpdateException", transient},
        {"IncorrectInstanceState", in_transit},
        {"IncorrectState", in_transit},
        {"IncorrectSpotRequestState", in_transit},
        {"ResourceInUseException", in_transit},
        {"ResourceContention", in_transit},
        {"ScalingActivityInProgress", in_transit},
        {"InsufficientInstanceCapacity", capacity},
        {"InsufficientHostCapacity", capacity},
        {"InsufficientReservedInstanceCapacity", capacity},
        {"InsufficientCapacity", capacity},
        {"InsufficientCapacityOnHost", capacity},
        {"ReservationCapacityExceeded", capacity},
        {"UnfulfillableCapacity", capacity},
        {"InstanceLimitExceeded", quota},
        {"VcpuLimitExceeded", quota},
        {"MaxSpotInstanceCountExceeded", quota},
        {"AuthFailure", bad_credentials},
        {"InvalidClientTokenId", bad_credentials},
        {"UnrecognizedClientException", bad_credentials},
        {"MissingAuthenticationToken", bad_credentials},
        {"MissingAuthenticationTokenException", bad_credentials},
        {"IncompleteSignature", wrong_signature},
        {"IncompleteSignatureException", wrong_signature},
        {"SignatureDoesNotMatch", wrong_signature},
        {"InvalidSignatureException", wrong_signature},
        {"ExpiredToken", expired},
        {"ExpiredTokenException", expired},
        {"RequestExpired", wrong_clock},
        {"RequestTimeTooSkewed", wrong_clock},
        {"UnauthorizedOperation", denied},
        {"AccessDenied", denied},
        {"AccessDeniedException", denied},
        {"NotAuthorized", denied},
        {"InvalidInstanceID.NotFound", not_found},
        {"ClusterNotFoundException", not_found},
        {"ServiceNotFoundException", not_found},
        {"ServiceNotActiveException", not_found},
        {"ResourceNotFoundException", not_found},
        {"ObjectNotFoundException", not_found},
        {"InvalidInstanceID.Malformed", malformed},
        {"OperationNotPermitted", protected_from_stop},
    };
    return table;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

Meaning meaning_of(const Refusal& refusal, int status) {
    const auto found = meanings().find(refusal.code);
    Meaning meaning = found == meanings().end() ? Meaning::other : found->second;
    // A signature that came too late has the code of a wrong one.
    const bool late = contains(refusal.message, "Signature expired") || contains(refusal.message, "not yet current");
    if (meaning == Meaning::wrong_signature && late) meaning = Meaning::wrong_clock;
    if (meaning == Meaning::protected_from_stop && !contains(refusal.message, "disableApi")) meaning = Meaning::other;
    // EKS has this code for a node group in transit, but also for much else.
    const bool busy = contains(refusal.message, "in progress") || contains(refusal.message, "UPDATING") ||
                      contains(refusal.message, "not in Active") || contains(refusal.message, "not in ACTIVE");
    if (refusal.code == "InvalidRequestException" && busy) meaning = Meaning::in_transit;
    if (meaning == Meaning::other && status == 429) meaning = Meaning::throttled;
    if (meaning == Meaning::other && (status == 500 || (status >= 502 && status <= 504))) meaning = Meaning::transient;
    return meaning;
}

/// One line that can be logged. AWS's encoded details are of no use to people.
std::string tidy(std::string_view text) {
    constexpr std::size_t longest = 400;
    text = text.substr(0, text.find("Encoded authorization failure message"));
    std::string line;
    for (const char c : text) {
        const bool blank = static_cast<unsigned char>(c) <= ' ';
        if (!blank) line += c;
        if (blank && !line.empty() && line.back() != ' ') line += ' ';
    }
    if (line.size() > longest) {
        line.resize(longest);
        // Not in the middle of a character of UTF-8.
        while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0U) == 0x80U) line.pop_back();
        if (!line.empty() && (static_cast<unsigned char>(line.back()) & 0x80U) != 0) line.pop_back();
    }
    while (!line.empty() && (line.back() == ' ' || line.back() == '.')) line.pop_back();
    return line;
}

/// "com.amazonaws.ecs#ClusterNotFoundException:http://..." is the code ClusterNotFoundException.
std::string plain_code(std::string_view text) {
    text = text.substr(0, text.find(':'));
    if (const auto hash = text.rfind('#'); hash != std::string_view::npos) text.remove_prefix(hash + 1);
    // Nothing but a word is a code; this keeps a garbled answer out of messages.
    const bool word = std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    });
    return word && text.size() <= 100 ? std::string(text) : std::string();
}

Refusal parse_xml(const std::string& body) {
    pugi::xml_document document;
    if (!document.load_buffer(body.data(), body.size())) return {};
    const auto error = document.find_node(
        [](const pugi::xml_node& node) { return std::strcmp(node.name(), "Error") == 0 && node.child("Code"); });
    return {plain_code(error.child_value("Code")), tidy(error.child_value("Message"))};
}

Refusal parse_json(const std::string& body) {
    boost::system::error_code bad;
    const auto value = boost::json::parse(body, bad);
    const auto* object = bad ? nullptr : value.if_object();
    if (object == nullptr) return {};
    const auto text = [object](std::initializer_list<const char*> keys) -> std::string_view {
        for (const char* key : keys) {
            const auto* member = object->if_contains(key);
            const auto* found = member != nullptr ? member->if_string() : nullptr;
            if (found != nullptr) return *found;
        }
        return {};
    };
    return {plain_code(text({"__type", "code", "Code"})), tidy(text({"message", "Message", "errorMessage"}))};
}

std::string header(const ports::HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) return value;
    }
    return {};
}

Error explain(Meaning meaning, const Call& call, const std::string& what) {
    const std::string region = call.region.str();
    switch (meaning) {
        case Meaning::throttled:
            return {.code = ErrorCode::throttled,
                    .message = what,
                    .next_step = "Too many requests for this account and region; doze tries again later.",
                    .recovery = Recovery::retry};
        case Meaning::transient:
            return {.code = ErrorCode::aws_error,
                    .message = what,
                    .next_step = "A fault at AWS; doze tries again.",
                    .recovery = Recovery::retry};
        case Meaning::in_transit:
            return {.code = ErrorCode::aws_error,
                    .message = what,
                    .next_step = "It is changing its state; doze looks again and then acts.",
                    .recovery = Recovery::wait};
        case Meaning::capacity:
            return {.code = ErrorCode::aws_error,
                    .message = what,
                    .next_step = "AWS has no room for this instance type in its zone right now; doze goes on trying.",
                    .recovery = Recovery::capacity};
        case Meaning::quota:
            return {.code = ErrorCode::aws_error,
                    .message = what,
                    .next_step =
                        "A quota of the account is used up: stop something else, or ask for more under "
                        "Service Quotas. doze goes on trying.",
                    .recovery = Recovery::capacity};
        case Meaning::bad_credentials:
            return {.code = ErrorCode::no_credentials,
                    .message = what,
                    .next_step =
                        "Check with `aws sts get-caller-identity` that the access key is still active, and "
                        "that the region " +
                        region + " is enabled for the account."};
        case Meaning::wrong_signature:
            return {.code = ErrorCode::no_credentials,
                    .message = what,
                    .next_step =
                        "The secret access key does not belong to the access key ID: run `aws configure` "
                        "again, or correct AWS_SECRET_ACCESS_KEY."};
        case Meaning::expired:
            return {.code = ErrorCode::no_credentials,
                    .message = what,
                    .next_step = "Sign in again, for example with `aws sso login`."};
        case Meaning::wrong_clock:
            return {
                .code = ErrorCode::aws_error,
                .message = what,
                .next_step = "This machine's clock differs too much from AWS's: `timedatectl set-ntp true` sets it."};
        case Meaning::denied:
            return {.code = ErrorCode::access_denied,
                    .message = what,
                    .next_step = "Allow the IAM action " + call.iam_action + " for these credentials."};
        case Meaning::not_found:
            return {.code = ErrorCode::not_found,
                    .message = what,
                    .next_step = "Check the name and the region; unregister it if it is gone for good."};
        case Meaning::malformed:
            return {.code = ErrorCode::bad_request, .message = what, .next_step = "Correct the name."};
        case Meaning::protected_from_stop:
            return {
                .code = ErrorCode::guarded,
                .message = what,
                .next_step = "Stop protection is on: unregister it, or take the protection off in the EC2 console."};
        case Meaning::other: break;
    }
    return {.code = ErrorCode::aws_error, .message = what};
}

/// What AWS said, as part of a sentence. Where signatures differ AWS repeats the whole request, with the
/// session token, so that text goes nowhere.
std::string words_of(Meaning meaning, const Call& call, const Refusal& refusal) {
    if (meaning == Meaning::wrong_signature) return "the signature is wrong";
    if (meaning == Meaning::denied && !contains(refusal.message, call.iam_action)) {
        return fmt::format("{} is not allowed{}{}", call.iam_action, refusal.message.empty() ? "" : ": ",
                           refusal.message);
    }
    return refusal.message;
}

Error error_of_stranger(const Call& call, int status) {
    Error error{.code = ErrorCode::aws_error,
                .message = fmt::format("{} in {} was answered with HTTP {}, and with no error of AWS's.",
                                       call.operation, call.region.str(), status),
                .next_step = "Check AWS_ENDPOINT_URL and the proxy: something other than AWS may answer there."};
    if (status == 429) {
        error.code = ErrorCode::throttled;
        error.recovery = Recovery::retry;
    } else if (status >= 500) {
        error.recovery = Recovery::retry;
    } else if (status == 403 && !call.iam_action.empty()) {
        error.code = ErrorCode::access_denied;
        error.next_step = "Allow the IAM action " + call.iam_action + " for these credentials. " + error.next_step;
    }
    return error;
}

}  // namespace

Refusal parse_refusal(const ports::HttpResponse& response) {
    const auto first = response.body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    const char begin = first == std::string::npos ? '\0' : response.body[first];
    Refusal refusal;
    if (begin == '<') refusal = parse_xml(response.body);
    if (begin == '{') refusal = parse_json(response.body);
    if (auto code = plain_code(header(response, "x-amzn-errortype")); !code.empty()) refusal.code = std::move(code);
    return refusal;
}

Error error_of(const Call& call, const ports::HttpResponse& response) {
    const Refusal refusal = parse_refusal(response);
    if (refusal.code.empty()) return error_of_stranger(call, response.status);

    const Meaning meaning = meaning_of(refusal, response.status);
    const std::string words = words_of(meaning, call, refusal);
    const std::string said = words.empty() ? refusal.code : fmt::format("{} ({})", words, refusal.code);
    Error error =
        explain(meaning, call, fmt::format("AWS refused {} in {}: {}.", call.operation, call.region.str(), said));
    error.aws_code = refusal.code;
    return error;
}

}  // namespace doze::cloud::aws
