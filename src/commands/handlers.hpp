#pragma once

#include "commands/call.hpp"
#include "commands/cursor.hpp"
#include "commands/message.hpp"
#include "commands/parts.hpp"
#include "core/model/resource.hpp"

/// What the table of commands calls. Each family has a file of its own.
namespace doze::commands {

// basics.cpp
void ping_text(Call call, Parts parts);
void ping_json(Call call, const Message& message);
void test_json(Call call, const Message& message);

// lists.cpp
struct ListQuery;
/// A region that lists can be narrowed to.
[[nodiscard]] Result<std::string> known_region(const core::State& state, std::string_view text);
/// Asks AWS first where what is known is older than a list usually shows.
void answer_list(Call call, ListQuery query);
void list_text(ListKind list, Call call, Parts parts);
void list_json(ListKind list, Call call, const Message& message);
void list_for_dashboard_json(Call call, const Message& message);
void refresh_json(Call call, const Message& message);
void more_text(Call call, Parts parts);
void more_json(Call call, const Message& message);

// power.cpp
void start_text(core::Kind kind, Call call, Parts parts);
void stop_text(core::Kind kind, Call call, Parts parts);
void scale_text(core::Kind kind, Call call, Parts parts);
void service_status_json(Call call, const Message& message);

// dashboard.cpp
void start_instance_json(Call call, const Message& message);
void stop_instance_json(Call call, const Message& message);

// registrations.cpp
void register_text(core::Kind kind, Call call, Parts parts);
void unregister_text(core::Kind kind, Call call, Parts parts);
void register_json(Call call, const Message& message);
void unregister_json(Call call, const Message& message);

// status.cpp
void status_text(Call call, Parts parts);
void status_json(Call call, const Message& message);

// presence.cpp
void away_text(Call call, Parts parts);
void away_json(Call call, const Message& message);
void activity_json(Call call, const Message& message);

// holds.cpp
void snooze_text(Call call, Parts parts);
void snooze_json(Call call, const Message& message);
void resume_text(Call call, Parts parts);
void resume_json(Call call, const Message& message);
void hold_text(Call call, Parts parts);
void hold_json(Call call, const Message& message);
void release_text(Call call, Parts parts);
void release_json(Call call, const Message& message);

// history.cpp
void history_text(Call call, Parts parts);
void history_json(Call call, const Message& message);

// help.cpp
void help_text(Call call, Parts parts);
void help_json(Call call, const Message& message);

// events.cpp
void greet(Host& host, const ProgramInfo& about, const std::shared_ptr<EventSink>& listener);
void events_text(Call call, Parts parts);
void events_json(Call call, const Message& message);

}  // namespace doze::commands
