#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// UTF-8 text: whitespace, case, characters, and making it safe to display.
namespace doze {

/// Whitespace between words and lines.
inline constexpr std::string_view ascii_blanks = " \t\r\n";

/// The text without leading and trailing whitespace.
[[nodiscard]] std::string_view trim(std::string_view text, std::string_view blanks = ascii_blanks);

/// Converts ASCII letters only, whatever the locale: header, setting and variable names have no others.
[[nodiscard]] constexpr char lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr char upper_case(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
[[nodiscard]] std::string lower_case(std::string_view text);
[[nodiscard]] std::string upper_case(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view one, std::string_view other);

/// ASCII digits only.
[[nodiscard]] constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_letter(char c) {
    return lower_case(c) >= 'a' && lower_case(c) <= 'z';
}

/// Whether a byte starts a character: is not a UTF-8 continuation byte.
[[nodiscard]] constexpr bool begins_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

[[nodiscard]] std::size_t count_characters(std::string_view text);

/// The first `most` bytes of the text or fewer, never cutting a character in two.
[[nodiscard]] std::string_view first_bytes(std::string_view text, std::size_t most);

/// The first character of a text.
struct Character {
    char32_t code = 0;
    std::size_t length = 0;  ///< In bytes; 0 if the text is empty or not valid UTF-8 here (Unicode, table 3-7).
};
[[nodiscard]] Character first_character(std::string_view text);

/// Whether a character is invisible or alters its surroundings: control characters of 7 and 8 bits, line and paragraph
/// separators, marks that change the writing direction, zero-width characters, tags.
[[nodiscard]] bool is_unseen(char32_t character);

/// Whether a character is a control character or a line or paragraph separator.
[[nodiscard]] bool is_control(char32_t character);

/// Makes foreign text (names, descriptions, messages) safe to show to people on one line: each invisible character, and
/// each byte that is not valid UTF-8, becomes U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

/// The same for several lines; line ends stay.
[[nodiscard]] std::string printable_lines(std::string_view text);

/// Foreign text for a message: quoted, cut to 64 bytes, printable ASCII only.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace doze
