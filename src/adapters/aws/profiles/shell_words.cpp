#include "adapters/aws/profiles/shell_words.hpp"

#include <utility>

namespace doze::aws {

std::optional<std::vector<std::string>> split_words(std::string_view line) {
    std::vector<std::string> words;
    std::optional<std::string> word;  // None between words; an empty pair of quotes is a word too.
    char quote = '\0';
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == quote) {
            quote = '\0';
        } else if (quote == '\'') {
            *word += c;
        } else if (c == '\\') {
            if (++i == line.size()) return std::nullopt;
            if (!word) word.emplace();
            // Within double quotes a backslash is only special before one of these.
            if (quote == '"' && line[i] != '"' && line[i] != '\\') *word += c;
            *word += line[i];
        } else if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
            if (!word) word.emplace();
        } else if (quote == '\0' && std::string_view(" \t\r\n").find(c) != std::string_view::npos) {
            if (word) words.push_back(std::move(*word));
            word.reset();
        } else {
            if (!word) word.emplace();
            *word += c;
        }
    }
    if (quote != '\0') return std::nullopt;
    if (word) words.push_back(std::move(*word));
    return words;
}

}  // namespace doze::aws
