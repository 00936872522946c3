// HISTORY.
#include <chrono>
#include <utility>
#include <vector>

#include "commands/cut.hpp"
#include "commands/handlers.hpp"
#include "commands/params.hpp"

namespace doze::commands {
namespace {

constexpr std::int64_t most_lines = 1000;
constexpr auto any_line = most_exact;

std::string write_line(const core::HistoryLine& line, std::size_t longest) {
    std::string out;
    JsonWriter writer(out, longest);
    writer.begin_object();
    writer.member("id", line.id);
    writer.member("at", std::chrono::floor<std::chrono::seconds>(line.at).time_since_epoch().count());
    writer.member("reason", line.reason);
    writer.member("level", line.level);
    writer.member("resource", line.resource.empty() ? std::nullopt : std::optional(line.resource));
    writer.member("text", line.text);
    writer.end_object();
    return out;
}

void tell(const Call& call, core::HistoryQuery query) {
    const auto wanted = static_cast<std::size_t>(query.limit++);  // One more tells whether there are more.
    const auto lines = call.host().history(query);
    if (!lines) return call.fail(lines.error());
    const auto count = std::min(lines->size(), wanted);
    succeed_with_array(
        call, "lines", count, [&](std::size_t i, std::size_t longest) { return write_line((*lines)[i], longest); },
        [&](JsonWriter& writer, std::size_t shown) {
            if (shown == lines->size()) return;
            writer.member("truncated", true);
            writer.member("before", (*lines)[shown - 1].id);
        });
}

}  // namespace

void history_text(Call call, Parts parts) {
    core::HistoryQuery query;
    if (!parts.empty() && !parts[0].empty()) {
        const auto limit = parse_number("limit", parts[0], 1, most_lines);
        if (!limit) return call.fail(limit.error());
        query.limit = *limit;
    }
    if (parts.size() > 1) {
        const auto before = parse_number("line's id", parts[1], 0, any_line);
        if (!before) return call.fail(before.error());
        query.before = *before;
    }
    tell(call, query);
}

void history_json(Call call, const Message& message) {
    core::HistoryQuery query;
    const auto limit = optional_number(message.content(), "limit", 1, most_lines);
    if (!limit) return call.fail(limit.error());
    query.limit = limit->value_or(query.limit);
    const auto before = optional_number(message.content(), "before", 0, any_line);
    if (!before) return call.fail(before.error());
    query.before = *before;
    const auto since = optional_seconds(message.content(), "since");
    if (!since) return call.fail(since.error());
    if (*since) query.since = core::WallTime(std::chrono::seconds(**since));
    tell(call, query);
}

}  // namespace doze::commands
