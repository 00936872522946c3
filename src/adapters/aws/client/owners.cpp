#include "adapters/aws/client/owners.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <utility>

#include "adapters/aws/protocol/answer.hpp"
#include "adapters/aws/protocol/query_protocol.hpp"

namespace doze::aws {
namespace {

/// Pause before STS is asked again after a failure.
constexpr std::chrono::minutes again_after(5);

/// Keys that are renewed hourly accumulate; no more than these are in use at a time.
constexpr std::size_t most_keys = 64;

constexpr std::size_t digits = 12;

/// The text before the owner's number in answers about one's own resources.
struct Mark {
    std::string_view service;
    std::string_view member;  ///< The number follows it, directly or in an ARN.
    bool is_arn;
};
constexpr std::array marks{
    Mark{"sts", "<Account>", false},
    Mark{"ec2", "<ownerId>", false},
    Mark{"autoscaling", "<AutoScalingGroupARN>", true},
    Mark{"rds", "<DBInstanceArn>", true},
    Mark{"rds", "<DBClusterArn>", true},
    Mark{"ecs", "\"serviceArn\"", true},
    Mark{"ecs", "\"clusterArn\"", true},
    Mark{"eks", "\"nodegroupArn\"", true},
};

std::optional<std::string> account_number_at(std::string_view text) {
    const auto number = text.substr(0, digits);
    const bool is_one =
        number.size() == digits && std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
    return is_one ? std::optional(std::string(number)) : std::nullopt;
}

/// The account in the next ARN: arn:partition:service:region:account:...
std::optional<std::string> number_in_arn(std::string_view text) {
    const auto begin = text.find("arn:");
    if (begin > 16) return std::nullopt;  // Covers npos.
    text.remove_prefix(begin);
    for (int colons = 0; colons < 4; ++colons) {
        const auto colon = text.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        text.remove_prefix(colon + 1);
    }
    return account_number_at(text);
}

std::string_view without_endpoint(const AccountId& account) {
    const std::string_view text = account.str();
    return text.substr(0, text.find(" at "));
}

bool same(const AccountId& one, const AccountId& other, bool same_service) {
    return same_service ? one == other : without_endpoint(one) == without_endpoint(other);
}

}  // namespace

std::optional<std::string> owner_in(std::string_view service, std::string_view body) {
    for (const auto& mark : marks) {
        if (mark.service != service) continue;
        const auto at = body.find(mark.member);
        if (at == std::string_view::npos) continue;
        const auto rest = body.substr(at + mark.member.size());
        if (auto number = mark.is_arn ? number_in_arn(rest) : account_number_at(rest)) return number;
    }
    return std::nullopt;
}

AccountId account_at(const std::string& number, const Region& region, const Endpoint& endpoint) {
    if (number.empty()) return {};
    std::string text = number;
    if (const auto partition = partition_name(region); partition != "aws") text += " (" + std::string(partition) + ")";
    if (!is_aws_host(endpoint.host)) text += " at " + endpoint.origin + endpoint.base_path;
    return AccountId(std::move(text));
}

std::optional<Error> authorize(Caller& caller, const std::string& service, const AccountId& account,
                               const std::string& keys) {
    const bool has_resources = service == caller.service;
    const bool known = !account.str().empty();
    const auto& wanted = caller.wanted;
    if (!wanted.str().empty() && !(known && same(wanted, account, has_resources)))
        return Error{.code = ErrorCode::other_account,
                     .message = known ? "The credentials in use are of account " + account.str() +
                                            ", so nothing of account " + wanted.str() + " is changed."
                                      : "Whose the credentials in use are can't be known now, so nothing of account " +
                                            wanted.str() + " is changed.",
                     .next_step = "doze tries again by itself.",
                     .recovery = Recovery::retry};
    if (caller.keys.empty()) {
        caller.keys = keys;
        caller.keys_of = account;
    }
    const bool both_known = known && !caller.keys_of.str().empty();
    if (both_known ? !same(caller.keys_of, account, false) : caller.keys != keys)
        return Error{.code = ErrorCode::aws_error,
                     .message = "The credentials changed meanwhile.",
                     .next_step = "doze tries again by itself.",
                     .recovery = Recovery::retry};
    if (has_resources && known) caller.account = account;
    return std::nullopt;
}

Owners::Keys Owners::keys_of(const Credentials& keys) {
    return {keys.access_key_id, std::hash<std::string_view>{}(keys.session_token.view())};
}

std::string Owners::of(const Credentials& keys) const {
    const auto found = known_.find(keys_of(keys));
    return found == known_.end() ? std::string() : found->second;
}

void Owners::learn(const Credentials& keys, std::string number) {
    if (keys.access_key_id.empty()) return;
    if (known_.size() >= most_keys) known_.clear();
    known_.insert_or_assign(keys_of(keys), std::move(number));
}

void Owners::failed(const Credentials& keys, const Region& region, core::TimePoint now) {
    if (failures_.size() >= most_keys) failures_.clear();
    failures_.insert_or_assign({keys_of(keys), region}, now);
}

bool Owners::may_ask(const Credentials& keys, const Region& region, core::TimePoint now) const {
    if (keys.access_key_id.empty()) return false;
    const auto failure = failures_.find({keys_of(keys), region});
    return failure == failures_.end() || now >= failure->second + again_after;
}

}  // namespace doze::aws

namespace doze::aws::sts {
Call identity_call(const Region& region) {
    return query_call("sts", region, "GetCallerIdentity", "2011-06-15", {});
}

boost::asio::awaitable<Result<Identity>> caller_identity(Client& client, Region region) {
    auto call = identity_call(region);
    auto answer = co_await client.call(std::move(call));
    if (!answer) co_return answer.error();
    pugi::xml_document document;
    const auto result = parse_xml(document, *answer, "GetCallerIdentityResponse").child("GetCallerIdentityResult");
    Identity identity{.account = result.child_value("Account"), .arn = result.child_value("Arn")};
    if (identity.account.empty() || identity.arn.empty()) co_return not_understood("GetCallerIdentity", region);
    co_return identity;
}

}  // namespace doze::aws::sts
