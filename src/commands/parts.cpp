#include "commands/parts.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

#include "commands/json_writer.hpp"

namespace doze::commands {
namespace json = boost::json;
namespace {

constexpr int largest_count = 10'000;
constexpr std::size_t longest_description = 256;

Error bad(std::string message, std::string next_step = {}) {
    return {.code = ErrorCode::bad_request, .message = std::move(message), .next_step = std::move(next_step)};
}

std::string_view view(const json::string& text) {
    return {text.data(), text.size()};
}

const json::value* present(const json::object& content, std::string_view name) {
    const auto* member = content.if_contains(name);
    return member && !member->is_null() ? member : nullptr;
}

template <class Id, class Parse>
Result<Id> parse_member(const json::object& content, std::string_view name, Parse parse) {
    const auto text = text_member(content, name);
    if (!text) return text.error();
    auto id = parse(*text);
    if (!id) return id.error().within(name);
    return id;
}

Error wrong_count() {
    return bad(fmt::format("The member 'desired_size' must be a whole number from 0 to {}.", largest_count));
}

Result<std::string> description(const json::object& content) {
    const auto text = optional_text(content, "description");
    if (!text) return text.error();
    if (!*text) return std::string();
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if ((*text)->size() > longest_description || std::ranges::any_of(**text, is_control))
        return bad(fmt::format("The member 'description' must be one line of at most {} bytes.", longest_description));
    return std::string(**text);
}

}  // namespace

bool same_word(std::string_view one, std::string_view other) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(one, other, {}, lower, lower);
}

std::string_view service_type(core::Kind kind) {
    switch (kind) {
        case core::Kind::ec2: return "EC2";
        case core::Kind::ecs: return "ECS";
        case core::Kind::eks: return "EKS";
    }
    return "?";
}

Result<core::Kind> parse_kind(std::string_view name, std::string_view text) {
    for (const auto kind : {core::Kind::ec2, core::Kind::ecs, core::Kind::eks})
        if (same_word(text, service_type(kind))) return kind;
    return bad(fmt::format("The member '{}' must be EC2, ECS or EKS, and is {}.", name, quoted(text)));
}

Result<core::ResourceId> parse_resource(core::Kind kind, Parts parts) {
    const auto region = parse_region(parts.back());
    if (kind == core::Kind::ec2) {
        const auto instance = parse_instance_id(parts[0]);
        if (!instance) return instance.error();
        if (!region) return region.error();
        return core::ec2(*region, *instance);
    }
    const auto cluster = parse_cluster_name(parts[0]);
    if (!cluster) return cluster.error();
    if (kind == core::Kind::ecs) {
        const auto service = parse_service_name(parts[1]);
        if (!service) return service.error();
        if (!region) return region.error();
        return core::ecs(*region, *cluster, *service);
    }
    const auto nodegroup = parse_nodegroup_name(parts[1]);
    if (!nodegroup) return nodegroup.error();
    if (!region) return region.error();
    return core::eks(*region, *cluster, *nodegroup);
}

Result<core::ResourceId> parse_resource(const json::object& content) {
    const auto type = text_member(content, "service_type");
    if (!type) return type.error();
    const auto kind = parse_kind("service_type", *type);
    if (!kind) return kind.error();
    const auto region = [&] { return parse_member<Region>(content, "region", parse_region); };
    if (*kind == core::Kind::ec2) {
        auto instance = parse_member<InstanceId>(content, "instance_id", parse_instance_id);
        if (!instance) return instance.error();
        auto where = region();
        if (!where) return where.error();
        return core::ec2(*where, *instance);
    }
    auto cluster = parse_member<ClusterName>(content, "cluster_name", parse_cluster_name);
    if (!cluster) return cluster.error();
    if (*kind == core::Kind::ecs) {
        auto service = parse_member<ServiceName>(content, "service_name", parse_service_name);
        if (!service) return service.error();
        auto where = region();
        if (!where) return where.error();
        return core::ecs(*where, *cluster, *service);
    }
    auto nodegroup = parse_member<NodegroupName>(content, "nodegroup_name", parse_nodegroup_name);
    if (!nodegroup) return nodegroup.error();
    auto where = region();
    if (!where) return where.error();
    return core::eks(*where, *cluster, *nodegroup);
}

Result<core::Registration> parse_registration(const json::object& content) {
    auto id = parse_resource(content);
    if (!id) return id.error();
    core::Registration registration{.id = *id};
    auto text = description(content);
    if (!text) return text.error();
    registration.description = std::move(*text);
    const auto desired = optional_count(content);
    if (!desired) return desired.error();
    if (*desired && id->kind() != core::Kind::eks) return bad("The member 'desired_size' is for EKS only.");
    registration.desired_size = *desired;
    if (const auto* force = present(content, "force")) {
        if (!force->is_bool()) return bad("The member 'force' must be true or false.");
        registration.force = force->get_bool();
    }
    return registration;
}

Result<int> parse_count(std::string_view text) {
    int count = -1;
    const auto* end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, count);
    if (text.empty()) return bad("The count is missing.", "It is a whole number, such as 2.");
    if (failed != std::errc{} || stop != end || count < 0 || count > largest_count)
        return bad(fmt::format("{} is not a valid count.", quoted(text)),
                   fmt::format("It is a whole number from 0 to {}.", largest_count));
    return count;
}

Result<std::string_view> text_member(const json::object& content, std::string_view name) {
    const auto text = optional_text(content, name);
    if (!text) return text.error();
    if (!*text) return bad(fmt::format("The member '{}' is missing from the content.", name));
    return **text;
}

Result<std::optional<std::string_view>> optional_text(const json::object& content, std::string_view name) {
    const auto* member = present(content, name);
    if (!member) return std::optional<std::string_view>();
    if (!member->is_string()) return bad(fmt::format("The member '{}' must be a string.", name));
    return std::optional(view(member->get_string()));
}

Result<std::optional<int>> optional_count(const json::object& content) {
    const auto* member = present(content, "desired_size");
    if (!member) return std::optional<int>();
    if (!member->is_int64()) return wrong_count();
    const auto count = member->get_int64();
    if (count < 0 || count > largest_count) return wrong_count();
    return std::optional(static_cast<int>(count));
}

Result<std::optional<std::int64_t>> optional_seconds(const json::object& content, std::string_view name) {
    constexpr double most = 1e12;
    const auto* member = present(content, name);
    if (!member) return std::optional<std::int64_t>();
    double seconds = -1;
    if (member->is_int64()) seconds = static_cast<double>(member->get_int64());
    if (member->is_uint64()) seconds = static_cast<double>(member->get_uint64());
    if (member->is_double()) seconds = member->get_double();
    if (!std::isfinite(seconds) || seconds < 0)
        return bad(fmt::format("The member '{}' must be a number of at least 0.", name));
    return std::optional(static_cast<std::int64_t>(std::min(seconds, most)));
}

}  // namespace doze::commands
