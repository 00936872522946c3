#include "protocol/event_encoder.hpp"

#include <string_view>
#include <variant>

#include "protocol/json_writer.hpp"
#include "protocol/message.hpp"
#include "protocol/row_writer.hpp"

namespace doze::protocol {
namespace {

void write_time_left(JsonWriter& content, core::Duration left, core::Duration whole) {
    content.member("nowtime", left.count());
    content.member("maxtime", whole.count());
}

void write(JsonWriter& content, const commands::Connected& event) {
    content.member("version", event.version);
}

void write(JsonWriter& content, const commands::UserActivity& event) {
    content.member("activity", core::to_string(event.activity));
    content.member("count", event.count);
}

void write(JsonWriter& content, const commands::PersonTimer& event) {
    content.member("activity", to_string(event.phase));
    write_time_left(content, event.left, event.whole);
}

void write(JsonWriter& content, const commands::PresenceChanged& event) {
    content.member("state", core::to_string(event.state));
    content.member("before", core::to_string(event.before));
}

void write(JsonWriter& content, const commands::CountdownStarted& event) {
    write_time_left(content, event.left, event.whole);
    if (event.not_kept.empty()) return;
    content.key("not_kept");
    content.begin_array();
    for (const auto& each : event.not_kept) {
        content.begin_object();
        content.member("id", core::to_string(each.id));
        content.member("caution", core::to_string(each.losses));
        content.end_object();
    }
    content.end_array();
}

void write(JsonWriter& content, const commands::CountdownTick& event) {
    write_time_left(content, event.left, event.whole);
}

void write(JsonWriter& content, const commands::CountdownEnded& event) {
    content.member("reason", core::to_string(event.presence));
}

/// An item of a cluster is the only one in it.
void write(JsonWriter& content, const commands::ItemChanged& event) {
    content.key(event.kind->array);
    content.begin_array();
    open_group(content, event.view, event.row, {});
    write_row(content, event.view, event.row, {});
    if (commands::is_grouped(event.row)) {
        content.end_array();
        content.end_object();
    }
    content.end_array();
}

void write(JsonWriter& content, const commands::ListChanged& event) {
    content.key(event.kind->array);
    content.begin_array();
    for (const auto& row : commands::rows(event.view, {.kind = event.kind->kind}, event.region))
        write_row(content, event.view, row, {});
    content.end_array();
    content.key("changed");
    content.begin_array();
    for (const auto& name : event.changed) content.string(name);
    content.end_array();
}

void write(JsonWriter& content, const commands::EventsLost& event) {
    content.member("count", event.count);
}

}  // namespace

std::string encode(const commands::StreamEvent& event, core::WallTime at) {
    std::string out;
    JsonWriter writer(out);
    begin_message(writer, '"' + fresh_id() + '"', commands::type_of(event), at);
    std::visit([&](const auto& one) { write(writer, one); }, event);
    writer.end_object();
    // The original's clients expect it at the top level.
    if (std::holds_alternative<commands::Connected>(event)) writer.member("status", std::string_view("connected"));
    writer.end_object();
    return out;
}

}  // namespace doze::protocol
