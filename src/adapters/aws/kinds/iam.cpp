#include "adapters/aws/kinds/iam.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <utility>

#include "adapters/aws/protocol/answer.hpp"
#include "adapters/aws/protocol/query_protocol.hpp"

namespace doze::aws::iam {
namespace {

/// The home region of IAM, which is one service per partition (AWS General Reference, "IAM endpoints").
Region home_of(const Region& region) {
    if (region.str().starts_with("cn-")) return Region("cn-north-1");
    if (region.str().starts_with("us-gov-")) return Region("us-gov-west-1");
    return Region("us-east-1");
}

Call simulate_call(const Region& region, const Question& question) {
    QueryPairs parameters{{"PolicySourceArn", question.principal}, {"MaxItems", "1000"}};
    for (std::size_t i = 0; i < question.actions.size(); ++i) {
        parameters.emplace_back(fmt::format("ActionNames.member.{}", i + 1), question.actions[i]);
    }
    for (std::size_t i = 0; i < question.resources.size(); ++i) {
        parameters.emplace_back(fmt::format("ResourceArns.member.{}", i + 1), question.resources[i]);
    }
    return query_call("iam", home_of(region), "SimulatePrincipalPolicy", "2010-05-08", std::move(parameters));
}

bool is_allowed_everywhere(const pugi::xml_node& result) {
    const auto says_allowed = [](const char* text) { return std::string_view(text) == "allowed"; };
    if (!says_allowed(result.child_value("EvalDecision"))) return false;
    return std::ranges::all_of(result.child("ResourceSpecificResults").children("member"),
                               [&](const auto& one) { return says_allowed(one.child_value("EvalResourceDecision")); });
}

}  // namespace

std::optional<std::string> principal_of(std::string_view caller_arn) {
    // arn:PARTITION:SERVICE::ACCOUNT:WHO
    std::vector<std::string_view> parts;
    for (std::string_view rest = caller_arn; parts.size() < 5;) {
        const auto end = rest.find(':');
        if (end == std::string_view::npos) return std::nullopt;
        parts.push_back(rest.substr(0, end));
        rest.remove_prefix(end + 1);
        if (parts.size() == 5) parts.push_back(rest);
    }
    std::string_view who = parts[5];
    if (parts[2] == "iam" && who.starts_with("user/")) return std::string(caller_arn);
    constexpr std::string_view assumed = "assumed-role/";
    if (parts[2] != "sts" || !who.starts_with(assumed)) return std::nullopt;
    who.remove_prefix(assumed.size());
    return fmt::format("arn:{}:iam::{}:role/{}", parts[1], parts[4], who.substr(0, who.find('/')));
}

boost::asio::awaitable<Result<std::vector<std::string>>> denied_actions(Client& client, Region region,
                                                                        Question question) {
    auto call = simulate_call(region, question);
    auto answer = co_await client.call(std::move(call));
    if (!answer) co_return answer.error();
    pugi::xml_document document;
    const auto results = parse_xml(document, *answer, "SimulatePrincipalPolicyResponse")
                             .child("SimulatePrincipalPolicyResult")
                             .child("EvaluationResults");
    std::vector<std::string> denied;
    std::vector<std::string> judged;
    for (const auto& result : results.children("member")) {
        judged.emplace_back(result.child_value("EvalActionName"));
        if (!is_allowed_everywhere(result)) denied.push_back(judged.back());
    }
    const bool complete = std::ranges::all_of(
        question.actions, [&](const auto& action) { return std::ranges::find(judged, action) != judged.end(); });
    if (!complete) co_return not_understood("SimulatePrincipalPolicy", region);
    co_return denied;
}

}  // namespace doze::aws::iam
