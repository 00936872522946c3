#include "adapters/aws/protocol/answer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace doze::aws {

Error not_understood(std::string_view operation, const Region& region) {
    return {
        .code = ErrorCode::aws_error,
        .message = fmt::format("AWS answered something doze does not understand ({} in {}).", operation, region.str()),
        .recovery = Recovery::retry};
}

bool is_gone(const Error& error) {
    constexpr std::array<std::string_view, 3> codes = {"ClusterNotFoundException", "ServiceNotFoundException",
                                                       "ResourceNotFoundException"};
    return std::ranges::find(codes, error.aws_code) != codes.end();
}

pugi::xml_node parse_xml(pugi::xml_document& document, std::string& body, const char* root) {
    // Stores an element's text in the element instead of a node of its own: half the nodes, and a page of 1,000
    // instances has some 200,000.
    constexpr unsigned compact = pugi::parse_default | pugi::parse_embed_pcdata;
    if (!document.load_buffer_inplace(body.data(), body.size(), compact)) return {};
    return document.child(root);
}

std::optional<int> count_at(const boost::json::object& from, std::string_view key) {
    const auto number = number_at(from, key);
    if (!number || *number < 0 || *number > std::numeric_limits<int>::max()) return std::nullopt;
    return static_cast<int>(*number);
}

std::optional<core::WallTime> time_at(const boost::json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    const auto seconds = value->to_number<double>();
    if (!(seconds >= 0 && seconds < 253402300800.0)) return std::nullopt;
    return core::WallTime(std::chrono::duration_cast<core::Duration>(std::chrono::duration<double>(seconds)));
}

std::optional<std::vector<std::string>> strings_at(const boost::json::object& from, std::string_view key) {
    const auto* values = find_array(from, key);
    if (values == nullptr) return std::nullopt;
    std::vector<std::string> out;
    for (const auto& value : *values) {
        if (!value.is_string()) return std::nullopt;
        out.emplace_back(value.get_string());
    }
    return out;
}

std::optional<NamePage> parse_names(std::string_view body, std::string_view member) {
    const auto root = parse_json_object(body);
    if (!root) return std::nullopt;
    auto names = strings_at(*root, member);
    if (!names) return std::nullopt;
    return NamePage{.names = std::move(*names), .next_token = string_at(*root, "nextToken").value_or("")};
}

std::string name_of_arn(std::string_view arn) {
    const auto slash = arn.rfind('/');
    return std::string(slash == std::string_view::npos ? arn : arn.substr(slash + 1));
}

}  // namespace doze::aws
