#pragma once

#include <cstdint>
#include <string_view>

#include "core/effect.hpp"
#include "core/history.hpp"
#include "core/ledger.hpp"
#include "core/policy/holds.hpp"
#include "core/presence/presence.hpp"
#include "history/db.hpp"

/// Rows of the tables to the core's types and back.
namespace doze::history {

[[nodiscard]] std::int64_t to_number(core::WallTime time);
[[nodiscard]] core::WallTime to_time(std::int64_t number);

/// Could this row be read back? `internal` otherwise: what can't be read back must not be written.
[[nodiscard]] Result<void> check_writable(const core::LedgerEntry& entry);

/// Columns of an intent, in the order of `intent_columns`. The error names the row and the column.
[[nodiscard]] Result<core::LedgerEntry> read_intent(const Stmt::Run& row);
void bind_intent(Stmt::Run& run, const core::LedgerEntry& entry);

inline constexpr std::string_view intent_columns =
    "resource, step, owner, desired, min, max, opened_at, called_at, left_desired, left_min, left_max, "
    "left_changed_at, "
    "suspended, left_suspended, restarts_at";

/// Columns: state, since.
[[nodiscard]] Result<core::PresenceRecord> read_presence(const Stmt::Run& row);

/// Columns: snoozed_until, held.
[[nodiscard]] core::HoldRecord read_holds(const Stmt::Run& row);

/// Columns: id, at, reason, level, resource, text.
[[nodiscard]] core::HistoryLine read_history(const Stmt::Run& row);

}  // namespace doze::history
