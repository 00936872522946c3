#include "history/rows.hpp"

#include <fmt/format.h>
#include <limits>
#include <optional>
#include <string>

namespace doze::history {

namespace {

/// The value of an enum whose core::to_string is this word. They count from 0 without gaps, and to_string
/// says "?" beyond the last one.
template <class E>
std::optional<E> from_word(std::string_view word) {
    for (int i = 0;; ++i) {
        const auto value = static_cast<E>(i);
        const auto name = core::to_string(value);
        if (name == "?") return std::nullopt;
        if (name == word) return value;
    }
}

std::optional<core::Owner> owner_from_word(std::string_view word) {
    for (const auto owner : {core::Owner::doze, core::Owner::person}) {
        if (core::to_string(owner) == word) return owner;
    }
    return std::nullopt;
}

bool is_count(std::int64_t number) {
    return number >= 0 && number <= std::numeric_limits<int>::max();
}

std::optional<int> as_int(std::optional<std::int64_t> number) {
    if (!number) return std::nullopt;
    return static_cast<int>(*number);
}

std::optional<std::int64_t> as_number(std::optional<int> value) {
    if (!value) return std::nullopt;
    return *value;
}

std::optional<std::int64_t> as_number(const std::optional<core::WallTime>& time) {
    if (!time) return std::nullopt;
    return to_number(*time);
}

std::optional<core::WallTime> as_time(std::optional<std::int64_t> number) {
    if (!number) return std::nullopt;
    return to_time(*number);
}

Error unreadable(std::string_view table, std::string_view row, std::string_view column, std::string_view why) {
    return {.message = fmt::format("The row '{}' of the table {} in the journal can't be read: {} is {}.", row, table,
                                   column, why),
            .next_step =
                "doze leaves it as it is. Correct it with the program sqlite3 while doze is stopped, or wake "
                "the resource by hand and delete the row."};
}

}  // namespace

std::int64_t to_number(core::WallTime time) {
    return time.time_since_epoch().count();
}

core::WallTime to_time(std::int64_t number) {
    return core::WallTime(core::Duration(number));
}

Result<void> check_writable(const core::LedgerEntry& entry) {
    const auto key = core::to_string(entry.id);
    const auto back = core::parse_resource_id(key);
    if (!back || *back != entry.id) {
        return Error{.message = fmt::format("The resource {} can't be written to the journal under this name.", key)};
    }
    const auto is_bad = [](std::optional<int> count) { return count && *count < 0; };
    for (const auto& size : {std::optional(entry.snapshot), entry.left_size}) {
        if (size && (size->desired < 0 || is_bad(size->min) || is_bad(size->max))) {
            return Error{.message = fmt::format("The size {} of {} can't be written to the journal: it is negative.",
                                                core::to_string(*size), key)};
        }
    }
    return {};
}

Result<core::LedgerEntry> read_intent(const Stmt::Run& row) {
    const auto key = row.text(0);
    const auto quoted = [](const std::string& word) { return "'" + word + "'"; };

    auto id = core::parse_resource_id(key);
    if (!id) return unreadable("intents", key, "resource", "not a resource");
    const auto step = from_word<core::Step>(row.text(1));
    if (!step) return unreadable("intents", key, "step", quoted(row.text(1)));
    const auto owner = owner_from_word(row.text(2));
    if (!owner) return unreadable("intents", key, "owner", quoted(row.text(2)));
    constexpr struct {
        int column;
        std::string_view name;
    } counts[] = {{3, "desired"},  {4, "min"},       {5, "max"},        {8, "left_desired"},
                  {9, "left_min"}, {10, "left_max"}, {12, "suspended"}, {13, "left_suspended"}};
    for (const auto& [column, name] : counts) {
        const auto count = row.maybe_number(column);
        if (count && !is_count(*count)) return unreadable("intents", key, name, std::to_string(*count));
    }

    core::LedgerEntry entry{
        .id = std::move(*id),
        .step = *step,
        .owner = *owner,
        .snapshot = {static_cast<int>(row.number(3)), as_int(row.maybe_number(4)), as_int(row.maybe_number(5)),
                     static_cast<std::uint16_t>(row.number(12))},
        .opened_at = to_time(row.number(6)),
        .called_at = as_time(row.maybe_number(7)),
        .left_changed_at = as_time(row.maybe_number(11)),
        .restarts_at = as_time(row.maybe_number(14)),
    };
    if (const auto left = as_int(row.maybe_number(8))) {
        entry.left_size = core::Size{*left, as_int(row.maybe_number(9)), as_int(row.maybe_number(10)),
                                     static_cast<std::uint16_t>(row.maybe_number(13).value_or(0))};
    }
    return entry;
}

void bind_intent(Stmt::Run& run, const core::LedgerEntry& entry) {
    const auto left = entry.left_size.value_or(core::Size{});
    run.bind(core::to_string(entry.id))
        .bind(core::to_string(entry.step))
        .bind(core::to_string(entry.owner))
        .bind(std::int64_t{entry.snapshot.desired})
        .bind(as_number(entry.snapshot.min))
        .bind(as_number(entry.snapshot.max))
        .bind(to_number(entry.opened_at))
        .bind(as_number(entry.called_at))
        .bind(entry.left_size ? std::optional<std::int64_t>(left.desired) : std::nullopt)
        .bind(as_number(left.min))
        .bind(as_number(left.max))
        .bind(as_number(entry.left_changed_at))
        .bind(std::int64_t{entry.snapshot.suspended})
        .bind(entry.left_size ? std::optional<std::int64_t>(left.suspended) : std::nullopt)
        .bind(as_number(entry.restarts_at));
}

Result<core::PresenceRecord> read_presence(const Stmt::Run& row) {
    const auto state = from_word<core::PresenceState>(row.text(0));
    if (!state || *state == core::PresenceState::unknown) {
        return unreadable("presence", "1", "state", "'" + row.text(0) + "'");
    }
    return core::PresenceRecord{.state = *state, .since = to_time(row.number(1))};
}

core::HoldRecord read_holds(const Stmt::Run& row) {
    return {.snoozed_until = as_time(row.maybe_number(0)), .held = row.number(1) != 0};
}

core::HistoryLine read_history(const Stmt::Run& row) {
    return {.id = row.number(0),
            .at = to_time(row.number(1)),
            .reason = row.text(2),
            .level = row.text(3),
            .resource = row.text(4),
            .text = row.text(5)};
}

}  // namespace doze::history
