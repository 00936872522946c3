#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"

/// The findings of `doze doctor`, and their output for people and programs.
namespace doze::doctor {

enum class Grade {
    ok,
    note,  ///< Neither good nor bad, for example a check that was not possible.
    warn,  ///< Works partly, or not as it should.
    fail,
};

[[nodiscard]] std::string_view to_string(Grade grade);

/// One line of `doze doctor`. Texts may contain foreign names, never a secret.
struct Finding {
    std::string area;  ///< "credentials"
    std::string what;  ///< The object within the area: "profile work".
    Grade grade = Grade::ok;
    std::string finding;   ///< The result.
    std::string fix = {};  ///< The next step; empty only if the result is ok.

    bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

/// Marks the finding as failed with this error, or if empty because AWS did not answer in time.
[[nodiscard]] Finding failed(Finding finding, const std::optional<Error>& error);

/// "doze's own", "profile work".
[[nodiscard]] std::string name_of(const ProfileName& profile);

[[nodiscard]] bool is_healthy(const Findings& findings);

/// A table with the fix below each line that is not ok, and a summary sentence.
[[nodiscard]] std::string report_text(const Findings& findings, bool color);

[[nodiscard]] boost::json::object report_json(const Findings& findings);

}  // namespace doze::doctor
