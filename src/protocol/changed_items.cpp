#include "protocol/changed_items.hpp"

#include <fmt/format.h>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "commands/lists.hpp"
#include "protocol/json_writer.hpp"
#include "protocol/row_writer.hpp"

namespace doze::protocol {
namespace {

std::size_t hash_of(std::string_view text) {
    return std::hash<std::string_view>()(text);
}

std::string name_of(const core::KindInfo& kind, const commands::Row& row) {
    return fmt::format("{}/{}/{}/{}", kind.word, row.region, row.group, row.name);
}

}  // namespace

void ChangedItems::forget() {
    revision_.reset();
    known_.clear();
    lengths_.clear();
}

std::vector<commands::StreamEvent> ChangedItems::compare(const core::SystemView& view) {
    Events events;
    Known now;
    now.reserve(known_.size());
    for (const auto& kind : core::kinds()) compare(view, kind, now, events);
    known_ = std::move(now);
    revision_ = view.revision();
    return events;
}

void ChangedItems::compare(const core::SystemView& view, const core::KindInfo& kind, Known& now, Events& events) {
    std::vector<std::string> changed;
    std::size_t length = 0;
    std::string item;
    for (const auto& row : commands::rows(view, {.kind = kind.kind}, {})) {
        item.clear();
        JsonWriter writer(item);
        write_row(writer, view, row, {});
        if (item.empty()) continue;  // A cluster without members.
        const auto name = hash_of(name_of(kind, row));
        const auto said = hash_of(item);
        now.emplace(name, said);
        ++length;
        const auto before = known_.find(name);
        const bool is_new = before == known_.end();
        if (!is_new && before->second == said) continue;
        if (kind.whole_list_in_events)
            changed.emplace_back(row.name);
        else if (!is_new)
            events.emplace_back(commands::ItemChanged{.view = view, .kind = &kind, .row = row});
    }
    if (!kind.whole_list_in_events) return;
    const auto length_before = std::exchange(lengths_[kind.kind], length);
    if (length_before > 0 && (!changed.empty() || length != length_before))
        events.emplace_back(commands::ListChanged{.view = view, .kind = &kind, .changed = std::move(changed)});
}

}  // namespace doze::protocol
