#include "adapters/activity/x11/display.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace doze::activity::x11 {

namespace {

using core::ActivityKind;
using core::Duration;

xcb_sync_int64_t to_wire(Duration time) {
    const auto value = static_cast<std::uint64_t>(time.count());
    return {.hi = static_cast<std::int32_t>(value >> 32), .lo = static_cast<std::uint32_t>(value)};
}

Duration from_wire(xcb_sync_int64_t value) {
    return Duration((static_cast<std::int64_t>(value.hi) << 32) | static_cast<std::int64_t>(value.lo));
}

std::int64_t from_wire(xcb_input_fp3232_t value) {
    return static_cast<std::int64_t>((static_cast<std::uint64_t>(static_cast<std::uint32_t>(value.integral)) << 32) |
                                     value.frac);
}

/// Calls `take(name, counter)` for each counter in the list. Parsed by hand: libxcb 1.15 counts the padding of its
/// struct as wire bytes, so it cuts names and loses its place after "DEVICEIDLETIME 10".
template <class Take>
void for_each_counter(const xcb_sync_list_system_counters_reply_t& list, Take take) {
    constexpr std::size_t before_name = offsetof(xcb_sync_systemcounter_t, name_len) + sizeof(std::uint16_t);
    const auto* at = reinterpret_cast<const char*>(&list + 1);
    const char* const end = at + std::size_t{list.length} * 4;
    for (std::uint32_t left = list.counters_len; left > 0 && end - at >= std::ptrdiff_t{before_name}; --left) {
        const auto* counter = reinterpret_cast<const xcb_sync_systemcounter_t*>(at);
        const std::size_t size = (before_name + counter->name_len + 3) / 4 * 4;
        if (static_cast<std::size_t>(end - at) < size) return;
        take(std::string_view(at + before_name, counter->name_len), counter->counter);
        at += size;
    }
}

std::string_view name_of(const xcb_input_xi_device_info_t& device) {
    return {xcb_input_xi_device_info_name(&device), device.name_len};
}

/// The position of a pointer device. Parsed by hand, because xcb's iterator stops at classes that it does not know.
std::array<std::int64_t, 2> axes_of(const xcb_input_xi_device_info_t& device) {
    std::array<std::int64_t, 2> axes{};
    const auto* at = reinterpret_cast<const std::byte*>(xcb_input_xi_device_info_classes_iterator(&device).data);
    for (int left = device.num_classes; left > 0; --left) {
        const auto* any = reinterpret_cast<const xcb_input_device_class_t*>(at);
        if (any->type == XCB_INPUT_DEVICE_CLASS_TYPE_VALUATOR) {
            const auto* axis = reinterpret_cast<const xcb_input_valuator_class_t*>(at);
            if (axis->number < axes.size()) axes[axis->number] = from_wire(axis->value);
        }
        at += std::size_t{any->len} * 4;
    }
    return axes;
}

Error lacking(std::string_view what) {
    return {.code = ErrorCode::internal,
            .message = fmt::format("The X server has no {}, so keyboard and mouse cannot be noticed.", what)};
}

}  // namespace

Result<std::unique_ptr<Display>> Display::open(const Connection& connection) {
    std::unique_ptr<Display> display(new Display(connection.xcb.get(), connection.screen->root));
    if (auto ready = display->negotiate(); !ready) return ready.error();
    return display;
}

Result<void> Display::negotiate() {
    xcb_connection_t* c = connection_;
    const auto* sync = extension(c, xcb_sync_id);
    if (sync == nullptr) return lacking("SYNC extension");
    alarm_event_ = static_cast<std::uint8_t>(sync->first_event + XCB_SYNC_ALARM_NOTIFY);
    const Reply<xcb_sync_initialize_reply_t> sync_version(
        xcb_sync_initialize_reply(c, xcb_sync_initialize(c, 3, 1), nullptr));
    if (!sync_version) return lacking("working SYNC extension");

    if (const auto* input = extension(c, xcb_input_id)) {
        // From 2.1 on, raw events arrive even while another client has grabbed the pointer.
        const Reply<xcb_input_xi_query_version_reply_t> version(
            xcb_input_xi_query_version_reply(c, xcb_input_xi_query_version(c, 2, 2), nullptr));
        if (version && version->major_version >= 2) input_opcode_ = input->major_opcode;
    }
    if (input_opcode_ != 0) select(XCB_INPUT_DEVICE_ALL, XCB_INPUT_XI_EVENT_MASK_HIERARCHY, true);
    return {};
}

Result<void> Display::watch(const BurstSettings& settings) {
    xcb_connection_t* c = connection_;
    for (const xcb_sync_alarm_t alarm : alarms_) xcb_sync_destroy_alarm(c, alarm);
    alarms_.clear();
    devices_.clear();
    if (auto listed = list(settings); !listed) return listed;
    for (const Device& device : devices_) {
        if (device.kind == ActivityKind::keyboard ? settings.keyboard : settings.pointer) {
            arm(device, settings.idle_threshold);
        }
    }
    xcb_flush(c);
    return {};
}

Result<void> Display::list(const BurstSettings& settings) {
    xcb_connection_t* c = connection_;
    const Reply<xcb_sync_list_system_counters_reply_t> counters(
        xcb_sync_list_system_counters_reply(c, xcb_sync_list_system_counters(c), nullptr));
    if (!counters) return lacking("list of counters");
    constexpr std::string_view prefix = "DEVICEIDLETIME ";
    std::map<int, xcb_sync_counter_t> by_device;
    xcb_sync_counter_t merged = 0;
    for_each_counter(*counters, [&](std::string_view name, xcb_sync_counter_t counter) {
        if (name == "SERVERTIME") server_time_ = counter;
        if (name == "IDLETIME") merged = counter;
        if (name.starts_with(prefix)) by_device[std::atoi(std::string(name.substr(prefix.size())).c_str())] = counter;
    });

    if (input_opcode_ != 0 && !by_device.empty()) {
        const Reply<xcb_input_xi_query_device_reply_t> reply(
            xcb_input_xi_query_device_reply(c, xcb_input_xi_query_device(c, XCB_INPUT_DEVICE_ALL), nullptr));
        if (!reply) return lacking("list of input devices");
        for (auto it = xcb_input_xi_query_device_infos_iterator(reply.get()); it.rem > 0;
             xcb_input_xi_device_info_next(&it)) {
            if (name_of(*it.data).starts_with("xwayland-")) {
                return Error{.code = ErrorCode::internal, .message = why_not_xwayland};
            }
            // Slave devices only: a master's counter is also reset when a program moves the pointer. A disabled device
            // is floating, and has no counter.
            const bool is_keyboard = it.data->type == XCB_INPUT_DEVICE_TYPE_SLAVE_KEYBOARD;
            const bool is_pointer = it.data->type == XCB_INPUT_DEVICE_TYPE_SLAVE_POINTER;
            const auto counter = by_device.find(it.data->deviceid);
            if ((!is_keyboard && !is_pointer) || counter == by_device.end()) continue;
            devices_.push_back({.id = it.data->deviceid,
                                .kind = is_keyboard ? ActivityKind::keyboard : ActivityKind::pointer,
                                .counter = counter->second});
        }
        separates_kinds_ = true;
        return {};
    }
    if (merged == 0) return lacking("idle counters");
    separates_kinds_ = false;
    devices_.push_back(
        {.id = 0, .kind = settings.keyboard ? ActivityKind::keyboard : ActivityKind::pointer, .counter = merged});
    return {};
}

void Display::arm(const Device& device, Duration threshold) {
    const auto create = [&](std::uint32_t test, Duration value) {
        const xcb_sync_create_alarm_value_list_t values{
            .counter = device.counter,
            .valueType = XCB_SYNC_VALUETYPE_ABSOLUTE,
            .value = to_wire(value),
            .testType = test,
            .delta = {},  // With a transition test, an alarm without a delta stays armed.
            .events = 1,
        };
        alarms_.push_back(xcb_generate_id(connection_));
        xcb_sync_create_alarm_aux(connection_, alarms_.back(),
                                  XCB_SYNC_CA_COUNTER | XCB_SYNC_CA_VALUE_TYPE | XCB_SYNC_CA_VALUE |
                                      XCB_SYNC_CA_TEST_TYPE | XCB_SYNC_CA_DELTA | XCB_SYNC_CA_EVENTS,
                                  &values);
    };
    create(XCB_SYNC_TESTTYPE_POSITIVE_TRANSITION, threshold);
    create(XCB_SYNC_TESTTYPE_NEGATIVE_TRANSITION, threshold - Duration(1));
}

void Display::select(xcb_input_device_id_t device, xcb_input_xi_event_mask_t mask, bool on) {
    const struct {
        xcb_input_event_mask_t head;
        std::uint32_t mask;
    } request{.head = {.deviceid = device, .mask_len = 1}, .mask = on ? static_cast<std::uint32_t>(mask) : 0};
    xcb_input_xi_select_events(connection_, root_, 1, &request.head);
}

void Display::watch_buttons(bool on) {
    if (input_opcode_ == 0 || on == std::exchange(buttons_, on)) return;
    select(XCB_INPUT_DEVICE_ALL_MASTER, XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_PRESS, on);
    xcb_flush(connection_);
}

Display::News Display::read() {
    News news;
    while (const auto event = next_event(connection_)) take(*event, news);
    return news;
}

void Display::take(const xcb_generic_event_t& event, News& news) const {
    news.any = true;
    const int type = type_of(event);
    if (type == alarm_event_) {
        news.transition = true;
    } else if (type == XCB_GE_GENERIC) {
        const auto& generic = reinterpret_cast<const xcb_ge_generic_event_t&>(event);
        if (generic.extension != input_opcode_) return;
        if (generic.event_type == XCB_INPUT_HIERARCHY) news.devices_changed = true;
        if (generic.event_type == XCB_INPUT_RAW_BUTTON_PRESS) news.button = true;
    }
}

void Display::ask() {
    xcb_connection_t* c = connection_;
    // Positions last: if they were read first, later movement would look like a click.
    Asked asked{};
    asked.devices = devices_;
    asked.begin = xcb_sync_query_counter(c, server_time_);
    for (const Device& device : devices_) asked.counters.push_back(xcb_sync_query_counter(c, device.counter));
    asked.end = xcb_sync_query_counter(c, server_time_);
    if (input_opcode_ != 0) asked.axes = xcb_input_xi_query_device(c, XCB_INPUT_DEVICE_ALL);
    asked.pointer = xcb_query_pointer(c, root_);
    asked_ = std::move(asked);
    xcb_flush(c);
}

std::optional<Look> Display::answer() {
    if (!asked_) return std::nullopt;
    xcb_connection_t* c = connection_;
    bool arrived = false;
    const auto pointer = poll<xcb_query_pointer_reply_t>(c, asked_->pointer.sequence, &arrived);
    if (!arrived || xcb_connection_has_error(c) != 0) return std::nullopt;
    const Asked asked = *std::exchange(asked_, std::nullopt);

    Look look;
    std::map<int, std::array<std::int64_t, 2>> positions;
    if (asked.axes) {
        const auto axes = poll<xcb_input_xi_query_device_reply_t>(c, asked.axes->sequence);
        if (!axes) return std::nullopt;
        for (auto it = xcb_input_xi_query_device_infos_iterator(axes.get()); it.rem > 0;
             xcb_input_xi_device_info_next(&it)) {
            positions[it.data->deviceid] = axes_of(*it.data);
        }
    }
    const auto begin = poll<xcb_sync_query_counter_reply_t>(c, asked.begin.sequence);
    // A missing counter answers with an error: its device was unplugged, and the list will be made anew.
    for (std::size_t i = 0; i < asked.counters.size(); ++i) {
        const auto counter = poll<xcb_sync_query_counter_reply_t>(c, asked.counters[i].sequence);
        if (!counter) continue;
        const Device& device = asked.devices[i];
        look.devices.push_back({.device = device.id,
                                .kind = device.kind,
                                .idle = std::max(Duration(0), from_wire(counter->counter_value)),
                                .axes = positions[device.id]});
    }
    const auto end = poll<xcb_sync_query_counter_reply_t>(c, asked.end.sequence);
    if (begin && end) {
        look.server_time = from_wire(begin->counter_value);
        look.span = std::max(Duration(0), from_wire(end->counter_value) - look.server_time);
    }
    if (pointer) look.pointer = {.x = pointer->root_x, .y = pointer->root_y};
    return look;
}

}  // namespace doze::activity::x11
