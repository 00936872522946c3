#include "app/offline/inspect/log_lines.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iterator>
#include <optional>
#include <utility>

#include "base/ownership.hpp"
#include "base/paths.hpp"
#include "cli/terminal_text.hpp"

namespace doze::inspect {
namespace {

/// A file of the log has 5 MiB; one that somebody else wrote to is no larger than this.
constexpr std::size_t largest_log = std::size_t{64} << 20;
constexpr int oldest = 3;

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

struct Parts {
    std::string_view time;
    std::string_view level;
    std::string_view module;
    std::string_view message;
};

std::optional<Parts> parts_of(std::string_view line) {
    Parts parts;
    for (auto* part : {&parts.time, &parts.level, &parts.module}) {
        if (!line.starts_with('[')) return std::nullopt;
        const auto end = line.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        *part = line.substr(1, end - 1);
        line.remove_prefix(end + 1);
        if (line.starts_with(' ')) line.remove_prefix(1);
    }
    if (line.starts_with("- ")) line.remove_prefix(2);
    parts.message = line;
    return parts;
}

cli::Color color_of_level(std::string_view level) {
    if (level == "error" || level == "critical") return cli::Color::bad;
    if (level == "warning") return cli::Color::busy;
    return level == "info" ? cli::Color::good : cli::Color::faint;
}

}  // namespace

Result<LastLines> last_lines(const std::filesystem::path& state_dir, std::size_t count) {
    LastLines last;
    bool found = false;
    for (int age = 0; age <= oldest && (age == 0 || last.lines.size() < count); ++age) {
        const auto text = read_own_file(log_file(state_dir, age), largest_log);
        if (!text) return text.error();
        if (!*text) continue;
        found = true;
        // The last line of the newest file may still be being written.
        const auto whole = age == 0 ? (*text)->rfind('\n') + 1 : (*text)->size();  // npos + 1 is 0.
        if (age == 0) last.end = whole;
        auto lines = split(std::string_view(**text).substr(0, whole));
        std::ranges::move(last.lines, std::back_inserter(lines));
        last.lines = std::move(lines);
    }
    if (!found) {
        return Error{.code = ErrorCode::not_found,
                     .message = "There is no log yet at " + log_file(state_dir).string() + ".",
                     .next_step =
                         "`doze run` writes one; if it runs with another state directory, say so with "
                         "--state-dir."};
    }
    const auto surplus = last.lines.size() - std::min(count, last.lines.size());
    last.lines.erase(last.lines.begin(), last.lines.begin() + static_cast<std::ptrdiff_t>(surplus));
    return last;
}

std::string log_text(std::string_view line, bool color) {
    const auto parts = parts_of(line);
    if (!parts || !color) return cli::clean(line);
    return cli::colored("[" + cli::clean(parts->time) + "]", cli::Color::faint, true) + " [" +
           cli::colored(cli::clean(parts->level), color_of_level(parts->level), true) + "] [" +
           cli::clean(parts->module) + "] - " + cli::clean(parts->message);
}

std::string log_json(std::string_view line) {
    boost::json::object object;
    if (const auto parts = parts_of(line)) {
        object = {{"time", cli::clean(parts->time)},
                  {"level", cli::clean(parts->level)},
                  {"module", cli::clean(parts->module)},
                  {"message", cli::clean(parts->message)}};
    } else {
        object = {{"message", cli::clean(line)}};
    }
    return boost::json::serialize(object);
}

}  // namespace doze::inspect
