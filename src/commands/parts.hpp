#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/text.hpp"
#include "core/model/registration.hpp"
#include "core/model/resource.hpp"

/// Turns what clients wrote into typed requests. Every failure is `bad_request` and says which part.
namespace doze::commands {

/// The parts of a text command after its word.
using Parts = std::span<const std::string_view>;

/// What every client is told whose input is at fault.
[[nodiscard]] Error bad_request(std::string message, std::string next_step = {});

/// Which resource: name:region, or cluster:name:region where the kind has clusters. REQUIRES: as many parts.
[[nodiscard]] Result<core::ResourceId> parse_resource(core::Kind kind, Parts parts);

/// The same from `content`: service_type, its names, region, profile.
[[nodiscard]] Result<core::ResourceId> parse_resource(const boost::json::object& content);

/// A registration from `content`: the resource, description, desired_size, force, hibernate, busy_cpu_percent.
[[nodiscard]] Result<core::Registration> parse_registration(const boost::json::object& content);

/// A node count: digits only, 0 to 10,000 (AWS's quota is 450 per group unless raised).
[[nodiscard]] Result<int> parse_count(std::string_view text);

/// A string member. Missing and null are an error, unless `optional_text` is asked.
[[nodiscard]] Result<std::string_view> text_member(const boost::json::object& content, std::string_view name);

/// A string member; none if it is missing or null.
[[nodiscard]] Result<std::optional<std::string_view>> optional_text(const boost::json::object& content,
                                                                    std::string_view name);

/// True or false; none if it is missing or null.
[[nodiscard]] Result<std::optional<bool>> optional_flag(const boost::json::object& content, std::string_view name);

/// `desired_size`; none if it is missing or null.
[[nodiscard]] Result<std::optional<int>> optional_count(const boost::json::object& content);

/// A finite number of at least 0, rounded down; none if it is missing or null.
[[nodiscard]] Result<std::optional<std::int64_t>> optional_seconds(const boost::json::object& content,
                                                                   std::string_view name);

/// A whole number in the text form, from `least` to `most`. `name` is that of the part.
[[nodiscard]] Result<std::int64_t> parse_number(std::string_view name, std::string_view text, std::int64_t least,
                                                std::int64_t most);

/// The same as a member; none if it is missing or null.
[[nodiscard]] Result<std::optional<std::int64_t>> optional_number(const boost::json::object& content,
                                                                  std::string_view name, std::int64_t least,
                                                                  std::int64_t most);

/// One line for people: clean UTF-8, not empty, at most 256 characters. `name` says in errors what it is.
[[nodiscard]] Result<std::string> parse_line(std::string_view name, std::string_view text);

/// KindInfo::command, in any case.
[[nodiscard]] Result<core::Kind> parse_kind(std::string_view name, std::string_view text);

/// "EC2", "RDS_CLUSTER".
[[nodiscard]] std::string_view service_type(core::Kind kind);

/// Whether two texts are the same but for the case of ASCII letters.
[[nodiscard]] bool same_word(std::string_view one, std::string_view other);

}  // namespace doze::commands
