#include "base/ids.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace doze {
namespace {

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_alnum(char c) {
    return is_letter(c) || is_digit(c);
}
bool is_name_char(char c) {
    return is_alnum(c) || c == '-' || c == '_';
}

Error bad(std::string_view what, std::string_view text, std::string_view shape) {
    if (text.empty())
        return {.code = ErrorCode::bad_request,
                .message = "The " + std::string(what) + " is missing.",
                .next_step = "It looks like " + std::string(shape) + "."};
    return {.code = ErrorCode::bad_request,
            .message = quoted(text) + " is not a valid " + std::string(what) + ".",
            .next_step = "It looks like " + std::string(shape) + "."};
}

bool is_region(std::string_view text) {
    // Letters, then one or more words, then a number: us-east-1, us-gov-west-1, ap-northeast-2.
    if (text.size() > 32) return false;
    int parts = 0;
    while (true) {
        const auto dash = text.find('-');
        const auto part = text.substr(0, dash);
        if (part.empty()) return false;
        if (dash == std::string_view::npos)
            return parts >= 2 && part.size() <= 2 && std::ranges::all_of(part, is_digit);
        if (!std::ranges::all_of(part, is_lower)) return false;
        text.remove_prefix(dash + 1);
        ++parts;
    }
}

bool is_instance_id(std::string_view text) {
    if (!text.starts_with("i-")) return false;
    text.remove_prefix(2);
    const auto hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
    return (text.size() == 8 || text.size() == 17) && std::ranges::all_of(text, hex);
}

template <class Id>
Result<Id> parse_name(std::string_view what, std::string_view text, std::size_t longest, std::string_view shape) {
    if (text.empty() || text.size() > longest || !is_alnum(text.front()) || !std::ranges::all_of(text, is_name_char))
        return bad(what, text, shape);
    return Id(std::string(text));
}

}  // namespace

Result<Region> parse_region(std::string_view text) {
    if (!is_region(text)) return bad("region", text, "us-east-1");
    return Region(std::string(text));
}

Result<InstanceId> parse_instance_id(std::string_view text) {
    if (!is_instance_id(text)) return bad("instance id", text, "i-0123456789abcdef0");
    return InstanceId(std::string(text));
}

Result<ClusterName> parse_cluster_name(std::string_view text) {
    return parse_name<ClusterName>("cluster name", text, 255, "my-cluster (letters, digits, '-' and '_')");
}

Result<ServiceName> parse_service_name(std::string_view text) {
    return parse_name<ServiceName>("service name", text, 255, "my-service (letters, digits, '-' and '_')");
}

Result<NodegroupName> parse_nodegroup_name(std::string_view text) {
    return parse_name<NodegroupName>("node group name", text, 63, "my-nodes (letters, digits, '-' and '_')");
}

Result<GroupName> parse_group_name(std::string_view text) {
    // Printable ASCII without the colon, as AWS's CreateAutoScalingGroup accepts for AutoScalingGroupName.
    const auto fits = [](char c) { return c >= ' ' && c <= '~' && c != ':'; };
    if (text.empty() || text.size() > 255 || text.front() == ' ' || text.back() == ' ' ||
        !std::ranges::all_of(text, fits))
        return bad("Auto Scaling group name", text, "my-group (printable ASCII without ':')");
    return GroupName(std::string(text));
}

Result<DatabaseName> parse_database_name(std::string_view text) {
    std::string name = lower_case(text);
    const auto fits = [](char c) { return is_lower(c) || is_digit(c) || c == '-'; };
    if (name.empty() || name.size() > 63 || !is_lower(name.front()) || name.back() == '-' ||
        name.find("--") != std::string::npos || !std::ranges::all_of(name, fits))
        return bad("database identifier", text, "my-database (letters, digits and '-', a letter first)");
    return DatabaseName(std::move(name));
}

Result<ProfileName> parse_profile_name(std::string_view text) {
    const auto fits = [](char c) { return c != ':' && (c < 0 || c >= ' ') && c != '\x7f'; };
    if (text.empty() || count_characters(text) > 128 || !std::ranges::all_of(text, fits))
        return bad("profile name", text, "work (as in ~/.aws/config, without ':')");
    return ProfileName(std::string(text));
}

}  // namespace doze
