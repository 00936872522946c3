#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>
#include <yaml-cpp/node/node.h>

#include "base/result.hpp"
#include "config/loaded.hpp"
#include "core/model/resource.hpp"

namespace doze::config {

using Registrations = std::vector<core::Registration>;

/// Parses services.yaml, keeping its order. Missing lists and an empty file mean no registrations. Wrong types, missing
/// keys, bad ids and a negative desired_size are errors with file and line; unknown keys, and repeated resources (the
/// first one counts), are warnings. `file` is its name in messages. Pure. Time and memory are bounded by the size of
/// the text, whatever it contains.
[[nodiscard]] Result<Loaded<Registrations>> parse_services(std::string_view text, std::string_view file);

/// All errors and remarks of parse_services(), in file order. Pure.
[[nodiscard]] std::vector<Note> check_services(std::string_view text, std::string_view file);

/// Adds a registration at the end of its list. Every other byte stays, except the brackets of an empty list and a
/// missing line feed at the end. `already_registered` if it is there already; `bad_request` for text that
/// parse_services() rejects; `internal` if the layout can't be edited safely (the result is parsed and compared, so a
/// wrong edit is never returned).
[[nodiscard]] Result<std::string> with_registration(std::string_view text, const core::Registration& registration,
                                                    std::string_view file);

/// Removes all mentions of a resource. Comments on lines of their own stay, even inside the item. `not_registered` if
/// it is not there; other errors as above.
[[nodiscard]] Result<std::string> without_registration(std::string_view text, const core::ResourceId& id,
                                                       std::string_view file);

/// The services.yaml that doze creates: empty lists with explanations.
[[nodiscard]] std::string default_services_text();

/// Larger files are rejected; a registration takes about 100 bytes.
inline constexpr std::size_t largest_services = std::size_t{4} << 20;

/// A registration, and its position in its list.
struct LocatedRegistration {
    core::Registration registration;
    std::size_t position = 0;
    bool duplicate = false;  ///< The same resource occurs earlier.
};

using LocatedRegistrations = std::vector<LocatedRegistration>;

/// The part of parse_services() after YAML parsing. Errors are also added to the findings.
[[nodiscard]] Result<Loaded<LocatedRegistrations>> read_services(const YAML::Node& root, Findings& findings);

}  // namespace doze::config
