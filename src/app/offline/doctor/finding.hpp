#pragma once

#include <string>
#include <string_view>
#include <vector>

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

}  // namespace doze::doctor
