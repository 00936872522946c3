#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace doze {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

}  // namespace

std::string_view trim(std::string_view text, std::string_view blanks) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string lower_case(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = lower_case(c);
    return result;
}

std::string upper_case(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = upper_case(c);
    return result;
}

bool equal_ignoring_case(std::string_view one, std::string_view other) {
    return std::ranges::equal(one, other, [](char a, char b) { return lower_case(a) == lower_case(b); });
}

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string_view first_bytes(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && !begins_character(text[most])) --most;
    return text.substr(0, most);
}

Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return byte(i) >= low && byte(i) <= high;
    };
    const auto bits = [&](std::size_t i) { return byte(i) & 0x3FU; };
    const unsigned first = byte(0);
    if (text.empty()) return {};
    if (first < 0x80) return {first, 1};
    if (first >= 0xC2 && first <= 0xDF && follows(1)) return {(first & 0x1FU) << 6 | bits(1), 2};
    if (first >= 0xE0 && first <= 0xEF && follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) &&
        follows(2))
        return {(first & 0x0FU) << 12 | bits(1) << 6 | bits(2), 3};
    if (first >= 0xF0 && first <= 0xF4 && follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) &&
        follows(2) && follows(3))
        return {(first & 0x07U) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3), 4};
    return {};
}

bool is_control(char32_t character) {
    return character < 0x20 || (character >= 0x7F && character < 0xA0) || character == 0x2028 || character == 0x2029;
}

bool is_unseen(char32_t character) {
    // Unicode 15: the categories Cc, Zl and Zp, the invisible characters of Cf, and the Hangul fillers.
    constexpr auto ranges = std::to_array<std::pair<char32_t, char32_t>>({
        {0x00, 0x1F},     {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},     {0x61C, 0x61C},
        {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},
        {0x2060, 0x206F}, {0x3164, 0x3164},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},
        {0xFFFE, 0xFFFF}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
    });
    return std::ranges::any_of(
        ranges, [&](const auto& range) { return character >= range.first && character <= range.second; });
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        if (const char c = text.front(); c >= ' ' && c <= '~') {
            out += c;
            text.remove_prefix(1);
            continue;
        }
        const auto character = first_character(text);
        const auto length = std::max<std::size_t>(character.length, 1);
        out += character.length == 0 || is_unseen(character.code) ? replacement : text.substr(0, length);
        text.remove_prefix(length);
    }
    return out;
}

std::string printable_lines(std::string_view text) {
    std::string out;
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        out += printable(text.substr(0, end)) + '\n';
        text.remove_prefix(end + 1);
    }
    return out + printable(text);
}

std::string quoted(std::string_view text) {
    constexpr std::size_t longest = 64;
    std::string out = "'";
    for (const char c : text.substr(0, longest)) out += c >= ' ' && c <= '~' ? c : '?';
    out += text.size() > longest ? "...'" : "'";
    return out;
}

}  // namespace doze
