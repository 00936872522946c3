#include "app/offline/init/questions.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "base/text.hpp"
#include "cli/terminal.hpp"

namespace doze::init {

namespace {

std::optional<std::size_t> number(std::string_view text) {
    std::size_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || rest != end) return std::nullopt;
    return value;
}

/// Parses "3" or "2-5" into first and last number.
std::optional<std::pair<std::size_t, std::size_t>> range(std::string_view text) {
    const auto dash = text.find('-');
    const auto first = number(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number(text.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    return std::pair(*first, *last);
}

}  // namespace

Result<std::vector<std::size_t>> parse_selection(std::string_view text, const std::vector<std::string>& names) {
    std::set<std::size_t> chosen;
    constexpr std::string_view between = " ,\t";
    for (auto at = text.find_first_not_of(between); at != std::string_view::npos;
         at = text.find_first_not_of(between, at)) {
        const auto end = std::min(text.find_first_of(between, at), text.size());
        const auto part = text.substr(at, end - at);
        at = end;
        if (part == "none") continue;
        const auto name = std::ranges::find(names, part);
        if (part == "all") {
            for (std::size_t i = 0; i < names.size(); ++i) chosen.insert(i);
        } else if (name != names.end()) {
            chosen.insert(static_cast<std::size_t>(name - names.begin()));
        } else if (const auto numbers = range(part)) {
            const auto [first, last] = *numbers;
            if (first < 1 || last > names.size() || first > last) {
                return Error{.code = ErrorCode::bad_request,
                             .message = fmt::format("{} is not within 1 to {}.", quoted(part), names.size())};
            }
            for (auto i = first; i <= last; ++i) chosen.insert(i - 1);
        } else {
            return Error{
                .code = ErrorCode::bad_request,
                .message = fmt::format("{} is no number, no range such as 2-5 and no name of the list.", quoted(part))};
        }
    }
    return std::vector<std::size_t>(chosen.begin(), chosen.end());
}

namespace {

/// The next line; empty at the end of input. Read byte by byte: the rest is for the next reader, such as `doze auth
/// set`.
std::optional<std::string> read_line() {
    constexpr std::size_t longest = 4096;
    std::string line;
    char c = '\0';
    while (true) {
        const auto count = ::read(STDIN_FILENO, &c, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return line.empty() ? std::nullopt : std::optional(line);
        if (c == '\n') return line;
        if (line.size() < longest) line += c;
    }
}

}  // namespace

Result<std::string> Questions::ask(const std::string& question, const std::string& fallback) {
    console_.out << question << (fallback.empty() ? "" : " [" + cli::clean(fallback) + "]") << ": " << std::flush;
    const auto line = read_line();
    // Ends the prompt's line if no person did by Enter.
    if (!line || ::isatty(STDIN_FILENO) != 1) console_.out << '\n';
    if (!line) {
        return Error{.code = ErrorCode::bad_request,
                     .message = "The answers ended here.",
                     .next_step =
                         "Run `doze init` on a terminal, or give it an answer on each line of its standard "
                         "input. Nothing was written."};
    }
    std::string answer(trim(*line));
    return answer.empty() ? fallback : answer;
}

Result<bool> Questions::confirm(const std::string& question, bool fallback) {
    while (true) {
        const auto answer = ask(question + (fallback ? " (Y/n)" : " (y/N)"), "");
        if (!answer) return answer.error();
        if (answer->empty()) return fallback;
        if (*answer == "y" || *answer == "Y" || *answer == "yes") return true;
        if (*answer == "n" || *answer == "N" || *answer == "no") return false;
        console_.out << "Please answer y or n.\n";
    }
}

}  // namespace doze::init
