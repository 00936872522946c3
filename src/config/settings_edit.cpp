// Edits settings.json as text: replaces or adds one value. parse_settings() has accepted the text, and the result is
// parsed again and compared, so this can be simple: it finds where values begin and end, and does not interpret them.
#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "config/fields.hpp"
#include "config/settings_file.hpp"

namespace doze::config {
namespace {

constexpr std::string_view blanks = " \t\r\n";

struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Positions of an object's members, as far as an edit needs them.
struct ObjectPlace {
    std::size_t open = 0;                     ///< Its opening brace.
    std::optional<Span> value;                ///< Of the member searched for; the last one of its name.
    std::optional<std::size_t> first_member;  ///< Its start.
    std::size_t after_members = 0;            ///< End of the last member, or after the opening brace.
    [[nodiscard]] bool empty() const { return !first_member; }
};

std::size_t behind_blanks(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(blanks, at), text.size());
}

std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return std::min(at + 1, text.size());
}

std::size_t end_of_value(std::string_view text, std::size_t at) {
    int depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = end_of_string(text, at);
        } else if (c == '{' || c == '[') {
            ++depth;
            ++at;
        } else if (c == '}' || c == ']') {
            --depth;
            ++at;
        } else if (depth > 0) {
            ++at;
            continue;
        } else {
            return std::min(text.find_first_of(",]} \t\r\n", at), text.size());  // A number or a literal.
        }
        if (depth == 0) return at;
    }
    return at;
}

ObjectPlace find_member(std::string_view text, std::size_t open, std::string_view name) {
    ObjectPlace place{.open = open, .after_members = open + 1};
    auto at = behind_blanks(text, open + 1);
    while (at < text.size() && text[at] == '"') {
        if (!place.first_member) place.first_member = at;
        const auto key_end = end_of_string(text, at);
        const auto key = text.substr(at + 1, key_end - at - 2);
        const auto value = behind_blanks(text, behind_blanks(text, key_end) + 1);  // After the colon.
        const auto value_end = end_of_value(text, value);
        if (key == name) place.value = Span{value, value_end};
        place.after_members = value_end;
        at = behind_blanks(text, value_end);
        if (at < text.size() && text[at] == ',') at = behind_blanks(text, at + 1);
    }
    return place;
}

/// The indentation of the line that contains `at`.
std::string indent_of(std::string_view text, std::size_t at) {
    const auto feed = text.rfind('\n', at);
    const auto begin = feed == std::string_view::npos ? 0 : feed + 1;
    return std::string(text.substr(begin, std::min(text.find_first_not_of(" \t", begin), at) - begin));
}

/// `"a": {"b": value}` for the path {a, b}: on one line, or with an indent on several.
std::string nested(const std::vector<std::string>& path, const std::string& value,
                   const std::optional<std::string>& indent) {
    std::string out;
    std::string close;
    std::string inner = indent.value_or("");
    for (std::size_t i = 0; i < path.size(); ++i) {
        out += "\"" + path[i] + "\": ";
        if (i + 1 == path.size()) break;
        close.insert(0, indent ? "\n" + inner + "}" : "}");
        inner += indent ? "    " : "";
        out += indent ? "{\n" + inner : "{";
    }
    return out + value + close;
}

/// The text with another member in this object.
std::string with_member(std::string_view text, const ObjectPlace& object, const std::vector<std::string>& path,
                        const std::string& value) {
    const auto begin = object.first_member.value_or(object.after_members);
    const bool own_line = object.empty()
                              ? text.find('\n') != std::string_view::npos
                              : text.substr(object.open, begin - object.open).find('\n') != std::string_view::npos;
    std::optional<std::string> indent;
    if (own_line) indent = object.empty() ? indent_of(text, object.open) + "    " : indent_of(text, begin);
    auto member = nested(path, value, indent);
    auto rest = object.after_members;
    if (indent) member.insert(0, "\n" + *indent);
    if (!object.empty()) {
        member.insert(0, indent ? "," : ", ");
    } else if (indent) {
        member += "\n" + indent_of(text, object.open);
        rest = behind_blanks(text, rest);
    }
    return std::string(text.substr(0, object.after_members)) + member + std::string(text.substr(rest));
}

std::vector<std::string> parts_of(std::string_view key) {
    std::vector<std::string> parts;
    for (auto dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.')) {
        parts.emplace_back(key.substr(0, dot));
        key.remove_prefix(dot + 1);
    }
    parts.emplace_back(key);
    return parts;
}

std::string edited(std::string_view text, std::string_view key, const std::string& value) {
    const auto path = parts_of(key);
    auto open = text.find('{');
    for (std::size_t i = 0; i < path.size(); ++i) {
        const auto object = find_member(text, open, path[i]);
        if (!object.value) {
            return with_member(text, object, {path.begin() + static_cast<std::ptrdiff_t>(i), path.end()}, value);
        }
        if (i + 1 == path.size()) {
            return std::string(text.substr(0, object.value->begin)) + value +
                   std::string(text.substr(object.value->end));
        }
        open = object.value->begin;
    }
    return std::string(text);
}

}  // namespace

Result<std::string> with_setting(std::string_view text, std::string_view key, const Value& value,
                                 std::string_view file) {
    auto before = parse_settings(text, file);
    if (!before) return before.error();
    const auto field = find_field(key);
    auto& expected = before->value;
    if (!field) return Error{.code = ErrorCode::bad_request, .message = fmt::format("doze knows no setting {}.", key)};
    expected.set(*field, value);
    auto out = edited(text, key, to_json(value));
    const auto after = parse_settings(out, file);
    if (after && after->value == expected) return out;
    return Error{.code = ErrorCode::internal,
                 .message = fmt::format("{} is laid out in a way that doze can't edit safely.", file),
                 .next_step = fmt::format("Set {} to {} there yourself.", key, to_json(value))};
}

}  // namespace doze::config
