#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Reads JSON that may lack members, or have them as null.
namespace doze::cli {

/// The member as text, numbers included; empty if there is none.
[[nodiscard]] std::string text_at(const boost::json::object& object, std::string_view name);

[[nodiscard]] std::optional<std::int64_t> number_at(const boost::json::object& object, std::string_view name);

/// How large a group is, by its members of these names: "2 (1 to 4)", or "2" where it has no bounds; empty if there is
/// no `desired`.
[[nodiscard]] std::string size_at(const boost::json::object& object, std::string_view desired, std::string_view min,
                                  std::string_view max);

/// How many of those that are wanted run: "3 of 5 running", "none"; empty if there is neither.
[[nodiscard]] std::string running_at(const boost::json::object& object, std::string_view running,
                                     std::string_view desired);

/// False if there is none.
[[nodiscard]] bool flag_at(const boost::json::object& object, std::string_view name);

/// Empty if there is none.
[[nodiscard]] const boost::json::object& object_at(const boost::json::object& object, std::string_view name);
[[nodiscard]] const boost::json::array& array_at(const boost::json::object& object, std::string_view name);

/// The item if it is an object, else an empty one.
[[nodiscard]] const boost::json::object& as_object(const boost::json::value& item);

}  // namespace doze::cli
