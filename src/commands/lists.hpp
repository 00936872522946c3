#pragma once

#include <optional>
#include <string_view>

#include "commands/handlers.hpp"
#include "core/view.hpp"

namespace doze::commands {

/// Which of the items a reply shows, without the state that they are of.
struct ListQuery {
    ListScope scope = {};
    ListForm form = ListForm::text;
    std::string region = {};  ///< Empty for all.
    bool is_update = false;
    std::string message = {};
    std::string ignored_region = {};
    Error ignored_why = {};
};

/// Answers with a list; asks AWS first where what is known is older than `max_age`, or than a list usually shows.
void answer_list(Host& host, const ListQuery& query, std::optional<core::Duration> max_age, const Completion& done);

/// Whether a listing of the inventory is one that the list shows.
[[nodiscard]] bool in_scope(const core::Inventory::Key& cached, const ListScope& scope, std::string_view region);

/// How long ago the oldest listing of a list was seen; none if none was.
[[nodiscard]] std::optional<core::Duration> age(const core::SystemView& view, core::Now now, const ListScope& scope,
                                                std::string_view region);

}  // namespace doze::commands
