#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands/call.hpp"

namespace doze::commands {

/// Answers with an array of as many whole items as the call's limit allows. `item(i, longest)` makes the JSON of one of
/// `count`, with strings of at most `longest` bytes; `rest(writer, shown)` writes the members after the array (at most
/// 80 bytes).
template <class Item, class Rest>
void succeed_with_array(const Call& call, std::string_view name, std::size_t count, Item item, Rest rest) {
    // The envelope, the array's name, and what `rest` writes.
    const auto around = longest_id(call.limit()) + 240;
    const auto room = call.limit() > around ? call.limit() - around : 0;
    for (const std::size_t longest : {no_limit, std::size_t{128}, std::size_t{24}}) {
        std::vector<std::string> items;
        std::size_t size = 0;
        while (items.size() < count) {
            auto one = item(items.size(), longest);
            size += one.size() + 1;
            if (size > room) break;
            items.push_back(std::move(one));
        }
        if (items.empty() && count > 0) continue;
        return call.succeed([&](JsonWriter& writer) {
            writer.key(name);
            writer.begin_array();
            for (const auto& one : items) writer.raw(one);
            writer.end_array();
            rest(writer, items.size());
        });
    }
    call.fail({.code = ErrorCode::too_large, .message = "The reply does not fit into what this connection carries."});
}

}  // namespace doze::commands
