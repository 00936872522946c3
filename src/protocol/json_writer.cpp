#include "protocol/json_writer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <iterator>

#include "base/text.hpp"

namespace doze::protocol {
namespace {

/// The bytes that need no escape in a JSON string; a table, since most of doze's output passes through here.
constexpr auto plain_bytes = [] {
    std::array<bool, 256> plain{};
    for (unsigned char c = ' '; c <= '~'; ++c) plain[c] = c != '"' && c != '\\';
    return plain;
}();

bool is_plain(char c) {
    return plain_bytes[static_cast<unsigned char>(c)];
}

/// Appends a JSON escape, which is in UTF-16: two of them for a character beyond U+FFFF.
void append_escape(std::string& out, char32_t character) {
    if (character < 0x10000) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(character));
        return;
    }
    const auto above = static_cast<std::uint32_t>(character) - 0x10000;
    fmt::format_to(std::back_inserter(out), "\\u{:04x}\\u{:04x}", 0xD800 + (above >> 10), 0xDC00 + (above & 0x3FFU));
}

/// Appends the first character of `text` in the form of a JSON string, and removes it from `text`.
void append_character(std::string& out, std::string_view& text) {
    const auto [character, length] = first_character(text);
    if (length == 0) {
        out += "\xEF\xBF\xBD";
        text.remove_prefix(1);
        return;
    }
    if (character == '"' || character == '\\') {
        out += '\\';
        out += text.front();
    } else if (character == '\n') {
        out += "\\n";
    } else if (character == '\t') {
        out += "\\t";
    } else if (is_unseen(character)) {
        append_escape(out, character);
    } else {
        out += text.substr(0, length);
    }
    text.remove_prefix(length);
}

}  // namespace

void append_string(std::string& out, std::string_view text, std::size_t longest) {
    if (text.size() <= longest && std::ranges::all_of(text, is_plain)) {
        out.append("\"").append(text).append("\"");
        return;
    }
    constexpr std::string_view cut_mark = "...";
    out += '"';
    const auto start = out.size();
    auto cut_at = start;  // The last character boundary that leaves room for "...".
    while (!text.empty()) {
        if (longest == no_limit) {
            std::size_t plain = 0;
            while (plain < text.size() && is_plain(text[plain])) ++plain;
            out += text.substr(0, plain);
            text.remove_prefix(plain);
            if (text.empty()) break;
        }
        append_character(out, text);
        const auto length = out.size() - start;
        if (length > longest) {
            out.resize(cut_at);
            out += cut_mark;
            break;
        }
        if (length + cut_mark.size() <= longest) cut_at = out.size();
    }
    out += '"';
}

std::string with_escapes(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    while (!json.empty()) {
        const auto [character, length] = first_character(json);
        const auto bytes = std::max<std::size_t>(length, 1);
        if (length == 0)
            out += "\xEF\xBF\xBD";
        else if (character > '~' && is_unseen(character))  // Lower codes are between members, or escaped already.
            append_escape(out, character);
        else
            out += json.substr(0, bytes);
        json.remove_prefix(bytes);
    }
    return out;
}

void JsonWriter::key(std::string_view name) {
    comma();
    out_.append("\"").append(name).append("\":");
}

void JsonWriter::number(std::int64_t value) {
    comma();
    const fmt::format_int digits(value);
    out_.append(digits.data(), digits.size());
}

}  // namespace doze::protocol
