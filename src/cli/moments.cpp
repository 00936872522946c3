#include "cli/moments.hpp"

#include <charconv>
#include <chrono>
#include <ctime>
#include <fmt/format.h>
#include <optional>

#include "base/text.hpp"

namespace doze::cli {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view examples =
    "Such as `doze snooze 90m`, `doze snooze 2h`, `doze snooze until 18:00` or `doze snooze until tomorrow 9:00`.";

Error no_moment(std::string_view text) {
    return {.code = ErrorCode::bad_request,
            .message = fmt::format("{} is no time that doze understands.", quoted(text)),
            .next_step = std::string(examples)};
}

/// Removes a number from the front.
std::optional<int> take_number(std::string_view& text) {
    int number = 0;
    const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || number < 0 || number > 100'000) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    return number;
}

struct Clock {
    int hour;
    int minute;
};

/// Parses "18:00", "9:05", "9".
std::optional<Clock> parse_clock(std::string_view text) {
    const auto hour = take_number(text);
    if (!hour || *hour > 23) return std::nullopt;
    if (text.empty()) return Clock{*hour, 0};
    if (text.size() != 3 || text.front() != ':') return std::nullopt;
    text.remove_prefix(1);
    const auto minute = take_number(text);
    if (!minute || *minute > 59 || !text.empty()) return std::nullopt;
    return Clock{*hour, *minute};
}

/// That time of day, `days` from today; the C library handles daylight saving time.
core::WallTime at_clock(Clock clock, int days, core::WallTime now) {
    const std::time_t today = std::chrono::floor<seconds>(now).time_since_epoch().count();
    std::tm parts{};
    ::localtime_r(&today, &parts);
    parts.tm_mday += days;
    parts.tm_hour = clock.hour;
    parts.tm_min = clock.minute;
    parts.tm_sec = 0;
    parts.tm_isdst = -1;
    return core::WallTime(seconds(std::mktime(&parts)));
}

}  // namespace

Result<core::Duration> parse_span(std::string_view text) {
    auto rest = text;
    core::Duration span{};
    do {
        const auto number = take_number(rest);
        if (!number) return no_moment(text);
        if (rest.empty() || rest.front() == 'm')
            span += minutes(*number);
        else if (rest.front() == 'h')
            span += std::chrono::hours(*number);
        else if (rest.front() == 'd')
            span += std::chrono::hours(24 * *number);
        else
            return no_moment(text);
        if (!rest.empty()) rest.remove_prefix(1);
    } while (!rest.empty());
    if (span < minutes(1)) return no_moment(text);
    return span;
}

Result<core::WallTime> parse_until(std::span<const std::string> words, core::WallTime now) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    if (words.size() == 1) {
        const auto span = parse_span(words[0]);
        if (!span) return span.error();
        return now + *span;
    }
    const bool tomorrow = words.size() == 3 && words[1] == "tomorrow";
    if (words.empty() || words[0] != "until" || (words.size() != 2 && !tomorrow)) return no_moment(text);
    const auto clock = parse_clock(words.back());
    if (!clock) return no_moment(text);
    const auto at = at_clock(*clock, tomorrow ? 1 : 0, now);
    return at > now ? at : at_clock(*clock, 1, now);
}

}  // namespace doze::cli
