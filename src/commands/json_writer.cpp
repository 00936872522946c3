#include "commands/json_writer.hpp"

#include <fmt/format.h>

namespace doze::commands {
namespace {

bool is_plain(char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/// The number of bytes of the UTF-8 character at the start of `text` (Unicode, table 3-7), 0 if there is none.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4 || !follows(1)) return 0;
    if (first < 0xE0) return 2;
    const unsigned second = byte(1);
    if (!follows(2)) return 0;
    if (first < 0xF0) {
        const bool overlong = first == 0xE0 && second < 0xA0;
        const bool surrogate = first == 0xED && second > 0x9F;
        return overlong || surrogate ? 0 : 3;
    }
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool beyond = first == 0xF4 && second > 0x8F;
    return !follows(3) || overlong || beyond ? 0 : 4;
}

/// Appends the character at the start of `text` as it stands in a JSON string, and drops it from `text`.
void append_character(std::string& out, std::string_view& text) {
    const auto length = utf8_length(text);
    if (length == 0) {
        out += "\xEF\xBF\xBD";
        text.remove_prefix(1);
        return;
    }
    const char c = text.front();
    const auto byte = static_cast<unsigned char>(c);
    const bool high_control = byte == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
    if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
    } else if (c == '\n') {
        out += "\\n";
    } else if (c == '\t') {
        out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else if (high_control) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(text[1]));
    } else {
        out += text.substr(0, length);
    }
    text.remove_prefix(length);
}

}  // namespace

void append_string(std::string& out, std::string_view text, std::size_t longest) {
    constexpr std::string_view cut_mark = "...";
    out += '"';
    const auto start = out.size();
    auto cut_at = start;  // The last character boundary that leaves room for the mark.
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

bool is_clean(std::string_view text) {
    while (!text.empty()) {
        const auto length = utf8_length(text);
        const auto byte = static_cast<unsigned char>(text.front());
        if (length == 0 || byte < 0x20 || byte == 0x7F) return false;
        text.remove_prefix(length);
    }
    return true;
}

void JsonWriter::number(std::int64_t value) {
    comma();
    const fmt::format_int digits(value);
    out_.append(digits.data(), digits.size());
}

}  // namespace doze::commands
