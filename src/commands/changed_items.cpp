#include "commands/changed_items.hpp"

#include <fmt/format.h>
#include <string>

#include "commands/cursor.hpp"
#include "commands/rows.hpp"
#include "core/kinds.hpp"

namespace doze::commands {
namespace {

std::size_t hash_of(std::string_view text) {
    return std::hash<std::string_view>()(text);
}

std::string name_of(core::Kind kind, const Row& row) {
    return fmt::format("{}/{}/{}/{}", core::info(kind).word, row.region, row.group, row.name);
}

void write_alone(JsonWriter& writer, const core::State& state, const Row& row, std::string_view item) {
    if (!is_grouped(row)) return writer.raw(item);
    open_group(writer, state, row, {});
    writer.raw(item);
    writer.end_array();
    writer.end_object();
}

}  // namespace

void ChangedItems::forget() {
    revision_.reset();
    known_.clear();
}

void ChangedItems::compare(const core::State& state,
                           const std::function<void(std::string_view type, const Write&)>& tell) {
    for (const auto& kind : core::kinds()) compare(state, kind.kind, tell);
    revision_ = state.revision;
}

void ChangedItems::compare(const core::State& state, core::Kind kind,
                           const std::function<void(std::string_view type, const Write&)>& tell) {
    const auto list = list_of(kind);
    std::string item;
    for (const auto& row : rows(state, list, {})) {
        item.clear();
        JsonWriter writer(item);
        write_row(writer, state, row, {});
        if (item.empty()) continue;  // A cluster without members.
        const auto said = hash_of(item);
        const auto [known, is_new] = known_.try_emplace(hash_of(name_of(kind, row)), said);
        if (is_new || known->second == said) continue;
        known->second = said;
        tell(fmt::format("AWS_{}_UPDATE", core::info(kind).command), [&](JsonWriter& content) {
            content.key(sections(list).front().array);
            content.begin_array();
            write_alone(content, state, row, item);
            content.end_array();
        });
    }
}

}  // namespace doze::commands
