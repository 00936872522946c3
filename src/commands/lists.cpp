// LIST_*, AWS_*_LIST, refresh_service and MORE.
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include "commands/handlers.hpp"
#include "commands/page.hpp"
#include "commands/rows.hpp"
#include "core/reconcile/listing.hpp"

namespace doze::commands {
namespace {

/// Narrows the list to the message's region, if it names one. One that is not configured narrows nothing, and is told
/// among the list's errors: the original's dashboard sends a region that nobody chose.
Result<void> narrow(ListQuery& query, const Call& call, const Message& message) {
    const auto region = optional_text(message.content(), "region");
    if (!region) return region.error();
    if (*region) {
        auto known = known_region(call.host().state(), **region);
        if (known) {
            query.region = std::move(*known);
        } else if (known.error().code == ErrorCode::not_found && query.list != ListKind::registered) {
            query.ignored_region = **region;
            query.ignored_why = known.error();
        } else {
            return known.error();
        }
    }
    // Updates carry the same list from now on.
    if (const auto listener = call.listener().lock(); listener && query.list == ListKind::ec2)
        listener->show_region(query.region);
    return {};
}

/// Why a text list would be empty, where AWS could never be read: its items can't say it, while a JSON list has its
/// `errors`.
std::optional<Error> nothing_seen(const core::State& state, const ListQuery& query) {
    if (query.form != ListForm::text || query.list == ListKind::registered) return std::nullopt;
    std::optional<Error> trouble;
    for (const auto& [key, cached] : state.inventory.listings()) {
        if (!in_scope(key, query.list, query.region)) continue;
        if (cached.seen_at) return std::nullopt;
        if (!trouble) trouble = cached.trouble;
    }
    return trouble;
}

std::string reply_type(ListKind list, ListForm form) {
    if (list == ListKind::all) return "LIST_ALL_SERVICES";
    if (list == ListKind::registered) return "LIST_REGISTERED_SERVICES";
    const auto command = core::info(kind_of(list)).command;
    return form == ListForm::refresh ? fmt::format("REFRESH_{}", command) : fmt::format("AWS_{}_LIST", command);
}

/// A list that waits for AWS.
struct Waiting {
    Call call;
    ListQuery query;
    std::size_t open;
    std::optional<Error> trouble = std::nullopt;

    void finish() const {
        if (const auto nothing = nothing_seen(call.host().state(), query)) return call.fail(*nothing);
        // A region that could not be read is in the list's errors; anything else is an error of the request.
        const auto& listings = call.host().state().inventory.listings();
        const bool told = std::ranges::any_of(listings, [&](const auto& cached) {
            return cached.second.trouble && in_scope(cached.first, query.list, query.region);
        });
        if (trouble && !told) return call.fail(*trouble);
        answer(call, query);
    }
};

void list_then_answer(Call call, ListQuery query, core::Duration max_age) {
    auto& host = call.host();
    const auto wanted = sections(query.list);
    const auto region = query.region.empty() ? std::nullopt : std::optional(Region(query.region));
    const auto waiting = std::make_shared<Waiting>(Waiting{std::move(call), std::move(query), wanted.size()});
    for (const auto& section : wanted) {
        host.order(
            [kind = section.kind, &region, max_age](core::RequestId order) {
                return core::ListRequested{order, kind, region, max_age};
            },
            [waiting](const Result<core::RequestResult>& result) {
                if (!result) waiting->trouble = result.error();
                if (--waiting->open == 0) waiting->finish();
            });
    }
}

/// Whether AWS must be asked before this list is shown.
bool is_older(const Call& call, const ListQuery& query, core::Duration max_age) {
    if (query.list == ListKind::registered) return false;
    const auto& state = call.host().state();
    return std::ranges::any_of(state.inventory.listings(), [&](const auto& cached) {
        const auto& [kind, region] = cached.first;
        return in_scope(cached.first, query.list, query.region) &&
               core::needs_list(state, kind, region, max_age, call.host().now().boot);
    });
}

void more(Call call, std::string_view token) {
    const auto cursor = parse_token(token);
    if (!cursor) return call.fail(cursor.error());
    ListQuery query{.list = cursor->list, .form = cursor->form, .after = *cursor};
    if (cursor->one_region) query.region = cursor->region.text;
    if (call.form() == Form::json) {
        if (query.form == ListForm::text) query.form = ListForm::json;
        call.set_type(reply_type(query.list, query.form));
    } else if (query.form != ListForm::text) {
        std::ignore = call.use_json({}, reply_type(query.list, query.form));
    }
    answer(call, query);
}

}  // namespace

Result<std::string> known_region(const core::State& state, std::string_view text) {
    auto region = parse_region(text);
    if (!region) return region.error();
    for (const auto& [key, cached] : state.inventory.listings())
        if (key.second == *region) return region->str();
    return Error{.code = ErrorCode::not_found,
                 .message = fmt::format("{} is not among the configured regions.", region->str()),
                 .next_step = "Add it to aws.regions in settings.json."};
}

void answer_list(Call call, ListQuery query) {
    const auto oldest = core::usual_age(call.host().state().settings);
    if (is_older(call, query, oldest)) return list_then_answer(std::move(call), std::move(query), oldest);
    answer(call, query);
}

void list_text(ListKind list, Call call, Parts parts) {
    const auto& state = call.host().state();
    ListQuery query{.list = list};
    if (!parts.empty()) {
        auto region = known_region(state, parts[0]);
        if (!region) return call.fail(region.error());
        query.region = std::move(*region);
    }
    const auto max_age = core::usual_age(state.settings);
    if (is_older(call, query, max_age)) return list_then_answer(std::move(call), std::move(query), max_age);
    const ReplyCache::Key key{static_cast<int>(list), parts.empty() ? std::string_view() : parts[0], call.limit()};
    if (parts.empty() || !parts[0].empty()) {
        if (const auto kept = call.memory().cache.find(key, state.revision)) return call.send_kept(*kept);
    }
    if (const auto trouble = nothing_seen(state, query)) return call.fail(*trouble);
    // Troubles of what is registered come and go without a new revision.
    answer(call, query, list == ListKind::registered ? nullptr : &key);
}

void list_json(ListKind list, Call call, const Message& message) {
    ListQuery query{.list = list, .form = ListForm::json};
    if (const auto narrowed = narrow(query, call, message); !narrowed) return call.fail(narrowed.error());
    const auto max_age = optional_seconds(message.content(), "max_age_seconds");
    if (!max_age) return call.fail(max_age.error());
    if (!*max_age) return answer_list(std::move(call), std::move(query));
    const core::Duration oldest = std::chrono::seconds(**max_age);
    if (is_older(call, query, oldest)) return list_then_answer(std::move(call), std::move(query), oldest);
    answer(call, query);
}

void list_for_dashboard_json(Call call, const Message&) {
    answer_list(std::move(call), {.list = ListKind::ec2, .form = ListForm::json});
}

void refresh_json(Call call, const Message& message) {
    const auto& where = message.members().contains("service") ? message.members() : message.content();
    const auto service = text_member(where, "service");
    if (!service) return call.fail(service.error());
    const auto kind = parse_kind("service", *service);
    if (!kind) return call.fail(kind.error());
    ListQuery query{.list = list_of(*kind), .form = ListForm::refresh};
    if (const auto narrowed = narrow(query, call, message); !narrowed) return call.fail(narrowed.error());
    call.set_type(reply_type(query.list, query.form));
    list_then_answer(std::move(call), std::move(query), core::Duration::zero());
}

void more_text(Call call, Parts parts) {
    more(std::move(call), parts[0]);
}

void more_json(Call call, const Message& message) {
    auto token = text_member(message.content(), "token");
    if (!token) return call.fail(token.error());
    constexpr std::string_view word = "MORE:";  // As it stands in the member 'more'.
    if (token->starts_with(word)) token->remove_prefix(word.size());
    more(std::move(call), *token);
}

}  // namespace doze::commands
