// What could not be read of AWS, for people: one cause is told once, however many lists it spoils.
#include <fmt/format.h>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "cli/members.hpp"
#include "cli/terminal_text.hpp"
#include "cli/views.hpp"

namespace doze::cli {
namespace {

constexpr std::size_t most_places = 3;

std::string joined(const std::vector<std::string>& places) {
    std::string out;
    for (std::size_t i = 0; i < places.size() && i < most_places; ++i) out += (i == 0 ? "" : ", ") + places[i];
    if (places.size() > most_places) out += fmt::format(" and {} more", places.size() - most_places);
    return out;
}

}  // namespace

std::string unread_text(const boost::json::array& lists, std::string_view error_member, bool color) {
    std::vector<std::pair<std::string, std::vector<std::string>>> causes;  // In the order of their first list.
    for (const auto& value : lists) {
        const auto& list = as_object(value);
        auto error = clean(shown_at(list, error_member));
        if (error.empty()) continue;
        auto known = causes.begin();
        while (known != causes.end() && known->first != error) ++known;
        if (known == causes.end()) known = causes.emplace(causes.end(), std::move(error), std::vector<std::string>());
        known->second.push_back(fmt::format("{} {}", clean(shown_at(list, "region")), clean(shown_at(list, "kind"))));
    }
    std::string out;
    for (const auto& [error, places] : causes)
        out += fmt::format("{} could not be read: {}\n", joined(places), colored(error, Color::bad, color));
    return out;
}

}  // namespace doze::cli
