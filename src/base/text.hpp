#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text in UTF-8: its blanks, its letters, its characters, and what of it may be shown.
namespace doze {

/// What stands between words and lines.
inline constexpr std::string_view ascii_blanks = " \t\r\n";

/// The text without the blanks at its ends.
[[nodiscard]] std::string_view trim(std::string_view text, std::string_view blanks = ascii_blanks);

/// ASCII letters only, whatever the locale: names of headers, settings and variables know no others.
[[nodiscard]] constexpr char lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr char upper_case(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
[[nodiscard]] std::string lower_case(std::string_view text);
[[nodiscard]] std::string upper_case(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view one, std::string_view other);

/// Of ASCII, too.
[[nodiscard]] constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_letter(char c) {
    return lower_case(c) >= 'a' && lower_case(c) <= 'z';
}

/// Whether a byte begins a character. What is no UTF-8 counts byte by byte.
[[nodiscard]] constexpr bool begins_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

[[nodiscard]] std::size_t count_characters(std::string_view text);

/// At most the first `most` bytes of the text, and no part of a character.
[[nodiscard]] std::string_view first_bytes(std::string_view text, std::size_t most);

/// The character at the start of a text.
struct Character {
    char32_t code = 0;
    std::size_t length = 0;  ///< In bytes; 0 where no character stands there (Unicode, table 3-7), or nothing.
};
[[nodiscard]] Character first_character(std::string_view text);

/// Whether a character does something to those around it instead of being seen: control characters of 7 and 8 bits,
/// ends of lines and paragraphs, what turns the direction of writing, what has no width, tags.
[[nodiscard]] bool is_unseen(char32_t character);

/// Whether a character is a control character or ends a line.
[[nodiscard]] bool is_control(char32_t character);

/// Text from elsewhere (names, descriptions, messages) as it may be shown to people, on one line: each character that
/// is unseen, and each byte that is no UTF-8, becomes U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

/// The same of several lines, whose ends stay.
[[nodiscard]] std::string printable_lines(std::string_view text);

/// Foreign text as it may be shown in a message: in quotes, at most 64 bytes of it, printable ASCII only.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace doze
