// Lists for people, and what could not be read of AWS: one cause is told once, however many lists it spoils.
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
    std::vector<std::pair<std::string, std::vector<std::string>>> causes;  // In the order of their first list.
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

/// What doze has to do with the item.
Cell standing(const json::object& item) {
    if (flag_at(item, "asleep")) return {"asleep", Color::asleep};
    if (flag_at(item, "stopped_by_you")) return {std::string(stopped_by_you), Color::asleep};
    const bool guarded = !shown_at(item, "guard").empty();
    if (flag_at(item, "managed")) return {guarded ? "registered, guarded" : "registered"};
    if (guarded) return {"guarded", Color::faint};
    return {};
}

bool is_guarded(const json::value& item) {
    return !shown_at(as_object(item), "guard").empty();
}

/// Whether any item, or any member of a cluster, is guarded: then the list says why.
bool any_guarded(const json::array& items) {
    return std::ranges::any_of(items, [](const auto& item) {
        const auto& object = as_object(item);
        return is_guarded(item) || std::ranges::any_of(array_at(object, "services"), is_guarded) ||
               std::ranges::any_of(array_at(object, "nodegroups"), is_guarded);
    });
}

/// The heads of a table, with that of the last column, why an item is guarded, where one is.
std::vector<std::string> heads_of(std::vector<std::string> heads, bool notes) {
    if (notes) heads.emplace_back("NOTE");
    return heads;
}

std::vector<Cell> with_note(std::vector<Cell> cells, const json::object& item, bool notes) {
    if (notes) cells.push_back({shown_at(item, "guard"), Color::faint});
    return cells;
}

Table instances(const json::array& items, bool notes) {
    Table table(heads_of({"INSTANCE", "NAME", "TYPE", "STATE", "PUBLIC IP", "PRIVATE IP", "REGION", "DOZE"}, notes));
    for (const auto& value : items) {
        const auto& item = as_object(value);
        table.add(with_note({{shown_at(item, "id")},
                             {shown_at(item, "name")},
                             {shown_at(item, "type")},
                             state_cell(shown_at(item, "state")),
                             {shown_at(item, "public_ip")},
                             {shown_at(item, "private_ip")},
                             {shown_at(item, "region")},
                             standing(item)},
                            item, notes));
    }
    return table;
}

/// "2 of 3 running, 1 pending"
std::string tasks_of(const json::object& service) {
    auto text = running_at(service, "running_count", "desired_count");
    if (const auto pending = number_at(service, "pending_count").value_or(0); pending > 0)
        text += fmt::format(", {} pending", pending);
    return text;
}

Table services(const json::array& clusters, bool notes) {
    Table table(heads_of({"CLUSTER", "SERVICE", "STATUS", "TASKS", "REGION", "DOZE"}, notes));
    const auto add = [&](const json::object& cluster, const json::object& service, std::string status) {
        table.add(with_note({{shown_at(cluster, "name")},
                             {shown_at(service, "name")},
                             state_cell(std::move(status)),
                             {tasks_of(service)},
                             {shown_at(cluster, "region")},
                             standing(service)},
                            service, notes));
    };
    for (const auto& value : clusters) {
        const auto& cluster = as_object(value);
        const auto& members = array_at(cluster, "services");
        if (members.empty()) add(cluster, {}, shown_at(cluster, "status"));
        for (const auto& member : members) add(cluster, as_object(member), shown_at(as_object(member), "status"));
    }
    return table;
}

Table nodegroups(const json::array& clusters, bool notes) {
    Table table(heads_of({"CLUSTER", "NODE GROUP", "STATUS", "TYPE", "NODES", "REGION", "DOZE"}, notes));
    const auto add = [&](const json::object& cluster, const json::object& group, std::string status) {
        table.add(with_note({{shown_at(cluster, "name")},
                             {shown_at(group, "name")},
                             state_cell(std::move(status)),
                             {shown_at(group, "instance_type")},
                             {size_at(group, "desired_size", "min_size", "max_size")},
                             {shown_at(cluster, "region")},
                             standing(group)},
                            group, notes));
    };
    for (const auto& value : clusters) {
        const auto& cluster = as_object(value);
        const auto& members = array_at(cluster, "nodegroups");
        if (members.empty()) add(cluster, {}, shown_at(cluster, "status"));
        for (const auto& member : members) add(cluster, as_object(member), shown_at(as_object(member), "status"));
    }
    return table;
}

/// "instance_class" as the head of a column.
std::string head_of(std::string_view member) {
    std::string head(member);
    for (char& c : head) c = c == '_' ? ' ' : upper_case(c);
    return head;
}

/// "1 of 2 running (1 to 4)"
std::string instances_of(const json::object& group) {
    const auto least = number_at(group, "min_size");
    const auto most = number_at(group, "max_size");
    return running_at(group, "instances", "desired_size") +
           (least && most ? fmt::format(" ({} to {})", *least, *most) : "");
}

/// Kinds whose items say by their members what there is to show.
Table items(const json::array& all, bool notes) {
    std::vector<std::string> heads{"NAME", "STATE"};
    std::vector<std::string> details;
    if (!all.empty())
        for (const auto& member : as_object(all.front())) {
            const std::string name(member.key());
            // The sizes go with the instances.
            constexpr std::array<std::string_view, 10> known{"stopped_by_you", "name",    "state", "region",
                                                             "managed",        "asleep",  "guard", "desired_size",
                                                             "min_size",       "max_size"};
            if (std::ranges::find(known, name) != known.end()) continue;
            details.push_back(name);
            heads.push_back(head_of(name));
        }
    heads.insert(heads.end(), {"REGION", "DOZE"});
    Table table(heads_of(std::move(heads), notes));
    for (const auto& value : all) {
        const auto& item = as_object(value);
        std::vector<Cell> cells{{shown_at(item, "name")}, state_cell(shown_at(item, "state"))};
        for (const auto& name : details) {
            const auto* member = item.if_contains(name);
            if (name == "instances" && item.contains("desired_size"))
                cells.push_back({instances_of(item)});
            else
                cells.push_back({shown_at(item, name), Color::none, member != nullptr && member->is_number()});
        }
        cells.push_back({shown_at(item, "region")});
        cells.push_back(standing(item));
        table.add(with_note(std::move(cells), item, notes));
    }
    return table;
}

/// How old the list is, and what could not be read.
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

Table table_of(core::Kind kind, const json::array& all) {
    const bool notes = any_guarded(all);
    switch (kind) {
        case core::Kind::ec2: return instances(all, notes);
        case core::Kind::ecs: return services(all, notes);
        case core::Kind::eks: return nodegroups(all, notes);
        default: return items(all, notes);
    }
}

}  // namespace

std::string list_text(const json::object& content, std::string_view kind, bool color) {
    std::string out;
    bool any = false;
    for (const auto& one : core::kinds()) {
        if (kind != "all" && kind != one.word) continue;
        const auto table = table_of(one.kind, array_at(content, kind == "all" ? one.inventory : one.array));
        any = any || !table.empty();
        // Everything that there is not would be most of the page.
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
