#include "core/policy/guard.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <string_view>

namespace doze::core {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const auto first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

bool matches_value(std::string_view pattern, std::string_view value) {
    if (!pattern.ends_with('*')) return same(pattern, value);
    pattern.remove_suffix(1);
    return value.size() >= pattern.size() && same(pattern, value.substr(0, pattern.size()));
}

bool matches(std::string_view pattern, const Tag& tag) {
    const auto equals = pattern.find('=');
    const auto key = trimmed(pattern.substr(0, equals));
    if (key.empty() || !same(key, trimmed(tag.key))) return false;
    return matches_value(equals == std::string_view::npos ? "*" : trimmed(pattern.substr(equals + 1)),
                         trimmed(tag.value));
}

/// A tag as it may stand in a sentence: on one line and short, cut between characters, not inside one.
std::string shown(std::string_view text) {
    constexpr std::size_t longest = 64;
    const auto is_continuation = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    std::size_t end = std::min(text.size(), longest);
    while (end > 0 && end < text.size() && is_continuation(text[end])) --end;
    std::string out(text.substr(0, end));
    std::ranges::replace_if(
        out, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, '?');
    return end < text.size() ? out + "..." : out;
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
