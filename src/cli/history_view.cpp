// The history for people: the newest last, where the eye is.
#include <fmt/format.h>

#include "base/json.hpp"
#include "cli/members.hpp"
#include "cli/terminal_text.hpp"
#include "cli/views.hpp"

namespace doze::cli {
namespace {

namespace json = boost::json;

Color color_of_level(std::string_view level) {
    return level == "error" ? Color::bad : level == "warning" ? Color::busy : Color::none;
}

}  // namespace

std::string history_text(const json::array& newest_first, core::WallTime now, bool color) {
    std::string out;
    std::string day;
    for (auto item = newest_first.rbegin(); item != newest_first.rend(); ++item) {
        const auto& line = as_object(*item);
        const core::WallTime at(std::chrono::seconds(number_at(line, "at").value_or(0)));
        if (auto date = local_day(at, now); date != day) {
            day = std::move(date);
            out += day + "\n";
        }
        out += fmt::format("  {}  {}  {}\n", local_clock(at),
                           colored(clean(shown_at(line, "text")), color_of_level(shown_at(line, "level")), color),
                           colored("(" + clean(shown_at(line, "reason")) + ")", Color::faint, color));
    }
    return out.empty() ? "Nothing happened in that time.\n" : out;
}

}  // namespace doze::cli
