#include "commands/cursor.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>

#include "commands/params.hpp"

namespace doze::commands {
namespace {

// A token has four characters (list, form, all regions or one, section), followed by region, group, name and, if there
// is one, the profile, each after a '.'. In a part, '~XX' encodes the byte XX; '*' and 16 digits at the end are the
// hash.
constexpr std::size_t longest_prefix = 12;  // Encoded.
constexpr std::size_t hash_digits = 16;

/// FNV-1a, 64 bits. Must stay the same in every build, since a token may outlive the process.
std::uint64_t hash(std::string_view text) {
    std::uint64_t sum = 14695981039346656037U;
    for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return sum;
}

bool is_literal(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::size_t encoded_size(char c) {
    return is_literal(c) ? 1 : 3;
}

void append_part(std::string& out, const CursorPart& part) {
    out += '.';
    for (const char c : part.text) {
        if (is_literal(c)) {
            out += c;
        } else {
            fmt::format_to(std::back_inserter(out), "~{:02x}", static_cast<unsigned char>(c));
        }
    }
    if (part.hash) fmt::format_to(std::back_inserter(out), "*{:016x}", *part.hash);
}

template <class Number>
std::optional<Number> hex(std::string_view digits) {
    Number value{};
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (failed != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

std::optional<CursorPart> parse_part(std::string_view text) {
    CursorPart part;
    if (const auto star = text.find('*'); star != std::string_view::npos) {
        const auto digits = text.substr(star + 1);
        if (digits.size() != hash_digits) return std::nullopt;
        part.hash = hex<std::uint64_t>(digits);
        if (!part.hash) return std::nullopt;
        text = text.substr(0, star);
    }
    while (!text.empty()) {
        if (is_literal(text.front())) {
            part.text += text.front();
            text.remove_prefix(1);
            continue;
        }
        if (text.front() != '~' || text.size() < 3) return std::nullopt;
        const auto byte = hex<unsigned char>(text.substr(1, 2));
        if (!byte) return std::nullopt;
        part.text += static_cast<char>(*byte);
        text.remove_prefix(3);
    }
    return part;
}

constexpr char all_letter = 'a';
constexpr char registered_letter = 'r';

char letter_of(const ListScope& scope) {
    if (scope.registered) return registered_letter;
    return scope.kind ? core::info(*scope.kind).list_letter : all_letter;
}

std::optional<ListScope> scope_of(char letter) {
    if (letter == registered_letter) return ListScope{.registered = true};
    if (letter == all_letter) return ListScope{};
    const auto kind = std::ranges::find(core::kinds(), letter, &core::KindInfo::list_letter);
    if (kind == core::kinds().end()) return std::nullopt;
    return ListScope{.kind = kind->kind};
}

std::optional<Cursor> parse_cursor(std::string_view token) {
    constexpr std::size_t head = 4;
    if (token.size() > longest_token || token.size() < head) return std::nullopt;
    Cursor cursor;
    const auto scope = scope_of(token[0]);
    if (!scope) return std::nullopt;
    cursor.scope = *scope;
    if (std::string_view("tjf").find(token[1]) == std::string_view::npos) return std::nullopt;
    cursor.form = static_cast<ListForm>(token[1]);
    if (token[2] != '0' && token[2] != '1') return std::nullopt;
    cursor.one_region = token[2] == '1';
    cursor.section = token[3] - '0';
    if (cursor.section < 0 || cursor.section >= static_cast<int>(core::kinds().size())) return std::nullopt;
    token.remove_prefix(head);
    for (auto* part : {&cursor.region, &cursor.group, &cursor.name, &cursor.profile}) {
        if (part == &cursor.profile && token.empty()) break;
        if (!token.starts_with('.')) return std::nullopt;
        token.remove_prefix(1);
        const auto text = token.substr(0, token.find('.'));
        token.remove_prefix(text.size());
        auto parsed = parse_part(text);
        if (!parsed) return std::nullopt;
        *part = std::move(*parsed);
    }
    if (!token.empty()) return std::nullopt;
    if (cursor.form == ListForm::refresh && !cursor.scope.kind) return std::nullopt;
    return cursor;
}

}  // namespace

CursorPart CursorPart::of(std::string_view whole, std::size_t longest) {
    std::size_t encoded = 0;
    std::size_t prefix = 0;
    for (const char c : whole) {
        encoded += encoded_size(c);
        if (encoded <= longest_prefix) ++prefix;
        if (encoded > longest) return {std::string(whole.substr(0, prefix)), commands::hash(whole)};
    }
    return {std::string(whole), std::nullopt};
}

bool CursorPart::matches(std::string_view whole) const {
    if (!hash) return whole == text;
    return whole.starts_with(text) && commands::hash(whole) == *hash;
}

std::string to_token(const Cursor& cursor) {
    std::string token{letter_of(cursor.scope), static_cast<char>(cursor.form), cursor.one_region ? '1' : '0',
                      static_cast<char>('0' + cursor.section)};
    for (const auto* part : {&cursor.region, &cursor.group, &cursor.name}) append_part(token, *part);
    if (!cursor.profile.text.empty()) append_part(token, cursor.profile);
    return token;
}

Result<Cursor> parse_token(std::string_view token) {
    auto cursor = parse_cursor(token);
    if (!cursor)
        return bad_request("This is not a token of a truncated reply.", "Send the text of its member 'more' as it is.");
    return std::move(*cursor);
}

}  // namespace doze::commands
