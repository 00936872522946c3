#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"

/// What `doze doctor` finds, and how people and programs read it.
namespace doze::doctor {

enum class Grade {
    ok,
    note,  ///< Neither good nor bad, such as what can't be tried.
    warn,  ///< Works, or some of it, but not as it should.
    fail,
};

[[nodiscard]] std::string_view to_string(Grade grade);

/// One line of `doze doctor`. Texts may hold names from elsewhere, never a secret.
struct Finding {
    std::string area;  ///< "credentials"
    std::string what;  ///< Which one of the area: "profile work".
    Grade grade = Grade::ok;
    std::string finding;   ///< What is so.
    std::string fix = {};  ///< What a person can do; empty only where it is ok.

    bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

/// The finding as failed, by an error, or (none) because AWS did not answer in time.
[[nodiscard]] Finding failed(Finding finding, const std::optional<Error>& error);

/// "doze's own", "profile work".
[[nodiscard]] std::string name_of(const ProfileName& profile);

[[nodiscard]] bool is_healthy(const Findings& findings);

/// A table with a fix below each line that is not ok, and a sentence that sums it up.
[[nodiscard]] std::string report_text(const Findings& findings, bool color);

[[nodiscard]] boost::json::object report_json(const Findings& findings);

}  // namespace doze::doctor
