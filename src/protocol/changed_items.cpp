#include "protocol/changed_items.hpp"

#include <fmt/format.h>
#include <string>
#include <utility>

#include "commands/rows.hpp"
#include "core/model/kinds.hpp"
#include "protocol/row_writer.hpp"

namespace doze::protocol {
namespace {

std::size_t hash_of(std::string_view text) {
    return std::hash<std::string_view>()(text);
}

std::string name_of(core::Kind kind, const commands::Row& row) {
    return fmt::format("{}/{}/{}/{}", core::info(kind).word, row.region, row.group, row.name);
}

void write_alone(JsonWriter& writer, const core::SystemView& view, const commands::Row& row, std::string_view item) {
    if (!commands::is_grouped(row)) return writer.raw(item);
    open_group(writer, view, row, {});
    writer.raw(item);
    writer.end_array();
    writer.end_object();
}

}  // namespace

void ChangedItems::forget() {
    revision_.reset();
    known_.clear();
    instances_ = 0;
}

void ChangedItems::compare(const core::SystemView& view, const Tell& tell) {
    Known now;
    now.reserve(known_.size());
    std::vector<std::string> changed;
    std::size_t instances = 0;
    std::string item;
    for (const auto& row : commands::rows(view, {.kind = core::Kind::ec2}, {})) {
        item.clear();
        JsonWriter writer(item);
        write_row(writer, view, row, {});
        const auto name = hash_of(name_of(core::Kind::ec2, row));
        const auto said = hash_of(item);
        const auto before = known_.find(name);
        if (before == known_.end() || before->second != said) changed.emplace_back(row.name);
        now.emplace(name, said);
        ++instances;
    }
    if (instances_ > 0 && (!changed.empty() || instances != instances_)) tell.instances(changed);
    instances_ = instances;
    for (const auto& kind : core::kinds())
        if (kind.kind != core::Kind::ec2) compare(view, kind.kind, tell, now);
    known_ = std::move(now);
    revision_ = view.revision();
}

void ChangedItems::compare(const core::SystemView& view, core::Kind kind, const Tell& tell, Known& now) const {
    const commands::ListScope scope{.kind = kind};
    std::string item;
    for (const auto& row : commands::rows(view, scope, {})) {
        item.clear();
        JsonWriter writer(item);
        write_row(writer, view, row, {});
        if (item.empty()) continue;  // A cluster without members.
        const auto name = hash_of(name_of(kind, row));
        const auto said = hash_of(item);
        now.emplace(name, said);
        const auto before = known_.find(name);
        if (before == known_.end() || before->second == said) continue;
        tell.item(fmt::format("AWS_{}_UPDATE", core::info(kind).command), [&](JsonWriter& content) {
            content.key(commands::sections(scope).front().array);
            content.begin_array();
            write_alone(content, view, row, item);
            content.end_array();
        });
    }
}

}  // namespace doze::protocol
