#pragma once

#include <optional>
#include <string>

#include "commands/call.hpp"
#include "commands/cursor.hpp"

namespace doze::commands {

/// One page of a list.
struct ListQuery {
    ListKind list = ListKind::ec2;
    ListForm form = ListForm::text;
    std::string region = {};  ///< Empty for all.
    std::optional<Cursor> after = std::nullopt;
    std::string ignored_region = {};  ///< It was asked for and is not configured; so the list is of all.
    Error ignored_why = {};
    std::string message = {};  ///< A sentence beside the items; mostly empty.
};

/// Writes as many whole items as fit into the call's limit, and how to get the rest. `too_large` only if
/// not even the name of the first one fits, which no limit from Dispatcher::smallest_reply on causes.
[[nodiscard]] Result<void> write_page(std::string& out, const Call& call, const ListQuery& query);

/// Answers with a page, which is kept for the next who asks under `key`, if there is one.
void answer(const Call& call, const ListQuery& query, const ReplyCache::Key* key = nullptr);

/// Whether a shelf of the inventory is one that the list shows.
[[nodiscard]] bool in_scope(const core::Inventory::Key& cached, ListKind list, std::string_view region);

/// How long ago the oldest shelf of a list was seen; none if none was.
[[nodiscard]] std::optional<core::Duration> age(const core::State& state, core::Now now, ListKind list,
                                                std::string_view region);

}  // namespace doze::commands
