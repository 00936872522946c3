// The status as text.
#include <fmt/format.h>
#include <vector>

#include "base/json.hpp"
#include "cli/reply_text.hpp"
#include "cli/terminal.hpp"
#include "cli/views.hpp"
#include "core/model/kinds.hpp"

namespace doze::cli {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

std::string span(std::int64_t length) {
    return core::to_string(core::Duration(seconds(length)));
}

/// "1:05:09", "5:09"
std::string clock(std::int64_t left) {
    const auto minutes = left / 60;
    if (minutes < 60) return fmt::format("{}:{:02}", minutes, left % 60);
    return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, left % 60);
}

std::string moment(std::int64_t since_epoch, core::WallTime now) {
    return local_time(core::WallTime(seconds(since_epoch)), now);
}

std::string heading(const json::object& content) {
    std::string line = fmt::format("doze {}", shown_at(content, "version"));
    if (const auto up = number_at(content, "uptime_seconds")) line += fmt::format(", up for {}", span(*up));
    line += ".\n";
    if (flag_at(content, "dry_run")) line += "Dry run: doze decides and shows everything, and changes nothing.\n";
    return line;
}

std::string sources_text(const json::object& content, bool color) {
    const auto& last_signals = object_at(content, "last_signals");
    Table table({"SOURCE", "STATE", "LAST SIGNAL", "NOTE"});
    for (const auto& value : array_at(content, "sources")) {
        const auto& source = as_object(value);
        const auto state = shown_at(source, "state");
        const auto last =
            state == "running" ? number_at(last_signals, shown_at(source, "kind")) : std::optional<std::int64_t>();
        table.add({{shown_at(source, "name")},
                   {state, color_of_state(state)},
                   {last ? ago(seconds(*last)) : ""},
                   {shown_at(source, "detail")}});
    }
    return table.empty() ? "No signal sources.\n" : table.text(color);
}

std::string size_text(const json::object& resource, std::string_view name) {
    return size_at(object_at(resource, name), "desired", "min", "max");
}

Cell note(const json::object& resource) {
    if (auto trouble = shown_at(resource, "trouble"); !trouble.empty()) return {std::move(trouble), Color::bad};
    if (const auto would = shown_at(resource, "would"); !would.empty()) return {"would " + would, Color::busy};
    if (auto guard = shown_at(resource, "guard"); !guard.empty()) return {std::move(guard), Color::faint};
    if (!flag_at(resource, "registered"))
        return {flag_at(resource, "asleep") ? "no longer registered; to be woken once more" : "not registered",
                Color::faint};
    return {shown_at(resource, "description")};
}

}  // namespace

std::string presence_text(const json::object& content, core::WallTime now, bool color, Countdown countdown) {
    const auto& presence = object_at(content, "presence");
    const auto state = shown_at(presence, "state");
    std::string line = "You are " + colored(clean(state), color_of_state(state), color);
    if (const auto since = number_at(presence, "since")) line += fmt::format(" since {}", moment(*since, now));
    if (const auto lasts = number_at(presence, "for_seconds")) line += fmt::format(" (for {})", span(*lasts));
    if (const auto left = number_at(presence, "away_in_seconds")) {
        line += ", away in " + (countdown == Countdown::in_words ? span(*left) : clock(*left));
    }
    if (flag_at(presence, "locked")) line += ", the screen is locked";
    line += ".\n";
    if (state == "unknown") {
        line = colored("doze is blind", Color::bad, color) +
               ": nothing tells it of your keyboard or pointer, so it puts nothing to sleep.\n";
    }
    return line;
}

std::string counts_text(const json::object& content) {
    const auto& counts = object_at(content, "counts");
    const auto count = [&](std::string_view name) { return number_at(counts, name).value_or(0); };
    if (count("registered") == 0) return {};
    std::string line = fmt::format("Registered: {}.", count("registered"));
    for (const std::string_view name : {"asleep", "stopped", "awake", "in_transit", "guarded", "trouble"}) {
        if (count(name) == 0) continue;
        line.pop_back();
        const std::string_view word = name == "in_transit" ? "in transit" : name == "trouble" ? "in trouble" : name;
        line += fmt::format(", {} {}.", count(name), word);
    }
    return line + "\n";
}

std::string holds_text(const json::object& content, core::WallTime now, bool color) {
    std::string out;
    for (const auto& value : array_at(content, "holds")) {
        const auto& hold = as_object(value);
        auto text = "Held awake: " + clean(shown_at(hold, "why"));
        if (shown_at(hold, "kind") == "client") text += ".";
        if (const auto until = number_at(hold, "until"))
            text +=
                fmt::format(" For {}{}.", span(*until - floor<std::chrono::seconds>(now).time_since_epoch().count()),
                            shown_at(hold, "kind") == "inhibitor" ? " at most" : "");
        out += colored(text, Color::busy, color) + "\n";
    }
    return out;
}

std::string journal_text(const json::object& content, bool color) {
    const auto& journal = object_at(content, "journal");
    std::string out;
    if (const auto trouble = shown_at(journal, "trouble"); !trouble.empty())
        out +=
            colored("The journal can't be written, so nothing is put to sleep: " + clean(trouble), Color::bad, color) +
            "\n";
    for (const auto& note : array_at(journal, "notes"))
        if (note.is_string()) out += colored(clean(note.as_string()), Color::busy, color) + "\n";
    return out;
}

std::string resources_text(const json::object& content, core::WallTime now, bool color, Columns columns) {
    const bool all = columns == Columns::all;
    Table table(all ? std::vector<std::string>{"RESOURCE", "STATE", "SIZE", "DOZE", "BEFORE", "SINCE", "NOTE"}
                    : std::vector<std::string>{"RESOURCE", "STATE", "DOZE", "SINCE", "NOTE"});
    for (const auto& value : array_at(content, "resources")) {
        const auto& resource = as_object(value);
        auto state = shown_at(resource, "state");
        const auto phase = shown_at(resource, "phase");
        const auto step = shown_at(resource, "step");
        const auto since = number_at(resource, "since");
        const auto size = size_text(resource, "size");
        // A resource with phase asleep is coloured so even if AWS calls it ACTIVE at desired size 0.
        const auto state_color = color_of_state(phase.empty() ? state : phase);
        const auto* kind = core::find_kind(shown_at(resource, "kind"));
        if (!all && !size.empty() && kind != nullptr && !kind->members.empty()) state = "at " + size;
        std::vector<Cell> cells{{shown_at(resource, "id")}, {std::move(state), state_color}};
        if (all) cells.push_back({size});
        const bool by_you = flag_at(resource, "stopped_by_you");
        cells.push_back({by_you ? std::string(stopped_by_you) : step, color_of_state(step)});
        if (all) cells.push_back({size_text(resource, "snapshot")});
        cells.push_back({since ? moment(*since, now) : ""});
        cells.push_back(note(resource));
        table.add(std::move(cells));
    }
    if (table.empty()) {
        return "Nothing is registered, so doze touches nothing by itself.\n"
               "`doze list` shows what there is, `doze register TARGET` lets doze put it to sleep.\n";
    }
    return table.text(color);
}

std::string status_text(const json::object& content, core::WallTime now, bool color) {
    const auto unread = unread_text(array_at(content, "regions"), "error", color);
    return heading(content) + presence_text(content, now, color) + "\n" + sources_text(content, color) + "\n" +
           counts_text(content) + journal_text(content, color) + holds_text(content, now, color) +
           resources_text(content, now, color) + (unread.empty() ? "" : "\n" + unread);
}

}  // namespace doze::cli
