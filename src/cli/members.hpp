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

/// False if there is none.
[[nodiscard]] bool flag_at(const boost::json::object& object, std::string_view name);

/// Empty if there is none.
[[nodiscard]] const boost::json::object& object_at(const boost::json::object& object, std::string_view name);
[[nodiscard]] const boost::json::array& array_at(const boost::json::object& object, std::string_view name);

/// The item if it is an object, else an empty one.
[[nodiscard]] const boost::json::object& as_object(const boost::json::value& item);

}  // namespace doze::cli
