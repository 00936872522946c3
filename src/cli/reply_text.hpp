#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

/// Formats members of replies for people (for the program see base/json.hpp).
namespace doze::cli {

/// The member as text, including numbers; empty if it is missing.
[[nodiscard]] std::string shown_at(const boost::json::object& object, std::string_view name);

/// The size of a group from members of these names: "2 (1 to 4)", or "2" without bounds; empty without
/// `desired`.
[[nodiscard]] std::string size_at(const boost::json::object& object, std::string_view desired, std::string_view min,
                                  std::string_view max);

/// How many of the desired ones run: "3 of 5 running", "none"; empty if both members are missing.
[[nodiscard]] std::string running_at(const boost::json::object& object, std::string_view running,
                                     std::string_view desired);

/// Indented JSON, two spaces per level, with a line end.
[[nodiscard]] std::string pretty(const boost::json::value& value);

}  // namespace doze::cli
