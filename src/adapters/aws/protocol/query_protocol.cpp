#include "adapters/aws/protocol/query_protocol.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <system_error>
#include <time.h>
#include <utility>

#include "adapters/aws/protocol/answer.hpp"

namespace doze::aws {

Call query_call(std::string service, Region region, std::string operation, std::string version, QueryPairs parameters) {
    const auto resources = std::ranges::count_if(
        parameters, [](const auto& parameter) { return parameter.first.starts_with("InstanceId."); });
    parameters.emplace_back("Action", operation);
    parameters.emplace_back("Version", std::move(version));
    return {.service = service,
            .region = std::move(region),
            .operation = operation,
            .iam_action = (service == "monitoring" ? "cloudwatch" : service) + ":" + operation,
            .headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}},
            .body = encode_query(parameters),
            .resources = static_cast<std::size_t>(resources)};
}

pugi::xml_node query_result(pugi::xml_document& document, std::string& body, std::string_view operation) {
    const std::string name(operation);
    return parse_xml(document, body, (name + "Response").c_str()).child((name + "Result").c_str());
}

bool is_answer_to(std::string body, std::string_view operation) {
    pugi::xml_document document;
    return static_cast<bool>(parse_xml(document, body, (std::string(operation) + "Response").c_str()));
}

std::optional<std::string> text_at(pugi::xml_node from, const char* name) {
    const std::string_view text = from.child_value(name);
    if (text.empty()) return std::nullopt;
    return std::string(text);
}

std::optional<int> count_at(pugi::xml_node from, const char* name) {
    const std::string_view text = from.child_value(name);
    int count = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, count);
    if (text.empty() || failed != std::errc() || stop != end || count < 0) return std::nullopt;
    return count;
}

std::optional<core::WallTime> time_at(pugi::xml_node from, const char* name) {
    std::tm parts = {};
    const char* rest = ::strptime(from.child_value(name), "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest == nullptr) return std::nullopt;
    std::string_view zone = rest;
    if (zone.starts_with('.')) zone.remove_prefix(std::min(zone.find_first_not_of("0123456789", 1), zone.size()));
    if (zone != "Z" && zone != "+00:00") return std::nullopt;
    return core::WallTime(std::chrono::seconds(::timegm(&parts)));
}

bool flag_at(pugi::xml_node from, const char* name) {
    return std::string_view(from.child_value(name)) == "true";
}

std::vector<core::Tag> tags_in(pugi::xml_node list, const char* item) {
    std::vector<core::Tag> tags;
    for (const auto tag : list.children(item))
        tags.push_back({.key = tag.child_value("Key"), .value = tag.child_value("Value")});
    return tags;
}

}  // namespace doze::aws
