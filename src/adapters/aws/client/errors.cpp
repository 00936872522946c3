#include "adapters/aws/client/errors.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <pugixml.hpp>
#include <string_view>
#include <utility>

#include "adapters/aws/client/error_codes.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace doze::aws {

namespace {

struct Advice {
    ErrorCode code = ErrorCode::aws_error;
    std::string next_step = {};
    Recovery recovery = Recovery::tell;
};

Advice advice_for(Meaning meaning, const Call& call, const Refusal& refusal) {
    using enum Meaning;
    switch (meaning) {
        case throttled:
            return {.code = ErrorCode::throttled,
                    .next_step = "Too many requests for this account and region; doze tries again later.",
                    .recovery = Recovery::retry};
        case transient: return {.next_step = "A fault at AWS; doze tries again.", .recovery = Recovery::retry};
        case in_transit: return {.next_step = what_holds_it(refusal), .recovery = Recovery::wait};
        case capacity:
            return {.next_step = call.service == "eks"
                                     ? "AWS could not start the nodes: look at the group's activity in the EC2 console."
                                     : "AWS has no room for this type in its zone right now; doze goes on trying. "
                                       "Another instance type, or another zone, may have room.",
                    .recovery = Recovery::capacity};
        case no_addresses:
            return {.next_step =
                        "The subnet has no free IP address left: free some, or use a larger subnet. doze goes "
                        "on trying.",
                    .recovery = Recovery::capacity};
        case quota: return {.next_step = what_to_do_about_quota(call, refusal), .recovery = Recovery::capacity};
        case bad_credentials:
            return {.code = ErrorCode::no_credentials, .next_step = what_to_do_about_credentials(call.region)};
        case wrong_signature:
            return {.code = ErrorCode::no_credentials,
                    .next_step =
                        "The secret access key does not belong to the access key ID: run `aws configure` "
                        "again, or correct AWS_SECRET_ACCESS_KEY."};
        case expired:
            return {.code = ErrorCode::no_credentials, .next_step = "Sign in again, for example with `aws sso login`."};
        case wrong_clock:
            return {.next_step =
                        "This machine's clock differs too much from AWS's: `timedatectl set-ntp true` sets it."};
        case denied: return {.code = ErrorCode::access_denied, .next_step = what_to_do_about_denial(call, refusal)};
        case region_off:
            return {.code = ErrorCode::access_denied,
                    .next_step = fmt::format("Switch the region {} on under Account > AWS Regions in the console, or "
                                             "take it out of the setting aws.regions.",
                                             call.region.str())};
        case key_unusable: return {.next_step = what_to_do_about_key(call, refusal)};
        // The usual cause; but AWS returns this code for any other failed launch too.
        case launch_failed: return {.next_step = what_to_do_about_key(call, refusal), .recovery = Recovery::retry};
        case terms_not_accepted:
            return {.code = ErrorCode::access_denied,
                    .next_step =
                        "Accept the terms of its Marketplace product, at the address that AWS names, with an "
                        "account that may subscribe."};
        case account_not_ready:
            return {.code = ErrorCode::access_denied,
                    .next_step =
                        "The account itself is not ready, not verified yet or blocked: look into its mail and the "
                        "console, or ask AWS's support."};
        case not_hibernated_yet:
            return {.next_step = "It may be hibernated in some minutes.", .recovery = Recovery::wait};
        case not_hibernated:
            return {.next_step = "Hibernation is chosen at launch: launch it anew with it, or take `hibernate` off.",
                    .recovery = Recovery::plainly};
        case state_that_stays: return {.next_step = "That state ends only by somebody's hands: see it in the console."};
        case not_found:
            return {.code = ErrorCode::not_found,
                    .next_step = "Check the name and the region; unregister it if it is gone for good."};
        case malformed: return {.code = ErrorCode::bad_request, .next_step = "Correct the name."};
        case protected_from_stop:
            return {
                .code = ErrorCode::guarded,
                .next_step = "Stop protection is on: unregister it, or take the protection off in the EC2 console."};
        case other: break;
    }
    return {};
}

/// AWS's message as part of a sentence. For a wrong signature AWS repeats the whole request with the session token, so
/// that message is dropped.
std::string words_of(Meaning meaning, const Call& call, const Refusal& refusal) {
    if (meaning == Meaning::wrong_signature) return "the signature is wrong";
    if (meaning == Meaning::denied && denied_action(call, refusal) == call.iam_action &&
        refusal.message.find(call.iam_action) == std::string::npos) {
        return fmt::format("{} is not allowed{}{}", call.iam_action, refusal.message.empty() ? "" : ": ",
                           refusal.message);
    }
    return refusal.message;
}

Error error_of_refusal(const Call& call, const Refusal& refusal, int status) {
    const Meaning meaning = meaning_of(call, refusal, status);
    const std::string words = words_of(meaning, call, refusal);
    Advice advice = advice_for(meaning, call, refusal);
    return {.code = advice.code,
            .message = fmt::format("AWS refused {} in {}: {}.", call.operation, call.region.str(),
                                   words.empty() ? refusal.code : fmt::format("{} ({})", words, refusal.code)),
            .next_step = std::move(advice.next_step),
            .recovery = advice.recovery,
            .aws_code = refusal.code};
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

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool is_part_of_a_word(char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '_';
}

}  // namespace

Error error_of(const Call& call, const ports::HttpResponse& response) {
    const Refusal refusal = parse_refusal(response);
    if (refusal.code.empty()) return error_of_stranger(call, response.status);
    return error_of_refusal(call, refusal, response.status);
}

Error error_of(const Call& call, const Refusal& refusal) {
    return error_of_refusal(call, refusal, 200);
}

std::vector<std::string> named_instances(const Error& error) {
    // Lengths that AWS uses: eight digits until 2016, seventeen since.
    constexpr std::array<std::size_t, 2> lengths{8, 17};
    std::vector<std::string> names;
    const std::string_view text = error.message;
    for (auto at = text.find("i-"); at != std::string_view::npos; at = text.find("i-", at + 2)) {
        const auto digits = text.substr(at + 2);
        const auto length = static_cast<std::size_t>(std::ranges::find_if_not(digits, is_hex) - digits.begin());
        const bool begins = at == 0 || !is_part_of_a_word(text[at - 1]);
        const bool ends = length == digits.size() || !is_part_of_a_word(digits[length]);
        std::string name(text.substr(at, length + 2));
        if (begins && ends && std::ranges::find(lengths, length) != lengths.end() &&
            std::ranges::find(names, name) == names.end()) {
            names.push_back(std::move(name));
        }
    }
    return names;
}

namespace {

/// One line for the log. AWS's encoded details are useless to people, so they are removed.
std::string tidy(std::string_view text) {
    constexpr std::size_t longest = 500;
    text = text.substr(0, text.find("Encoded authorization failure message"));
    std::string line;
    for (const char c : text) {
        const bool blank = static_cast<unsigned char>(c) <= ' ';
        if (!blank) line += c;
        if (blank && !line.empty() && line.back() != ' ') line += ' ';
    }
    line.resize(first_bytes(line, longest).size());
    while (!line.empty() && (line.back() == ' ' || line.back() == '.')) line.pop_back();
    return line;
}

/// "com.amazonaws.ecs#ClusterNotFoundException:http://..." becomes ClusterNotFoundException.
std::string plain_code(std::string_view text) {
    text = text.substr(0, text.find(':'));
    if (const auto hash = text.rfind('#'); hash != std::string_view::npos) text.remove_prefix(hash + 1);
    // Accepts a single word only, which keeps a garbled answer out of messages.
    const bool word = std::ranges::all_of(
        text, [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-'; });
    return word && text.size() <= 100 ? std::string(text) : std::string();
}

Refusal refusal_of_xml(const std::string& body) {
    pugi::xml_document document;
    if (!document.load_buffer(body.data(), body.size())) return {};
    const auto error = document.find_node(
        [](const pugi::xml_node& node) { return std::strcmp(node.name(), "Error") == 0 && node.child("Code"); });
    return {plain_code(error.child_value("Code")), tidy(error.child_value("Message"))};
}

Refusal refusal_of_json(const std::string& body) {
    const auto object = parse_json_object(body);
    if (!object) return {};
    const auto text = [&](std::initializer_list<const char*> keys) {
        for (const char* key : keys)
            if (auto found = string_at(*object, key)) return *std::move(found);
        return std::string();
    };
    return {plain_code(text({"__type", "code", "Code"})), tidy(text({"message", "Message", "errorMessage"}))};
}

}  // namespace

Refusal parse_refusal(const ports::HttpResponse& response) {
    const auto first = response.body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    const char begin = first == std::string::npos ? '\0' : response.body[first];
    Refusal refusal;
    if (begin == '<') refusal = refusal_of_xml(response.body);
    if (begin == '{') refusal = refusal_of_json(response.body);
    if (auto code = plain_code(response.header("x-amzn-errortype")); !code.empty()) refusal.code = std::move(code);
    return refusal;
}

}  // namespace doze::aws
