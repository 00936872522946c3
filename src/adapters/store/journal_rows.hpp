#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/store/db.hpp"
#include "core/effect.hpp"
#include "core/model/journal_entry.hpp"
#include "core/model/reason.hpp"
#include "core/policy/holds.hpp"
#include "core/presence/presence.hpp"

/// Rows of the tables to the core's types and back.
namespace doze::store {

[[nodiscard]] std::int64_t to_number(core::WallTime time);
[[nodiscard]] core::WallTime to_time(std::int64_t number);

/// Those of an intent but for its checksum.
[[nodiscard]] std::vector<std::string> intent_column_names();

/// "resource, step, ...": the columns of an intent but for its checksum, which comes after them.
[[nodiscard]] const std::string& intent_columns();
/// "?, ?, ...": one for each, and one for the checksum.
[[nodiscard]] std::string intent_placeholders();
/// "step = excluded.step, ...": the columns (and the checksum) that change while a row is open.
[[nodiscard]] std::string intent_updates();
/// "desired IS excluded.desired AND ...": the snapshot is the same.
[[nodiscard]] std::string intent_snapshot_kept();

/// Could this row be read back? `internal` otherwise: what can't be read back must not be written.
[[nodiscard]] Result<void> check_writable(const core::JournalEntry& entry);

/// The columns of an intent in the order of intent_columns().
[[nodiscard]] std::vector<Value> intent_values(const Stmt::Run& row);

/// Of an intent's columns. What is NULL does not count, so that columns which a later version adds change no checksum.
[[nodiscard]] std::int64_t checksum_of_intent(std::span<const Value> values);

/// Columns of an intent, in the order of intent_columns(), and its checksum. The error names the row and the column.
[[nodiscard]] Result<core::JournalEntry> read_intent(const Stmt::Run& row);
void bind_intent(Stmt::Run& run, const core::JournalEntry& entry);

/// Columns: resource, account, checksum.
inline constexpr std::string_view account_columns = "resource, account, checksum";
/// None where it can't be read: it is learnt anew then, as any that is not known yet.
[[nodiscard]] std::optional<std::pair<core::ResourceId, AccountId>> read_account(const Stmt::Run& row);
void bind_account(Stmt::Run& run, const core::ResourceId& id, const AccountId& account);

/// Columns: state, since.
[[nodiscard]] Result<core::PresenceRecord> read_presence(const Stmt::Run& row);

/// `boot` is the present run of the machine.
inline constexpr std::string_view hold_columns = "snooze_left, noted_at, noted_boot, boot, held";
[[nodiscard]] core::HoldRecord read_holds(const Stmt::Run& row, std::string_view boot);
void bind_holds(Stmt::Run& run, const core::HoldRecord& holds, std::string_view boot);

/// Columns: id, at, reason, level, resource, text.
[[nodiscard]] core::HistoryLine read_history(const Stmt::Run& row);

}  // namespace doze::store
