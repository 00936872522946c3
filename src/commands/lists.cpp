// LIST_*, AWS_*_LIST, refresh_service and MORE.
#include "commands/lists.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <tuple>
#include <utility>

#include "base/ids.hpp"

namespace doze::commands {

namespace {

auto place(const Row& row) {
    return std::tie(row.section, row.region, row.group, row.name, row.profile);
}

void add(std::vector<Row>& out, int section, std::string_view region, const core::CachedItems& stock) {
    if (const auto* fleet = std::get_if<core::Ec2Fleet>(&stock)) {
        out.reserve(out.size() + fleet->size());
        for (std::size_t i = 0; i < fleet->size(); ++i)
            out.push_back({section, region, {}, fleet->id(i), InstanceRow{fleet, i}});
    } else if (const auto* ecs = std::get_if<std::vector<core::EcsCluster>>(&stock)) {
        for (const auto& cluster : *ecs) {
            if (cluster.services.empty())
                out.push_back({section, region, cluster.name.str(), {}, ServiceRow{&cluster, nullptr}});
            for (const auto& service : cluster.services)
                out.push_back(
                    {section, region, cluster.name.str(), service.seen.id.name, ServiceRow{&cluster, &service}});
        }
    } else if (const auto* eks = std::get_if<std::vector<core::EksCluster>>(&stock)) {
        for (const auto& cluster : *eks) {
            if (cluster.nodegroups.empty())
                out.push_back({section, region, cluster.name.str(), {}, NodegroupRow{&cluster, nullptr}});
            for (const auto& nodegroup : cluster.nodegroups)
                out.push_back(
                    {section, region, cluster.name.str(), nodegroup.seen.id.name, NodegroupRow{&cluster, &nodegroup}});
        }
    } else if (const auto* items = std::get_if<std::vector<core::Item>>(&stock)) {
        for (const auto& item : *items) out.push_back({section, region, {}, item.seen.id.name, ItemRow{&item}});
    }
}

void add_registered(std::vector<Row>& out, const core::SystemView& view, std::string_view region) {
    for (const auto& resource : view.resources()) {
        const auto& id = resource.id();
        if (!resource.registration() || (!region.empty() && id.region.str() != region)) continue;
        out.push_back({static_cast<int>(id.kind), id.region.str(), id.cluster.str(), id.name, RegisteredRow{resource},
                       id.profile.str()});
    }
}

/// -1, 0 or 1: `whole` comes before, is, or comes after the part. If a cut part's whole text is no longer known, its
/// prefix is compared: repeating an item is better than losing one.
int compare(std::string_view whole, const CursorPart& part) {
    if (part.matches(whole)) return 0;
    if (part.hash && whole.starts_with(part.text)) return 1;
    return whole < part.text ? -1 : 1;
}

/// Replaces a cut part by the whole text, if any row still contains it.
template <class Get>
void complete(CursorPart& part, const std::vector<Row>& rows, Get get) {
    if (!part.hash) return;
    const auto found = std::ranges::find_if(rows, [&](const Row& row) { return part.matches(get(row)); });
    if (found != rows.end()) part = {std::string(get(*found)), std::nullopt};
}

}  // namespace

std::span<const Section> sections(const ListScope& scope) {
    struct Tables {
        std::vector<Section> all;
        std::vector<Section> registered;
        std::vector<Section> alone;
    };
    static const Tables tables = [] {
        Tables made;
        for (const auto& kind : core::kinds()) {
            made.all.push_back({kind.inventory, kind.kind});
            made.registered.push_back({kind.registry, kind.kind});
            made.alone.push_back({kind.array, kind.kind});
        }
        return made;
    }();
    if (scope.registered) return tables.registered;
    if (!scope.kind) return tables.all;
    return std::span(tables.alone).subspan(static_cast<std::size_t>(*scope.kind), 1);
}

std::vector<Row> rows(const core::SystemView& view, const ListScope& scope, std::string_view region) {
    std::vector<Row> out;
    if (scope.registered) {
        add_registered(out, view, region);
    } else {
        const auto wanted = sections(scope);
        for (const auto& [key, cached] : view.inventory().listings()) {
            const auto section = std::ranges::find(wanted, key.first, &Section::kind);
            if (section == wanted.end() || (!region.empty() && key.second.str() != region)) continue;
            add(out, static_cast<int>(section - wanted.begin()), key.second.str(), cached.items);
        }
    }
    const auto before = [](const Row& one, const Row& other) { return place(one) < place(other); };
    if (!std::ranges::is_sorted(out, before)) std::ranges::stable_sort(out, before);
    return out;
}

void keep_after(std::vector<Row>& rows, const Cursor& cursor) {
    auto last = cursor;
    complete(last.region, rows, [](const Row& row) { return row.region; });
    complete(last.group, rows, [](const Row& row) { return row.group; });
    complete(last.name, rows, [](const Row& row) { return row.name; });
    complete(last.profile, rows, [](const Row& row) { return row.profile; });
    std::erase_if(rows, [&](const Row& row) {
        if (row.section != last.section) return row.section < last.section;
        if (const int order = compare(row.region, last.region); order != 0) return order < 0;
        if (const int order = compare(row.group, last.group); order != 0) return order < 0;
        if (const int order = compare(row.name, last.name); order != 0) return order < 0;
        return compare(row.profile, last.profile) <= 0;
    });
}

bool is_grouped(const Row& row) {
    return std::holds_alternative<ServiceRow>(row.item) || std::holds_alternative<NodegroupRow>(row.item);
}

bool same_group(const Row& one, const Row& other) {
    return one.section == other.section && one.region == other.region && one.group == other.group;
}

Standing standing(const core::SystemView& view, const core::ResourceId& id) {
    const auto found = view.find(id);
    if (!found) return {};
    // The listing may be of another account, with a resource of the same name.
    const auto cached = view.inventory().listings().find({id.kind, id.region});
    const auto& its = found->owner();
    if (cached != view.inventory().listings().end() && !cached->second.account.str().empty() && !its.str().empty() &&
        cached->second.account != its)
        return {};
    return {found->registration() != nullptr, found->asleep_by_doze(), found->stopped_by_person()};
}

namespace {

/// Whether lists can be narrowed to this region.
Result<void> check_region(const core::SystemView& view, const std::string& region) {
    for (const auto& [key, cached] : view.inventory().listings())
        if (key.second.str() == region) return {};
    return Error{.code = ErrorCode::not_found,
                 .message = fmt::format("{} is not among the configured regions.", region),
                 .next_step = "Add it to aws.regions in settings.json."};
}

/// Narrows the list to the requested region.
Result<void> narrow(ListQuery& query, const ListRequest& request, const Context& context) {
    if (request.region) {
        const auto checked = check_region(context.host.view(), *request.region);
        const bool is_error = request.only_configured || query.form == ListForm::text || request.scope.registered;
        if (!checked && is_error) return checked.error();
        if (checked) {
            query.region = *request.region;
        } else {
            query.ignored_region = *request.region;
            query.ignored_why = checked.error();
        }
    }
    // Later updates contain the list for the same region.
    if (const auto connection = context.connection.lock(); connection && query.form != ListForm::text &&
                                                           request.scope.kind &&
                                                           core::info(*request.scope.kind).whole_list_in_events)
        connection->show_region(query.region);
    return {};
}

/// The error if a text list would be empty because AWS could never be read: it has no place for errors, unlike a JSON
/// list (`errors`).
std::optional<Error> nothing_seen(const core::SystemView& view, const ListQuery& query) {
    if (query.form != ListForm::text || query.scope.registered) return std::nullopt;
    std::optional<Error> trouble;
    for (const auto& [key, cached] : view.inventory().listings()) {
        if (!in_scope(key, query.scope, query.region)) continue;
        if (cached.seen_at) return std::nullopt;
        if (!trouble) trouble = cached.trouble;
    }
    return trouble;
}

Result<Reply> to_reply(const Host& host, const ListQuery& query) {
    if (const auto nothing = nothing_seen(host.view(), query)) return *nothing;
    return ListReply{.view = host.view(),
                     .now = host.now(),
                     .scope = query.scope,
                     .form = query.form,
                     .region = query.region,
                     .ignored_region = query.ignored_region,
                     .ignored_why = query.ignored_why,
                     .is_update = query.is_update,
                     .message = query.message};
}

/// A list request that waits for AWS.
struct Waiting {
    Host& host;
    ListQuery query;
    Completion done;
    std::size_t open;
    std::optional<Error> trouble = std::nullopt;

    void finish() const {
        if (const auto nothing = nothing_seen(host.view(), query)) return done(*nothing);
        // A region that could not be read is in the list's `errors`; any other error fails the request.
        const bool told = std::ranges::any_of(host.view().inventory().listings(), [&](const auto& cached) {
            return cached.second.trouble && in_scope(cached.first, query.scope, query.region);
        });
        if (trouble && !told) return done(*trouble);
        done(to_reply(host, query));
    }
};

void list_then_answer(Host& host, const ListQuery& query, core::Duration max_age, Completion done) {
    std::vector<core::Kind> wanted;
    for (const auto& kind : core::kinds())
        if (!query.scope.kind || *query.scope.kind == kind.kind) wanted.push_back(kind.kind);
    const auto region = query.region.empty() ? std::nullopt : std::optional(Region(query.region));
    const auto waiting = std::make_shared<Waiting>(Waiting{host, query, std::move(done), wanted.size()});
    for (const auto kind : wanted) {
        host.request(
            [kind, &region, max_age](core::RequestId id) {
                return core::ListRequested{id, kind, region, max_age};
            },
            [waiting](const Result<core::RequestResult>& result) {
                if (!result) waiting->trouble = result.error();
                if (--waiting->open == 0) waiting->finish();
            });
    }
}

/// Whether AWS must be asked before this list is returned.
bool is_older(const Host& host, const ListQuery& query, core::Duration max_age) {
    if (query.scope.registered) return false;
    const auto view = host.view();
    const auto now = host.now().boot;
    return std::ranges::any_of(view.inventory().listings(), [&](const auto& cached) {
        const auto& [kind, region] = cached.first;
        return in_scope(cached.first, query.scope, query.region) && view.needs_list(kind, region, max_age, now);
    });
}

}  // namespace

void answer_list(Host& host, const ListQuery& query, std::optional<core::Duration> max_age, const Completion& done) {
    const auto oldest = max_age.value_or(host.view().usual_list_age());
    if (is_older(host, query, oldest)) return list_then_answer(host, query, oldest, done);
    done(to_reply(host, query));
}

ImmediateReply handle(const ListRequest& request, const Context& context) {
    auto& host = context.host;
    ListQuery query{.scope = request.scope, .form = request.form};
    if (query.form == ListForm::text && context.form == Form::json) query.form = ListForm::json;
    if (const auto narrowed = narrow(query, request, context); !narrowed) return narrowed.error();
    const auto max_age = request.max_age_seconds ? core::Duration(std::chrono::seconds(*request.max_age_seconds))
                                                 : host.view().usual_list_age();
    // A refresh always asks AWS.
    if (query.form == ListForm::refresh || is_older(host, query, max_age)) {
        list_then_answer(host, query, max_age, context.later());
        return std::nullopt;
    }
    return to_reply(host, query);
}

ImmediateReply handle(const MoreRequest& request, const Context& context) {
    const auto& cursor = request.after;
    const bool becomes_json = context.form == Form::json && cursor.form == ListForm::text;
    return ListReply{.view = context.host.view(),
                     .now = context.host.now(),
                     .scope = cursor.scope,
                     .form = becomes_json ? ListForm::json : cursor.form,
                     .region = cursor.one_region ? cursor.region.text : std::string(),
                     .after = cursor};
}

bool in_scope(const core::Inventory::Key& cached, const ListScope& scope, std::string_view region) {
    return (!scope.kind || *scope.kind == cached.first) && (region.empty() || cached.second.str() == region);
}

std::optional<core::Duration> age(const core::SystemView& view, core::Now now, const ListScope& scope,
                                  std::string_view region) {
    std::optional<core::Duration> oldest;
    for (const auto& [key, cached] : view.inventory().listings()) {
        if (!cached.seen_at || !in_scope(key, scope, region)) continue;
        const auto old = std::max(now.boot - cached.seen_at->boot, core::Duration::zero());
        oldest = std::max(oldest.value_or(core::Duration::zero()), old);
    }
    return oldest;
}

}  // namespace doze::commands
