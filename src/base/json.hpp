#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Readers for JSON whose members may be missing or of another type.
namespace doze {

/// The root object of the text; empty if the text is not a JSON object.
[[nodiscard]] std::optional<boost::json::object> parse_json_object(std::string_view text,
                                                                   boost::json::storage_ptr memory = {});

/// The member of that name, if present and of that type. An empty string counts as present.
[[nodiscard]] std::optional<std::string> string_at(const boost::json::object& from, std::string_view name);
[[nodiscard]] std::optional<std::int64_t> number_at(const boost::json::object& from, std::string_view name);
[[nodiscard]] const boost::json::object* find_object(const boost::json::object& from, std::string_view name);
[[nodiscard]] const boost::json::array* find_array(const boost::json::object& from, std::string_view name);

/// The same, with an empty text or false for a missing member.
[[nodiscard]] std::string_view text_at(const boost::json::object& from, std::string_view name);
[[nodiscard]] bool flag_at(const boost::json::object& from, std::string_view name);
[[nodiscard]] const boost::json::object& object_at(const boost::json::object& from, std::string_view name);
[[nodiscard]] const boost::json::array& array_at(const boost::json::object& from, std::string_view name);

/// The value if it is an object, else an empty one.
[[nodiscard]] const boost::json::object& as_object(const boost::json::value& value);

}  // namespace doze
