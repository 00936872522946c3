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

/// Converts table rows to the core's types and back.
namespace doze::store {

[[nodiscard]] std::int64_t to_number(core::WallTime time);
[[nodiscard]] core::WallTime to_time(std::int64_t number);

/// Names of an intent's columns, without its checksum.
[[nodiscard]] std::vector<std::string> intent_column_names();

/// "resource, step, ...": an intent's columns without its checksum, which follows them.
[[nodiscard]] const std::string& intent_columns();
/// "?, ?, ...": one for each column, and one for the checksum.
[[nodiscard]] std::string intent_placeholders();
/// "step = excluded.step, ...": the columns (with the checksum) that may change while a row is open.
[[nodiscard]] std::string intent_updates();
/// "desired IS excluded.desired AND ...": true if the snapshot is unchanged.
[[nodiscard]] std::string intent_snapshot_kept();

/// Whether this row could be read back; `internal` otherwise. Such a row must not be written.
[[nodiscard]] Result<void> check_writable(const core::JournalEntry& entry);

/// An intent's columns in the order of intent_columns().
[[nodiscard]] std::vector<Value> intent_values(const Stmt::Run& row);

/// Checksum over an intent's columns. NULL is skipped, so columns added by a later version change no checksum.
[[nodiscard]] std::int64_t checksum_of_intent(std::span<const Value> values);

/// Reads an intent's columns, in the order of intent_columns(), and its checksum. An error names row and column.
[[nodiscard]] Result<core::JournalEntry> read_intent(const Stmt::Run& row);
void bind_intent(Stmt::Run& run, const core::JournalEntry& entry);

/// Columns: resource, account, checksum.
inline constexpr std::string_view account_columns = "resource, account, checksum";
/// Empty if the row can't be read: the account is then learnt again, as if it were not known yet.
[[nodiscard]] std::optional<std::pair<core::ResourceId, AccountId>> read_account(const Stmt::Run& row);
void bind_account(Stmt::Run& run, const core::ResourceId& id, const AccountId& account);

/// Columns: state, since.
[[nodiscard]] Result<core::PresenceRecord> read_presence(const Stmt::Run& row);

/// `boot` identifies the current boot of the machine.
inline constexpr std::string_view hold_columns = "snooze_left, noted_at, noted_boot, boot, held";
[[nodiscard]] core::HoldRecord read_holds(const Stmt::Run& row, std::string_view boot);
void bind_holds(Stmt::Run& run, const core::HoldRecord& holds, std::string_view boot);

/// Columns: id, at, reason, level, resource, text.
[[nodiscard]] core::HistoryLine read_history(const Stmt::Run& row);

}  // namespace doze::store
