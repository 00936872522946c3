// Events and history as text, one line each, newest last, where the eye is.
#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <utility>

#include "base/json.hpp"
#include "cli/reply_text.hpp"
#include "cli/terminal.hpp"
#include "cli/views.hpp"
#include "core/model/kinds.hpp"

namespace doze::cli {

namespace {

namespace json = boost::json;

std::string activity_text(const json::object& content) {
    const auto name = shown_at(content, "activity");
    std::string line = clean(name);
    for (const auto& [activity, word] : {std::pair("KEYBOARD_ACTIVITY", "keyboard"),
                                         std::pair("MOUSE_MOVEMENT", "pointer"), std::pair("SCREEN_CHANGE", "screen"),
                                         std::pair("ACTIVE_WINDOW", "window"), std::pair("AUDIO_PLAYBACK", "audio")})
        if (name == activity) line = word;
    const auto count = number_at(content, "count").value_or(1);
    return count > 1 ? fmt::format("{} ×{}", line, count) : line;
}

std::string state_of(const json::object& item) {
    auto state = shown_at(item, "state");
    if (state.empty()) state = shown_at(item, "status");
    const auto size = number_at(item, item.contains("desired_count") ? "desired_count" : "desired_size");
    return clean(state) + (size ? fmt::format(", size {}", *size) : "");
}

/// "i-0abc (web): stopping, i-0def (db): stopping", for an event that contains a whole list and its changes.
std::string changes_text(const json::object& content) {
    constexpr int most = 3;
    const auto& changed = array_at(content, "changed");
    std::string out;
    int told = 0;
    int left_out = 0;
    for (const auto& value : array_at(content, "instances")) {
        const auto& item = as_object(value);
        const auto id = shown_at(item, "id");
        if (std::ranges::none_of(changed, [&](const auto& one) { return one.is_string() && one.get_string() == id; }))
            continue;
        if (++told > most) {
            ++left_out;
            continue;
        }
        const auto name = clean(shown_at(item, "name"));
        out += fmt::format("{}{}{}: {}", out.empty() ? "" : ", ", clean(id), name.empty() ? "" : " (" + name + ")",
                           state_of(item));
    }
    if (left_out > 0) out += fmt::format(" and {} more", left_out);
    return out.empty() ? "some instances are gone" : out;
}

/// "dev/api: ACTIVE, size 0"
std::string change_text(const json::object& content) {
    if (content.contains("changed")) return changes_text(content);
    for (const auto& [name, value] : content) {
        const auto* items = value.if_array();
        if (!items || items->empty()) continue;
        const auto& item = as_object(items->front());
        const auto item_name = clean(shown_at(item, "name"));
        for (const auto& kind : core::kinds()) {
            const auto& grouped = array_at(item, kind.grouped);
            if (grouped.empty()) continue;
            const auto& member = as_object(grouped.front());
            return fmt::format("{}/{}: {}", item_name, clean(shown_at(member, "name")), state_of(member));
        }
        const auto id = clean(shown_at(item, "id"));
        if (id.empty()) return fmt::format("{}: {}", item_name, state_of(item));
        return fmt::format("{}{}: {}", id, item_name.empty() ? "" : " (" + item_name + ")", state_of(item));
    }
    return "-";
}

std::string left_text(const json::object& content) {
    const auto left = number_at(content, "nowtime");
    return left ? core::to_string(core::Duration(*left)) : "-";
}

std::string what(const json::object& event) {
    const auto type = shown_at(event, "type");
    const auto& content = object_at(event, "content");
    if (type == "USER_ACTIVITY") return activity_text(content);
    if (type == "connection") return "events follow";
    if (type == "TIMER_START") return fmt::format("countdown: {} left", left_text(content));
    if (type == "TIMER_TICK") return fmt::format("{} left", left_text(content));
    if (type == "PRESENCE") return fmt::format("you are {}", clean(shown_at(content, "state")));
    if (type == "TIMER_END") return fmt::format("countdown over: {}", clean(shown_at(content, "reason")));
    if (type == "EVENTS_LOST")
        return fmt::format("{} events lost, since they were not read in time", number_at(content, "count").value_or(0));
    if (type.ends_with("_UPDATE")) return change_text(content);
    return clean(type);
}

}  // namespace

std::string event_text(const json::object& event) {
    const auto timestamp = number_at(event, "timestamp");
    const auto clock = timestamp ? local_clock(core::WallTime(std::chrono::seconds(*timestamp))) : "-";
    return fmt::format("{} {}\n", clock, what(event));
}

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
