#include "adapters/aws/profiles/ini.hpp"

#include <algorithm>
#include <cwctype>
#include <deque>
#include <fmt/format.h>
#include <locale.h>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace doze::aws {

namespace {

/// The last character of a UTF-8 text.
Character last_of(std::string_view text) {
    std::size_t at = text.size() - 1;
    while (at > 0 && !begins_character(text[at])) --at;
    return {.code = first_character(text.substr(at)).code, .length = text.size() - at};
}

/// The characters that Python's str.strip() removes.
bool is_blank(char32_t c) {
    return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/// The characters at which Python's str.splitlines() ends a line.
bool ends_line(char32_t c) {
    return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

std::string_view strip_right(std::string_view text) {
    while (!text.empty()) {
        const auto last = last_of(text);
        if (!is_blank(last.code)) break;
        text.remove_suffix(last.length);
    }
    return text;
}

/// The leading whitespace of a text, and its number of characters.
std::pair<std::string_view, std::size_t> blanks_before(std::string_view text) {
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (Character c = first_character(text); c.length > 0 && is_blank(c.code);
         c = first_character(text.substr(bytes))) {
        bytes += c.length;
        ++count;
    }
    return {text.substr(0, bytes), count};
}

std::string_view strip(std::string_view text) {
    text.remove_prefix(blanks_before(text).first.size());
    return strip_right(text);
}

/// Calls `take` with each line that Python's str.splitlines() would return.
template <class Take>
bool each_piece(std::string_view text, Take take) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto c = first_character(text.substr(at));
        if (ends_line(c.code)) {
            if (!take(text.substr(begin, at - begin))) return false;
            begin = at + c.length;
        }
        at += std::max<std::size_t>(c.length, 1);
    }
    return take(text.substr(begin));
}

class LetterCase {
   public:
    LetterCase() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
    ~LetterCase() {
        if (locale_ != nullptr) ::freelocale(locale_);
    }
    LetterCase(const LetterCase&) = delete;
    LetterCase& operator=(const LetterCase&) = delete;

    [[nodiscard]] char32_t lower(char32_t c) const {
        return locale_ == nullptr ? c : static_cast<char32_t>(::towlower_l(static_cast<wint_t>(c), locale_));
    }

   private:
    locale_t locale_;
};

void append(std::string& text, char32_t c) {
    const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80U | ((c >> shift) & 0x3FU)); };
    if (c < 0x80) {
        text += static_cast<char>(c);
    } else if (c < 0x800) {
        text += static_cast<char>(0xC0U | (c >> 6U));
        tail(0);
    } else if (c < 0x10000) {
        text += static_cast<char>(0xE0U | (c >> 12U));
        tail(6);
        tail(0);
    } else {
        text += static_cast<char>(0xF0U | (c >> 18U));
        tail(12);
        tail(6);
        tail(0);
    }
}

Error unreadable(std::string message, std::string next_step = "Correct the file; doze reads it again by itself.") {
    return {.code = ErrorCode::no_credentials, .message = std::move(message), .next_step = std::move(next_step)};
}

/// The reason why the file can't be parsed at all, if there is one.
std::optional<Error> no_text(std::string_view text, const std::string& name) {
    const auto wrong = [&](std::size_t line, const char* what) {
        return unreadable(fmt::format("Line {} of {} {}.", line, name, what),
                          "Save it as UTF-8 without a byte order mark; doze reads it again by itself.");
    };
    const bool marked = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
    const bool looks_so = text.size() >= 2 && (text[0] == '\0') != (text[1] == '\0');
    if (marked || looks_so) return wrong(1, "is not UTF-8 text: the file is UTF-16, as PowerShell's > writes it");
    if (text.starts_with("\xEF\xBB\xBF")) return wrong(1, "begins with a byte order mark");
    std::size_t line = 0;
    for (auto rest : lines_of(text)) {
        ++line;
        while (!rest.empty()) {
            const auto length = first_character(rest).length;
            if (length == 0) return wrong(line, "is not UTF-8 text");
            rest.remove_prefix(length);
        }
    }
    return std::nullopt;
}

/// The value of a key, in the lines in which it was written.
struct Pieces {
    struct Piece {
        std::size_t line;
        std::string_view text;
    };
    std::vector<Piece> pieces;

    [[nodiscard]] Secret joined() const {
        std::size_t length = 0;
        for (const auto& piece : pieces) length += piece.text.size() + 1;
        std::string text;
        text.reserve(length);  // Allocated once: a growing string leaves its old memory behind.
        for (const auto& piece : pieces) {
            if (&piece != &pieces.front()) text += '\n';
            text += piece.text;
        }
        text.resize(strip_right(text).size());
        return Secret::of(text);
    }

    /// Whether the key has no value of its own, only lines below it.
    [[nodiscard]] bool is_nested() const {
        return pieces.front().text.empty() &&
               std::ranges::any_of(pieces, [](const Piece& piece) { return !piece.text.empty(); });
    }
};

/// Parses a file line by line.
class IniReader {
   public:
    explicit IniReader(const std::string& name) : name_(name) {}

    /// Takes a line. An error ends the parsing.
    [[nodiscard]] std::optional<Error> take(std::string_view line) {
        using enum IniLine::Kind;
        ++number_;
        const IniLine is = lines_.next(line);
        switch (is.kind) {
            case comment: return std::nullopt;
            case section: return open(std::string(is.name));
            case setting: return set(is);
            case blank:
            case continuation:
                if (value_ != nullptr) value_->pieces.push_back({number_, is.content});
                return std::nullopt;
            case wrong: break;
        }
        if (section_ == nullptr) return bad(number_, what_is_wrong(is.content));
        note_wrong(is.content);
        return std::nullopt;
    }

    /// The sections, after the last line.
    [[nodiscard]] Result<std::vector<IniSection>> sections() const {
        if (first_wrong_) return *first_wrong_;
        std::vector<IniSection> all;
        for (const auto& section : sections_) {
            IniSection made{.title = section.title, .settings = {}};
            for (const auto* keys : {&section.keys, &defaults_.keys}) {
                for (const auto& [key, value] : *keys) {
                    if (keys == &defaults_.keys && section.keys.contains(key)) continue;
                    if (const auto error = read_value(key, value, made)) return *error;
                }
            }
            all.push_back(std::move(made));
        }
        return all;
    }

   private:
    struct Section {
        std::string title;
        std::size_t line = 0;
        std::map<std::string, Pieces> keys = {};
    };

    std::optional<Error> open(std::string title) {
        value_ = nullptr;
        if (title == "DEFAULT") {
            section_ = &defaults_;
            return std::nullopt;
        }
        const auto [place, fresh] = titles_.try_emplace(title, number_);
        if (!fresh) return bad(number_, fmt::format("a second one of the [section] in line {}", place->second));
        sections_.push_back({.title = std::move(title), .line = number_});
        section_ = &sections_.back();
        return std::nullopt;
    }

    std::optional<Error> set(const IniLine& is) {
        if (section_ == nullptr) return bad(number_, "a setting before the first [section]");
        if (is.name.empty()) note_wrong(is.content);
        const auto [place, fresh] = section_->keys.try_emplace(key_of(is.name));
        if (!fresh) {
            return bad(number_, fmt::format("a second value for the key in line {}", place->second.pieces[0].line));
        }
        place->second.pieces.push_back({number_, is.value});
        value_ = is.name.empty() ? nullptr : &place->second;
        return std::nullopt;
    }

    std::optional<Error> read_value(const std::string& key, const Pieces& value, IniSection& into) const {
        if (!value.is_nested()) {
            into.settings.emplace(key, value.joined());
            return std::nullopt;
        }
        auto& inner = into.nested[key];
        for (const auto& piece : value.pieces) {
            const bool good = each_piece(piece.text, [&](std::string_view text) {
                text = strip(text);
                const auto equals = text.find('=');
                if (text.empty()) return true;
                if (equals == std::string_view::npos) return false;
                inner.insert_or_assign(std::string(strip(text.substr(0, equals))),
                                       Secret(strip(text.substr(equals + 1))));
                return true;
            });
            if (!good) return bad(piece.line, "below a key without a value, but not key = value");
        }
        return std::nullopt;
    }

    /// Remembers the first wrong line. It becomes the error if the rest of the file can be parsed.
    void note_wrong(std::string_view content) {
        if (!first_wrong_) first_wrong_ = bad(number_, what_is_wrong(content));
    }

    static std::string what_is_wrong(std::string_view content) {
        if (content.starts_with('[')) return "a [section] that is not closed";
        return "neither [section] nor key = value";
    }

    [[nodiscard]] Error bad(std::size_t line, std::string_view what) const {
        return unreadable(fmt::format("Line {} of {} is {}.", line, name_, what));
    }

    const std::string& name_;
    IniLines lines_;
    std::size_t number_ = 0;
    std::deque<Section> sections_;  ///< A deque, so that pointers to its elements stay valid.
    Section defaults_;
    std::map<std::string, std::size_t> titles_;
    Section* section_ = nullptr;
    Pieces* value_ = nullptr;  ///< The value that continuation lines are added to.
    std::optional<Error> first_wrong_;
};

}  // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        auto end = std::min(text.find_first_of("\r\n"), text.size() - 1);
        if (text[end] == '\r' && text.substr(end + 1).starts_with('\n')) ++end;
        lines.push_back(text.substr(0, end + 1));
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::string_view without_end(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string key_of(std::string_view name) {
    const bool plain = std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80U; });
    if (plain) return lower_case(name);
    static const LetterCase letters;
    std::string key;
    while (!name.empty()) {
        const auto c = first_character(name);
        append(key, letters.lower(c.code));
        name.remove_prefix(std::max<std::size_t>(c.length, 1));
    }
    return key;
}

IniLine IniLines::next(std::string_view line) {
    using enum IniLine::Kind;
    const auto [indentation, indent] = blanks_before(line);
    IniLine is{.kind = blank, .content = strip_right(line.substr(indentation.size())), .indentation = indentation};
    if (is.content.empty()) return is;
    is.kind = comment;
    if (is.content.front() == '#' || is.content.front() == ';') return is;
    is.kind = continuation;
    if (in_section_ && has_key_ && indent > indent_) return is;
    indent_ = indent;
    const auto close = is.content.rfind(']');
    if (is.content.front() == '[' && close != std::string_view::npos && close > 1) {
        is.kind = section;
        is.name = is.content.substr(1, close - 1);
        in_section_ = true;
        has_key_ = false;
        return is;
    }
    is.kind = wrong;
    const auto delimiter = is.content.find_first_of("=:");
    if (delimiter == std::string_view::npos) return is;
    is.kind = setting;
    is.name = strip_right(is.content.substr(0, delimiter));
    is.value = strip(is.content.substr(delimiter + 1));
    has_key_ = !is.name.empty();
    return is;
}

Result<std::vector<IniSection>> parse_ini(std::string_view text, const std::string& name) {
    if (auto error = no_text(text, name)) return *error;
    IniReader reader(name);
    for (const auto line : lines_of(text)) {
        if (auto error = reader.take(without_end(line))) return *error;
    }
    return reader.sections();
}

}  // namespace doze::aws
