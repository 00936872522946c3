#include "core/policy/guard.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <string_view>

#include "base/text.hpp"

namespace doze::core {
namespace {

bool matches_value(std::string_view pattern, std::string_view value) {
    if (!pattern.ends_with('*')) return equal_ignoring_case(pattern, value);
    pattern.remove_suffix(1);
    return value.size() >= pattern.size() && equal_ignoring_case(pattern, value.substr(0, pattern.size()));
}

bool matches(std::string_view pattern, const Tag& tag) {
    const auto equals = pattern.find('=');
    const auto key = trim(pattern.substr(0, equals));
    if (key.empty() || !equal_ignoring_case(key, trim(tag.key))) return false;
    return matches_value(equals == std::string_view::npos ? "*" : trim(pattern.substr(equals + 1)), trim(tag.value));
}

/// A tag as it may stand in a sentence: on one line and short, cut between characters, not inside one.
std::string shown(std::string_view text) {
    constexpr std::size_t longest = 64;
    std::string out(first_bytes(text, longest));
    std::ranges::replace_if(
        out, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, '?');
    return text.size() > longest ? out + "..." : out;
}

}  // namespace

std::optional<Guard> guard_by_tags(std::span<const Tag> tags, const GuardSettings& settings) {
    const auto guards = [&settings](const Tag& tag) {
        return matches("doze=never", tag) ||
               std::ranges::any_of(settings.production_tags, [&tag](const auto& one) { return matches(one, tag); });
    };
    const auto tag = std::ranges::find_if(tags, guards);
    if (tag == tags.end()) return std::nullopt;
    return Guard{.why = fmt::format("The tag {}={} guards it.", shown(tag->key), shown(tag->value)), .by_tag = true};
}

std::optional<std::string> why_busy(const Load& load, int limit) {
    if (load.cpu_percent && *load.cpu_percent <= limit) return std::nullopt;
    if (load.cpu_percent) return fmt::format("its CPU is at {:.0f} % (limit {} %)", *load.cpu_percent, limit);
    if (load.trouble.empty()) return "CloudWatch has no measurement of its CPU yet";
    return fmt::format("its CPU can't be read: {}", load.trouble);
}

}  // namespace doze::core
