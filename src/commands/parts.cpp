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
constexpr std::size_t longest_line = 256;

std::string_view view(const json::string& text) {
    return {text.data(), text.size()};
}

const json::value* present(const json::object& content, std::string_view name) {
    const auto* member = content.if_contains(name);
    return member && !member->is_null() ? member : nullptr;
}

/// Of UTF-8.
std::size_t count_characters(std::string_view text) {
    const auto begins_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

/// JSON has one type of number: 5.0 is a whole one too. None beyond what a double holds exactly.
std::optional<std::int64_t> whole_number(const json::value& value) {
    if (value.is_int64()) return value.get_int64();
    constexpr double exact = 9'007'199'254'740'992;  // 2^53
    if (!value.is_double() || std::abs(value.get_double()) > exact) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(value.get_double());
    return static_cast<double>(whole) == value.get_double() ? std::optional(whole) : std::nullopt;
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
    return bad_request(fmt::format("The member 'desired_size' must be a whole number from 0 to {}.", largest_count));
}

Result<bool> flag(const json::object& content, std::string_view name) {
    const auto given = optional_flag(content, name);
    if (!given) return given.error();
    return given->value_or(false);
}

Result<std::string> description(const json::object& content) {
    const auto text = optional_text(content, "description");
    if (!text) return text.error();
    if (!*text) return std::string();
    if (count_characters(**text) > longest_line || !is_clean(**text))
        return bad_request(
            fmt::format("The member 'description' must be one line of at most {} characters.", longest_line));
    return std::string(**text);
}

}  // namespace

Error bad_request(std::string message, std::string next_step) {
    return {.code = ErrorCode::bad_request, .message = std::move(message), .next_step = std::move(next_step)};
}

bool same_word(std::string_view one, std::string_view other) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(one, other, {}, lower, lower);
}

std::string_view service_type(core::Kind kind) {
    return core::info(kind).command;
}

Result<core::Kind> parse_kind(std::string_view name, std::string_view text) {
    for (const auto& kind : core::kinds())
        if (same_word(text, kind.command)) return kind.kind;
    std::string known;
    for (const auto& kind : core::kinds()) known.append(known.empty() ? "" : ", ").append(kind.command);
    return bad_request(fmt::format("The member '{}' must be one of {}, and is {}.", name, known, quoted(text)));
}

Result<core::ResourceId> parse_resource(core::Kind kind, Parts parts) {
    const auto& about = core::info(kind);
    core::ResourceId id{.kind = kind};
    if (about.in_cluster) {
        auto cluster = parse_cluster_name(parts[0]);
        if (!cluster) return cluster.error();
        id.cluster = std::move(*cluster);
    }
    auto name = about.parse_name(parts[about.in_cluster ? 1 : 0]);
    if (!name) return name.error();
    id.name = std::move(*name);
    auto region = parse_region(parts.back());
    if (!region) return region.error();
    id.region = std::move(*region);
    return id;
}

Result<core::ResourceId> parse_resource(const json::object& content) {
    const auto type = text_member(content, "service_type");
    if (!type) return type.error();
    const auto kind = parse_kind("service_type", *type);
    if (!kind) return kind.error();
    const auto& about = core::info(*kind);
    core::ResourceId id{.kind = *kind};
    if (about.in_cluster) {
        auto cluster = parse_member<ClusterName>(content, "cluster_name", parse_cluster_name);
        if (!cluster) return cluster.error();
        id.cluster = std::move(*cluster);
    }
    auto name = parse_member<std::string>(content, about.name_key, about.parse_name);
    if (!name) return name.error();
    id.name = std::move(*name);
    auto region = parse_member<Region>(content, "region", parse_region);
    if (!region) return region.error();
    id.region = std::move(*region);
    if (present(content, "profile")) {
        auto profile = parse_member<ProfileName>(content, "profile", parse_profile_name);
        if (!profile) return profile.error();
        id.profile = std::move(*profile);
    }
    return id;
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
    const auto& kind = core::info(id->kind);
    if (*desired && !kind.sized)
        return bad_request(fmt::format("The member 'desired_size' is not for an {}.", kind.noun));
    registration.desired_size = *desired;
    const auto force = flag(content, "force");
    if (!force) return force.error();
    registration.force = *force;
    const auto hibernate = flag(content, "hibernate");
    if (!hibernate) return hibernate.error();
    if (*hibernate && id->kind != core::Kind::ec2)
        return bad_request("The member 'hibernate' is for EC2 instances only.");
    registration.hibernate = *hibernate;
    if (const auto* busy = present(content, "busy_cpu_percent")) {
        const auto percent = whole_number(*busy).value_or(0);
        if (!kind.loaded) return bad_request(fmt::format("The member 'busy_cpu_percent' is not for an {}.", kind.noun));
        if (percent < 1 || percent > 100)
            return bad_request("The member 'busy_cpu_percent' must be a whole number from 1 to 100.");
        registration.busy_cpu_percent = static_cast<int>(percent);
    }
    return registration;
}

Result<int> parse_count(std::string_view text) {
    int count = -1;
    const auto* end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, count);
    if (text.empty()) return bad_request("The count is missing.", "It is a whole number, such as 2.");
    if (failed != std::errc{} || stop != end || count < 0 || count > largest_count)
        return bad_request(fmt::format("{} is not a valid count.", quoted(text)),
                           fmt::format("It is a whole number from 0 to {}.", largest_count));
    return count;
}

Result<std::int64_t> parse_number(std::string_view name, std::string_view text, std::int64_t least, std::int64_t most) {
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, number);
    if (text.empty()) return bad_request(fmt::format("The {} is missing.", name));
    if (failed != std::errc{} || stop != end || number < least || number > most)
        return bad_request(fmt::format("{} is not a valid {}.", quoted(text), name),
                           fmt::format("It is a whole number from {} to {}.", least, most));
    return number;
}

Result<std::optional<std::int64_t>> optional_number(const json::object& content, std::string_view name,
                                                    std::int64_t least, std::int64_t most) {
    const auto* member = present(content, name);
    if (!member) return std::optional<std::int64_t>();
    const auto number = whole_number(*member);
    if (!number || *number < least || *number > most)
        return bad_request(fmt::format("The member '{}' must be a whole number from {} to {}.", name, least, most));
    return number;
}

Result<std::string> parse_line(std::string_view name, std::string_view text) {
    if (text.empty()) return bad_request(fmt::format("The {} is missing.", name));
    if (!is_clean(text) || count_characters(text) > longest_line)
        return bad_request(fmt::format("The {} must be one line of at most {} characters.", name, longest_line));
    return std::string(text);
}

Result<std::string_view> text_member(const json::object& content, std::string_view name) {
    const auto text = optional_text(content, name);
    if (!text) return text.error();
    if (!*text) return bad_request(fmt::format("The member '{}' is missing from the content.", name));
    return **text;
}

Result<std::optional<std::string_view>> optional_text(const json::object& content, std::string_view name) {
    const auto* member = present(content, name);
    if (!member) return std::optional<std::string_view>();
    if (!member->is_string()) return bad_request(fmt::format("The member '{}' must be a string.", name));
    return std::optional(view(member->get_string()));
}

Result<std::optional<bool>> optional_flag(const json::object& content, std::string_view name) {
    const auto* member = present(content, name);
    if (!member) return std::optional<bool>();
    if (!member->is_bool()) return bad_request(fmt::format("The member '{}' must be true or false.", name));
    return std::optional(member->get_bool());
}

Result<std::optional<int>> optional_count(const json::object& content) {
    const auto* member = present(content, "desired_size");
    if (!member) return std::optional<int>();
    const auto count = whole_number(*member);
    if (!count || *count < 0 || *count > largest_count) return wrong_count();
    return std::optional(static_cast<int>(*count));
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
        return bad_request(fmt::format("The member '{}' must be a number of at least 0.", name));
    return std::optional(static_cast<std::int64_t>(std::min(seconds, most)));
}

}  // namespace doze::commands
