// Lists as text, and errors of reading AWS: a common cause is shown once, for however many lists.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/reply_text.hpp"
#include "cli/target.hpp"
#include "cli/terminal.hpp"
#include "cli/views.hpp"

namespace doze::cli {

namespace {

constexpr std::size_t most_places = 3;

std::string joined(const std::vector<std::string>& places) {
    std::string out;
    for (std::size_t i = 0; i < places.size() && i < most_places; ++i) out += (i == 0 ? "" : ", ") + places[i];
    if (places.size() > most_places) out += fmt::format(" and {} more", places.size() - most_places);
    return out;
}

}  // namespace

std::string unread_text(const boost::json::array& lists, std::string_view error_member, bool color) {
    std::vector<std::pair<std::string, std::vector<std::string>>> causes;  // In the order in which they first occur.
    for (const auto& value : lists) {
        const auto& list = as_object(value);
        auto error = clean(shown_at(list, error_member));
        if (error.empty()) continue;
        auto known = causes.begin();
        while (known != causes.end() && known->first != error) ++known;
        if (known == causes.end()) known = causes.emplace(causes.end(), std::move(error), std::vector<std::string>());
        known->second.push_back(fmt::format("{} {}", clean(shown_at(list, "region")), clean(shown_at(list, "kind"))));
    }
    std::string out;
    for (const auto& [error, places] : causes)
        out += fmt::format("{} could not be read: {}\n", joined(places), colored(error, Color::bad, color));
    return out;
}

namespace {

namespace json = boost::json;

Cell state_cell(std::string state) {
    const auto color = color_of_state(state);
    return {std::move(state), color};
}

/// What doze does with the item.
Cell standing(const json::object& item) {
    if (flag_at(item, "asleep")) return {"asleep", Color::asleep};
    if (flag_at(item, "stopped_by_you")) return {std::string(stopped_by_you), Color::asleep};
    const bool guarded = !shown_at(item, "guard").empty();
    if (flag_at(item, "managed")) return {guarded ? "registered, guarded" : "registered"};
    if (guarded) return {"guarded", Color::faint};
    return {};
}

/// An item of a list, and its cluster. A cluster without members has a line without an item.
struct Line {
    const json::object& item;
    const json::object& cluster;

    [[nodiscard]] std::string guard() const { return shown_at(item, "guard"); }
    [[nodiscard]] const json::object& with_state() const { return item.empty() ? cluster : item; }
    [[nodiscard]] const json::object& with_region() const { return cluster.empty() ? item : cluster; }
};

std::vector<Line> lines_of(const core::KindInfo& kind, const json::array& all) {
    static const json::object none;
    std::vector<Line> lines;
    for (const auto& value : all) {
        const auto& one = as_object(value);
        const auto& members = array_at(one, kind.grouped);
        if (!kind.in_cluster)
            lines.push_back({one, none});
        else if (members.empty())
            lines.push_back({none, one});
        for (const auto& member : members) lines.push_back({as_object(member), one});
    }
    return lines;
}

/// The item's members that get a column, according to the first item. The first column is the name.
std::vector<std::string> columns_of(const core::KindInfo& kind, const std::vector<Line>& lines) {
    constexpr std::array<std::string_view, 5> last{"region", "managed", "asleep", "stopped_by_you", "guard"};
    constexpr std::array<std::string_view, 7> sizes{"desired_size",  "min_size",      "max_size", "desired_count",
                                                    "running_count", "pending_count", "instances"};
    const auto first = std::ranges::find_if(lines, [](const Line& line) { return !line.item.empty(); });
    if (first == lines.end()) return {"name", "status"};
    std::vector<std::string> columns;
    for (const auto& member : first->item) {
        const std::string_view name = member.key();
        if (std::ranges::find(last, name) != last.end()) continue;
        if (!kind.members.empty() && std::ranges::find(sizes, name) != sizes.end()) continue;
        columns.emplace_back(name);
    }
    return columns;
}

/// The column heading for "instance_class".
std::string head_of(std::string_view member) {
    if (member == "instance_type") return "TYPE";
    std::string head(member);
    for (char& c : head) c = c == '_' ? ' ' : upper_case(c);
    return head;
}

std::vector<std::string> heads_of(const core::KindInfo& kind, const std::vector<std::string>& columns, bool notes) {
    std::vector<std::string> heads;
    if (kind.in_cluster) heads.emplace_back("CLUSTER");
    heads.emplace_back(kind.name_heading);
    for (std::size_t i = 1; i < columns.size(); ++i) heads.push_back(head_of(columns[i]));
    if (!kind.members.empty()) heads.push_back(head_of(kind.members));
    heads.insert(heads.end(), {"REGION", "DOZE"});
    if (notes) heads.emplace_back("NOTE");
    return heads;
}

/// The item's size: "2 of 3 running, 1 pending", "1 of 2 running (1 to 4)", "2 (1 to 4)".
std::string size_of(const json::object& item) {
    if (item.contains("running_count")) {
        const auto pending = number_at(item, "pending_count").value_or(0);
        return running_at(item, "running_count", "desired_count") +
               (pending > 0 ? fmt::format(", {} pending", pending) : "");
    }
    if (!item.contains("instances")) return size_at(item, "desired_size", "min_size", "max_size");
    const auto least = number_at(item, "min_size");
    const auto most = number_at(item, "max_size");
    return running_at(item, "instances", "desired_size") +
           (least && most ? fmt::format(" ({} to {})", *least, *most) : "");
}

std::vector<Cell> cells_of(const core::KindInfo& kind, const std::vector<std::string>& columns, const Line& line,
                           bool notes) {
    std::vector<Cell> cells;
    if (kind.in_cluster) cells.push_back({shown_at(line.cluster, "name")});
    for (const auto& name : columns) {
        const auto* member = line.item.if_contains(name);
        if (name == "state" || name == "status")
            cells.push_back(state_cell(shown_at(line.with_state(), name)));
        else
            cells.push_back({shown_at(line.item, name), Color::none, member != nullptr && member->is_number()});
    }
    if (!kind.members.empty()) cells.push_back({size_of(line.item)});
    cells.push_back({shown_at(line.with_region(), "region")});
    cells.push_back(standing(line.item));
    if (notes) cells.push_back({line.guard(), Color::faint});
    return cells;
}

/// If an item is guarded, the last column gives the reason.
Table table_of(const core::KindInfo& kind, const json::array& all) {
    const auto lines = lines_of(kind, all);
    const auto columns = columns_of(kind, lines);
    const bool notes = std::ranges::any_of(lines, [](const Line& line) { return !line.guard().empty(); });
    Table table(heads_of(kind, columns, notes));
    for (const auto& line : lines) table.add(cells_of(kind, columns, line, notes));
    return table;
}

/// The age of the list, and what could not be read.
std::string ending(const json::object& content, bool color) {
    std::string out = unread_text(array_at(content, "errors"), "message", color);
    if (const auto more = number_at(content, "remaining")) {
        out += fmt::format("{} more do not fit here; narrow the list with --region.\n", *more);
    }
    if (const auto age = number_at(content, "age_seconds")) {
        const auto words = ago(std::chrono::seconds(*age));
        out += colored(fmt::format("Seen {}; --fresh asks AWS now.", words), Color::faint, color) + "\n";
    } else if (content.contains("age_seconds")) {
        out += "AWS has not answered yet: try again in a moment, or see `doze status`.\n";
    }
    return out;
}

}  // namespace

std::string list_text(const json::object& content, std::string_view kind, bool color) {
    std::string out;
    bool any = false;
    for (const auto& one : core::kinds()) {
        if (kind != "all" && kind != one.word) continue;
        const auto table = table_of(one, array_at(content, kind == "all" ? one.inventory : one.array));
        any = any || !table.empty();
        // Otherwise most of the page would be empty tables.
        if (kind == "all" && table.empty()) continue;
        out += table.empty() ? fmt::format("No {}s.\n", one.noun) : table.text(color);
        if (kind == "all") out += "\n";
    }
    if (!any && kind == "all") out += "Nothing is there that doze could put to sleep.\n";
    if (!any) out += "The regions looked at are aws.regions in settings.json.\n";
    return out + ending(content, color);
}

std::string registered_text(const json::object& content, bool color) {
    Table table({"RESOURCE", "STATE", "DOZE", "DESCRIPTION", "NOTE"});
    const auto add = [&](std::string name, const json::object& item) {
        Cell note{shown_at(item, "guard"), Color::faint};
        if (auto restarts = shown_at(item, "restarts_at"); !restarts.empty())
            note = {fmt::format("AWS starts it again on {}; doze stops it then.", restarts.substr(0, 10)),
                    Color::faint};
        if (auto busy = shown_at(item, "busy"); !busy.empty()) note = {std::move(busy), Color::busy};
        if (const auto would = shown_at(item, "would"); !would.empty()) note = {"would " + would, Color::busy};
        if (auto trouble = shown_at(item, "trouble"); !trouble.empty()) note = {std::move(trouble), Color::bad};
        table.add({{std::move(name)},
                   state_cell(shown_at(item, "state")),
                   flag_at(item, "asleep")           ? Cell{"asleep", Color::asleep}
                   : flag_at(item, "stopped_by_you") ? Cell{std::string(stopped_by_you), Color::asleep}
                                                     : Cell{},
                   {shown_at(item, "description")},
                   std::move(note)});
    };
    for (const auto& kind : core::kinds())
        for (const auto& value : array_at(content, kind.registry))
            add(core::to_string(resource_in(kind, as_object(value))), as_object(value));
    if (table.empty()) {
        return "Nothing is registered, so doze touches nothing by itself.\n"
               "`doze list` shows what there is, `doze register TARGET` lets doze put it to sleep.\n";
    }
    return table.text(color);
}

}  // namespace doze::cli
