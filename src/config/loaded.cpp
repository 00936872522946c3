#include "config/loaded.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace doze::config {
namespace {

constexpr std::size_t most_notes = 200;
constexpr int errors_in_full = 5;

/// Length of the UTF-8 sequence that `text` begins with; 0 if it is none (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return byte(i) >= low && byte(i) <= high;
    };
    const auto first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool second = tail(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
        return second && tail(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool second = tail(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
        return second && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

bool is_control(char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t') || c == '\x7f';
}

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
        const auto length = sequence_length(text.substr(i));
        if (length == 0 || is_control(text[i])) {
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
