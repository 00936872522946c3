#include "commands/stream_event.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace doze::commands {
namespace {

/// In the order of TimerPhase; also the types of the countdown events.
constexpr std::array<std::string_view, 3> phases{"TIMER_START", "TIMER_TICK", "TIMER_END"};

/// In the order of StreamEvent; empty if the type depends on the kind.
constexpr std::array<std::string_view, std::variant_size_v<StreamEvent>> types{
    "connection", "USER_ACTIVITY", "USER_ACTIVITY", "PRESENCE", phases[0], phases[1], phases[2], "", "", "EVENTS_LOST"};

}  // namespace

std::string_view to_string(TimerPhase phase) {
    return phases[static_cast<std::size_t>(phase)];
}

std::string update_type(const core::KindInfo& kind) {
    return fmt::format("AWS_{}_UPDATE", kind.command);
}

std::string type_of(const StreamEvent& event) {
    if (const auto* item = std::get_if<ItemChanged>(&event)) return update_type(*item->kind);
    if (const auto* list = std::get_if<ListChanged>(&event)) return update_type(*list->kind);
    return std::string(types[event.index()]);
}

std::vector<std::string> stream_event_types() {
    std::vector<std::string> all;
    for (const auto type : types)
        if (!type.empty() && std::ranges::find(all, type) == all.end()) all.emplace_back(type);
    for (const auto& kind : core::kinds()) all.push_back(update_type(kind));
    return all;
}

}  // namespace doze::commands
