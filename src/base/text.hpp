#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text in UTF-8, and what of it may be shown.
namespace doze {

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

}  // namespace doze
