#include "app/offline/init/questions.hpp"

#include <cerrno>
#include <optional>
#include <string_view>
#include <unistd.h>

#include "base/text.hpp"
#include "cli/text.hpp"

namespace doze::init {
namespace {

/// The next line; none at the end. Byte by byte: what follows is for whoever asks next, such as `doze auth set`.
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
    // Where nobody typed the end of the line.
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
