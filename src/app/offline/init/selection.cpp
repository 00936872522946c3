#include "app/offline/init/selection.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <utility>

#include "base/text.hpp"

namespace doze::init {
namespace {

std::optional<std::size_t> number(std::string_view text) {
    std::size_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || rest != end) return std::nullopt;
    return value;
}

/// The first and the last number of "3" and "2-5".
std::optional<std::pair<std::size_t, std::size_t>> range(std::string_view text) {
    const auto dash = text.find('-');
    const auto first = number(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number(text.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    return std::pair(*first, *last);
}

}  // namespace

Result<std::vector<std::size_t>> parse_selection(std::string_view text, const std::vector<std::string>& names) {
    std::set<std::size_t> chosen;
    constexpr std::string_view between = " ,\t";
    for (auto at = text.find_first_not_of(between); at != std::string_view::npos;
         at = text.find_first_not_of(between, at)) {
        const auto end = std::min(text.find_first_of(between, at), text.size());
        const auto part = text.substr(at, end - at);
        at = end;
        if (part == "none") continue;
        const auto name = std::ranges::find(names, part);
        if (part == "all") {
            for (std::size_t i = 0; i < names.size(); ++i) chosen.insert(i);
        } else if (name != names.end()) {
            chosen.insert(static_cast<std::size_t>(name - names.begin()));
        } else if (const auto numbers = range(part)) {
            const auto [first, last] = *numbers;
            if (first < 1 || last > names.size() || first > last) {
                return Error{.code = ErrorCode::bad_request,
                             .message = fmt::format("{} is not within 1 to {}.", quoted(part), names.size())};
            }
            for (auto i = first; i <= last; ++i) chosen.insert(i - 1);
        } else {
            return Error{
                .code = ErrorCode::bad_request,
                .message = fmt::format("{} is no number, no range such as 2-5 and no name of the list.", quoted(part))};
        }
    }
    return std::vector<std::size_t>(chosen.begin(), chosen.end());
}

}  // namespace doze::init
