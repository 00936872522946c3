#pragma once

#include <optional>
#include <string>
#include <utility>

#include "app/offline/doctor/finding.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

/// What several groups of checks say in the same words.
namespace doze::doctor {

/// The finding as failed, by an error, or (none) because AWS did not answer in time.
[[nodiscard]] inline Finding failed(Finding finding, const std::optional<Error>& error) {
    finding.grade = Grade::fail;
    if (!error) {
        finding.finding = "AWS did not answer in time";
        finding.fix =
            "Check the network and the proxy (HTTPS_PROXY, NO_PROXY): "
            "`curl -sv https://sts.us-east-1.amazonaws.com` shows where it hangs.";
        return finding;
    }
    finding.finding = error->message;
    finding.fix = error->next_step.empty() ? "`doze status` and aws_monitor.log may say more." : error->next_step;
    return finding;
}

/// "doze's own", "profile work".
[[nodiscard]] inline std::string name_of(const ProfileName& profile) {
    return profile.str().empty() ? std::string("doze's own") : "profile " + profile.str();
}

}  // namespace doze::doctor
