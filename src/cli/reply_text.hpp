#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

/// What members of a reply say, as a person reads it (base/json.hpp reads them for the program).
namespace doze::cli {

/// The member as text, numbers included; empty if there is none.
[[nodiscard]] std::string shown_at(const boost::json::object& object, std::string_view name);

/// How large a group is, by its members of these names: "2 (1 to 4)", or "2" where it has no bounds; empty if there is
/// no `desired`.
[[nodiscard]] std::string size_at(const boost::json::object& object, std::string_view desired, std::string_view min,
                                  std::string_view max);

/// How many of those that are wanted run: "3 of 5 running", "none"; empty if there is neither.
[[nodiscard]] std::string running_at(const boost::json::object& object, std::string_view running,
                                     std::string_view desired);

/// JSON over several lines, two spaces a level, with a line end.
[[nodiscard]] std::string pretty(const boost::json::value& value);

}  // namespace doze::cli
