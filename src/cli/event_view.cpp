// Events for people, one line each.
#include <chrono>
#include <fmt/format.h>
#include <utility>

#include "cli/members.hpp"
#include "cli/text.hpp"
#include "cli/views.hpp"

namespace doze::cli {
namespace {

namespace json = boost::json;

std::string activity_text(const json::object& content) {
    const auto name = text_at(content, "activity");
    std::string line = clean(name);
    for (const auto& [activity, word] : {std::pair("KEYBOARD_ACTIVITY", "keyboard"),
                                         std::pair("MOUSE_MOVEMENT", "pointer"), std::pair("SCREEN_CHANGE", "screen"),
                                         std::pair("ACTIVE_WINDOW", "window"), std::pair("AUDIO_PLAYBACK", "audio")})
        if (name == activity) line = word;
    const auto count = number_at(content, "count").value_or(1);
    return count > 1 ? fmt::format("{} ×{}", line, count) : line;
}

std::string left_text(const json::object& content) {
    const auto left = number_at(content, "nowtime");
    return left ? core::to_string(core::Duration(*left)) : "-";
}

std::string what(const json::object& event) {
    const auto type = text_at(event, "type");
    const auto& content = object_at(event, "content");
    if (type == "USER_ACTIVITY") return activity_text(content);
    if (type == "TIMER_START") return fmt::format("idle, away in {}", left_text(content));
    if (type == "TIMER_TICK") return fmt::format("away in {}", left_text(content));
    if (type == "TIMER_END") return clean(text_at(content, "reason"));
    if (type == "EVENTS_LOST")
        return fmt::format("{} events lost, since they were not read in time", number_at(content, "count").value_or(0));
    return clean(type);
}

}  // namespace

std::string event_text(const json::object& event) {
    const auto timestamp = number_at(event, "timestamp");
    const auto clock = timestamp ? local_clock(core::WallTime(std::chrono::seconds(*timestamp))) : "-";
    return fmt::format("{} {}\n", clock, what(event));
}

}  // namespace doze::cli
