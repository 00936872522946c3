#include "adapters/store/journal_rows.hpp"

#include <fmt/format.h>
#include <iterator>
#include <limits>
#include <optional>
#include <string>

namespace doze::store {

namespace {

/// The enum value whose core::to_string is this word. Enums count from 0 without gaps, and to_string returns "?" beyond
/// the last value.
template <class E>
std::optional<E> from_word(std::string_view word) {
    for (int i = 0;; ++i) {
        const auto value = static_cast<E>(i);
        const auto name = core::to_string(value);
        if (name == "?") return std::nullopt;
        if (name == word) return value;
    }
}

std::optional<core::Initiator> owner_from_word(std::string_view word) {
    for (const auto owner : {core::Initiator::doze, core::Initiator::person}) {
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

Value as_value(std::optional<int> number) {
    if (!number) return {};
    return std::int64_t{*number};
}

Value as_value(const std::optional<core::WallTime>& time) {
    if (!time) return {};
    return to_number(*time);
}

std::optional<core::WallTime> as_time(std::optional<std::int64_t> number) {
    if (!number) return std::nullopt;
    return to_time(*number);
}

Error unreadable(std::string_view table, std::string_view row, std::string_view column, std::string_view why) {
    return {
        .message = fmt::format("The row '{}' of the table {} in the journal can't be read: {} is {}.", row, table,
                               column, why),
        .next_step =
            "doze leaves it as it is. Correct it with the program sqlite3 while doze is stopped (and set its checksum "
            "to NULL), or wake the resource by hand and delete the row."};
}

/// Indexes of an intent's columns; its checksum comes last.
enum ColumnIndex : int {
    resource,
    step,
    owner,
    desired,
    min,
    max,
    opened_at,
    called_at,
    left_desired,
    left_min,
    left_max,
    left_changed_at,
    suspended,
    left_suspended,
    restarts_at,
    account,
    created_at,
    requested,
    goal_desired,
    goal_min,
    goal_max,
    goal_suspended,
    checksum,
};

struct Column {
    std::string_view name;
    bool changes = true;       ///< While the row is open.
    bool is_snapshot = false;  ///< Part of the snapshot, which must not change.
};
constexpr Column snapshot_part(std::string_view name) {
    return {.name = name, .changes = false, .is_snapshot = true};
}
constexpr Column columns[] = {{.name = "resource", .changes = false},
                              {.name = "step"},
                              {.name = "owner"},
                              snapshot_part("desired"),
                              snapshot_part("min"),
                              snapshot_part("max"),
                              {.name = "opened_at"},
                              {.name = "called_at"},
                              {.name = "left_desired"},
                              {.name = "left_min"},
                              {.name = "left_max"},
                              {.name = "left_changed_at"},
                              snapshot_part("suspended"),
                              {.name = "left_suspended"},
                              {.name = "restarts_at"},
                              {.name = "account"},
                              {.name = "created_at"},
                              {.name = "requested"},
                              {.name = "goal_desired"},
                              {.name = "goal_min"},
                              {.name = "goal_max"},
                              {.name = "goal_suspended"}};
static_assert(std::size(columns) == checksum);

/// Joins what `write` returns for each column, skipping empty results.
template <class Write>
std::string joined(std::string_view between, const Write& write) {
    std::string all;
    for (const auto& column : columns) {
        const auto text = write(column);
        if (text.empty()) continue;
        if (!all.empty()) all += between;
        all += text;
    }
    return all;
}

std::optional<core::Size> read_size(const Stmt::Run& row, int desired, int min, int max, int suspended) {
    const auto count = as_int(row.maybe_number(desired));
    if (!count) return std::nullopt;
    return core::Size{*count, as_int(row.maybe_number(min)), as_int(row.maybe_number(max)),
                      static_cast<std::uint16_t>(row.number(suspended))};
}

std::vector<Value> values_of(const core::JournalEntry& entry) {
    const auto size = [](const std::optional<core::Size>& of, auto member) {
        return of ? as_value(std::optional<int>((*of).*member)) : Value();
    };
    const auto bound = [](const std::optional<core::Size>& of, auto member) {
        return of ? as_value((*of).*member) : Value();
    };
    using core::Size;
    const auto& left = entry.left_size;
    const auto& goal = entry.goal;
    return {
        core::to_string(entry.id),
        std::string(core::to_string(entry.sleep_state)),
        std::string(core::to_string(entry.initiator)),
        std::int64_t{entry.snapshot.desired},
        as_value(entry.snapshot.min),
        as_value(entry.snapshot.max),
        to_number(entry.opened_at),
        as_value(entry.called_at),
        size(left, &Size::desired),
        bound(left, &Size::min),
        bound(left, &Size::max),
        as_value(entry.left_changed_at),
        std::int64_t{entry.snapshot.suspended},
        size(left, &Size::suspended),
        as_value(entry.restarts_at),
        entry.account.str().empty() ? Value() : Value(entry.account.str()),
        as_value(entry.created_at),
        entry.requested ? Value(std::int64_t{1}) : Value(),
        size(goal, &Size::desired),
        bound(goal, &Size::min),
        bound(goal, &Size::max),
        size(goal, &Size::suspended),
    };
}

/// FNV-1a, 64 bits. Detects flipped bits; it is no protection against an attacker, who could write any row.
class Checksum {
   public:
    void add(std::string_view name, const Value& value) {
        if (std::holds_alternative<std::monostate>(value)) return;
        const auto* number = std::get_if<std::int64_t>(&value);
        add(name);
        add(number != nullptr ? std::to_string(*number) : std::get<std::string>(value));
    }

    [[nodiscard]] std::int64_t get() const { return static_cast<std::int64_t>(hash_); }

   private:
    void add(std::string_view text) {
        for (const char c : text) mix(static_cast<unsigned char>(c));
        mix(0xff);  // A byte that no UTF-8 text contains: separates the values.
    }
    void mix(std::uint64_t byte) { hash_ = (hash_ ^ byte) * 0x100000001b3; }

    std::uint64_t hash_ = 0xcbf29ce484222325;
};

std::int64_t checksum_of_account(const std::string& resource, const std::string& account) {
    Checksum sum;
    sum.add("resource", resource);
    sum.add("account", account);
    return sum.get();
}

}  // namespace

std::int64_t to_number(core::WallTime time) {
    return time.time_since_epoch().count();
}

core::WallTime to_time(std::int64_t number) {
    return core::WallTime(core::Duration(number));
}

Result<void> check_writable(const core::JournalEntry& entry) {
    const auto key = core::to_string(entry.id);
    const auto back = core::parse_resource_id(key);
    if (!back || *back != entry.id) {
        return Error{.message = fmt::format("The resource {} can't be written to the journal under this name.", key)};
    }
    const auto is_bad = [](std::optional<int> count) { return count && *count < 0; };
    for (const auto& size : {std::optional(entry.snapshot), entry.left_size, entry.goal}) {
        if (size && (size->desired < 0 || is_bad(size->min) || is_bad(size->max))) {
            return Error{.message = fmt::format("The size {} of {} can't be written to the journal: it is negative.",
                                                core::to_string(*size), key)};
        }
    }
    return {};
}

std::vector<std::string> intent_column_names() {
    std::vector<std::string> names;
    for (const auto& column : columns) names.emplace_back(column.name);
    return names;
}

const std::string& intent_columns() {
    static const std::string all = joined(", ", [](const Column& column) { return std::string(column.name); });
    return all;
}

std::string intent_placeholders() {
    return joined(", ", [](const Column&) { return std::string("?"); }) + ", ?";
}

std::string intent_updates() {
    return joined(", ",
                  [](const Column& column) {
                      return column.changes ? fmt::format("{0} = excluded.{0}", column.name) : std::string();
                  }) +
           ", checksum = excluded.checksum";
}

std::string intent_snapshot_kept() {
    return joined(" AND ", [](const Column& column) {
        return column.is_snapshot ? fmt::format("{0} IS excluded.{0}", column.name) : std::string();
    });
}

std::vector<Value> intent_values(const Stmt::Run& row) {
    std::vector<Value> values;
    values.reserve(std::size(columns));
    for (int column = 0; column < static_cast<int>(std::size(columns)); ++column) values.push_back(row.value(column));
    return values;
}

std::int64_t checksum_of_intent(std::span<const Value> values) {
    Checksum sum;
    for (std::size_t i = 0; i < values.size(); ++i) sum.add(columns[i].name, values[i]);
    return sum.get();
}

Result<core::JournalEntry> read_intent(const Stmt::Run& row) {
    const auto key = row.text(resource);
    const auto quoted = [](const std::string& word) { return "'" + word + "'"; };

    auto id = core::parse_resource_id(key);
    if (!id) return unreadable("intents", key, "resource", "not a resource");
    const auto word = from_word<core::SleepState>(row.text(step));
    if (!word) return unreadable("intents", key, "step", quoted(row.text(step)));
    const auto who = owner_from_word(row.text(owner));
    if (!who) return unreadable("intents", key, "owner", quoted(row.text(owner)));
    for (const int column : {desired, min, max, suspended, left_desired, left_min, left_max, left_suspended,
                             goal_desired, goal_min, goal_max, goal_suspended}) {
        const auto count = row.maybe_number(column);
        if (count && !is_count(*count)) return unreadable("intents", key, columns[column].name, std::to_string(*count));
    }
    // A row without a checksum was written by a person with another program.
    const auto sum = row.maybe_number(checksum);
    if (sum && *sum != checksum_of_intent(intent_values(row)))
        return unreadable("intents", key, "checksum", "not that of the row");
    return core::JournalEntry{
        .id = std::move(*id),
        .sleep_state = *word,
        .initiator = *who,
        .snapshot = read_size(row, desired, min, max, suspended).value_or(core::Size{}),
        .opened_at = to_time(row.number(opened_at)),
        .called_at = as_time(row.maybe_number(called_at)),
        .left_size = read_size(row, left_desired, left_min, left_max, left_suspended),
        .left_changed_at = as_time(row.maybe_number(left_changed_at)),
        .restarts_at = as_time(row.maybe_number(restarts_at)),
        .account = AccountId(row.text(account)),
        .created_at = as_time(row.maybe_number(created_at)),
        .requested = row.number(requested) != 0,
        .goal = read_size(row, goal_desired, goal_min, goal_max, goal_suspended),
    };
}

void bind_intent(Stmt::Run& run, const core::JournalEntry& entry) {
    const auto values = values_of(entry);
    for (const auto& value : values) run.bind_value(value);
    run.bind(checksum_of_intent(values));
}

std::optional<std::pair<core::ResourceId, AccountId>> read_account(const Stmt::Run& row) {
    auto id = core::parse_resource_id(row.text(0));
    if (!id || row.number(2) != checksum_of_account(row.text(0), row.text(1))) return std::nullopt;
    return std::pair(std::move(*id), AccountId(row.text(1)));
}

void bind_account(Stmt::Run& run, const core::ResourceId& id, const AccountId& account) {
    const auto key = core::to_string(id);
    run.bind(key).bind(account.str()).bind(checksum_of_account(key, account.str()));
}

Result<core::PresenceRecord> read_presence(const Stmt::Run& row) {
    const auto state = from_word<core::PresenceState>(row.text(0));
    if (!state || *state == core::PresenceState::unknown) {
        return unreadable("presence", "1", "state", "'" + row.text(0) + "'");
    }
    return core::PresenceRecord{.state = *state, .since = to_time(row.number(1))};
}

core::HoldRecord read_holds(const Stmt::Run& row, std::string_view boot) {
    core::HoldRecord holds{.noted_at = to_time(row.number(1)), .held = row.number(4) != 0};
    if (const auto left = row.maybe_number(0)) holds.snooze_left = core::Duration(*left);
    const auto noted = row.maybe_number(2);
    if (noted && row.text(3) == boot) holds.noted_boot = core::TimePoint(core::Duration(*noted));
    return holds;
}

void bind_holds(Stmt::Run& run, const core::HoldRecord& holds, std::string_view boot) {
    const bool has_boot = holds.noted_boot && !boot.empty();
    run.bind(holds.snooze_left ? std::optional<std::int64_t>(holds.snooze_left->count()) : std::nullopt)
        .bind(to_number(holds.noted_at))
        .bind(has_boot ? std::optional<std::int64_t>(holds.noted_boot->time_since_epoch().count()) : std::nullopt)
        .bind(boot)
        .bind(std::int64_t{holds.held});
}

core::HistoryLine read_history(const Stmt::Run& row) {
    return {.id = row.number(0),
            .at = to_time(row.number(1)),
            .reason = row.text(2),
            .level = row.text(3),
            .resource = row.text(4),
            .text = row.text(5)};
}

}  // namespace doze::store
