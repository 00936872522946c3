#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/inventory.hpp"
#include "core/policy/guard.hpp"

/// What EC2 answers (Query protocol, 2016-11-15), as doze's own words.
namespace doze::aws::ec2 {

/// A spot instance of a page, which is guarded until its request says that it can be stopped.
struct Spot {
    std::size_t index;    ///< In Page::instances.
    std::string request;  ///< "sir-0123abcd"
    std::optional<core::Guard> otherwise;
};

struct Page {
    std::vector<core::Ec2Instance> instances;
    std::vector<Spot> spot;
    std::string next_token;  ///< Empty on the last page.
};

/// One answer of DescribeInstances. An instance without id or state makes the whole page not understood: left out, it
/// would count as gone.
[[nodiscard]] Result<Page> parse_instances(std::string body, const Region& region, const core::GuardSettings& guards);

/// The ids in one answer of StartInstances or StopInstances; none if it is no such answer.
[[nodiscard]] std::optional<std::set<InstanceId>> parse_changes(std::string body, std::string_view operation);

/// The time in a StateTransitionReason, "User initiated (2026-11-24 08:00:00 GMT)"; none where there is none.
[[nodiscard]] std::optional<core::WallTime> parse_transition_time(std::string_view reason);

}  // namespace doze::aws::ec2
