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

/// Reads services.yaml, in the file's order. Missing lists and an empty file are no registrations. Wrong
/// types, missing keys, bad ids and a negative desired_size are errors with file and line; keys that doze
/// does not know, and a resource that stands twice (the first counts), are warnings. `file` is how messages
/// call it. Pure. Work and memory are bounded by the size of the text, whatever stands in it.
[[nodiscard]] Result<Loaded<Registrations>> parse_services(std::string_view text, std::string_view file);

/// Everything that parse_services() finds wrong or worth telling, one by one, in the order of the file. Pure.
[[nodiscard]] std::vector<Note> check_services(std::string_view text, std::string_view file);

/// The text with one more registration, at the end of its list. Every other byte stays, save for an empty
/// list's brackets and a line feed that the last line lacks. `already_registered` if it is; `bad_request`
/// for text that parse_services() refuses; `internal` where the file is laid out in a way that can't be
/// edited safely (the result is read again and compared, so a wrong edit never gets out).
[[nodiscard]] Result<std::string> with_registration(std::string_view text, const core::Registration& registration,
                                                    std::string_view file);

/// The text without a resource; all of its mentions go. Comments that have a line of their own stay, also
/// those inside the item. `not_registered` if it is not there; else as above.
[[nodiscard]] Result<std::string> without_registration(std::string_view text, const core::ResourceId& id,
                                                       std::string_view file);

/// services.yaml as doze writes it where there is none: empty lists, explained.
[[nodiscard]] std::string default_services_text();

/// Larger files are refused; a registration takes about 100 bytes.
inline constexpr std::size_t largest_services = std::size_t{4} << 20;

/// A registration, and where in its list it stands.
struct LocatedRegistration {
    core::Registration registration;
    std::size_t position = 0;
    bool duplicate = false;  ///< The same resource stands further up.
};

using LocatedRegistrations = std::vector<LocatedRegistration>;

/// What parse_services() does after the text is YAML. What is wrong is also among the findings.
[[nodiscard]] Result<Loaded<LocatedRegistrations>> read_services(const YAML::Node& root, Findings& findings);

}  // namespace doze::config
