#include "config/loaded.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/text.hpp"

namespace doze::config {
namespace {

constexpr std::size_t most_notes = 200;
constexpr int errors_in_full = 5;

}  // namespace

void Findings::error(int line, std::string_view text) {
    add(core::Level::error, line, text);
    if (++errors_ > errors_in_full) {
        ++unsaid_;
        return;
    }
    if (!error_text_.empty()) error_text_ += "; ";
    error_text_ += at_line(file_, line, text);
}

void Findings::warn(int line, std::string_view text) {
    add(core::Level::warning, line, text);
}

void Findings::info(int line, std::string_view text) {
    add(core::Level::info, line, text);
}

bool Findings::full() const {
    return notes_.size() >= most_notes;
}

void Findings::add(core::Level level, int line, std::string_view text) {
    if (!full()) notes_.push_back({level, at_line(file_, line, text)});
}

Error Findings::as_error() const {
    const auto more = unsaid_ > 0 ? fmt::format("; and {} more", unsaid_) : std::string();
    return {.code = ErrorCode::bad_request,
            .message = error_text_ + more + ".",
            .next_step = "Correct the file; doze never overwrites it."};
}

Note to_note(const Error& error) {
    auto text = error.message;
    if (text.ends_with('.')) text.pop_back();
    return {core::Level::error, std::move(text)};
}

std::string at_line(std::string_view file, int line, std::string_view text) {
    return line > 0 ? fmt::format("{}:{}: {}", file, line, text) : fmt::format("{}: {}", file, text);
}

Result<void> check_text(std::string_view text, std::string_view file, std::size_t limit) {
    Findings findings(file);
    if (text.size() > limit) {
        findings.error(0, fmt::format("is {} bytes long; at most {} are read", text.size(), limit));
        return findings.as_error();
    }
    for (std::size_t i = 0; i < text.size();) {
        const auto [character, length] = first_character(text.substr(i));
        const bool is_space = character == '\n' || character == '\r' || character == '\t';
        if (length == 0 || (character < ' ' && !is_space) || character == 0x7F) {
            const auto line =
                static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(i), '\n')) + 1;
            findings.error(line, length == 0 ? "is not UTF-8 text here" : "has a control character here");
            return findings.as_error();
        }
        i += length;
    }
    return {};
}

std::string_view without_bom(std::string_view text) {
    constexpr std::string_view bom = "\xEF\xBB\xBF";
    if (text.starts_with(bom)) text.remove_prefix(bom.size());
    return text;
}

}  // namespace doze::config
