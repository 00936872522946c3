#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/aws/protocol/aws_client.hpp"
#include "core/model/inventory.hpp"
#include "core/policy/guard.hpp"

/// Parses the answers of EC2 (Query protocol, 2016-11-15) into core types.
namespace doze::aws::ec2 {

/// A spot instance on a page. It is guarded until its request shows that it can be stopped.
struct Spot {
    std::size_t index;    ///< Into Page::instances.
    std::string request;  ///< "sir-0123abcd"
    std::optional<core::Guard> otherwise;
};

struct Page {
    std::vector<core::Ec2Instance> instances;
    std::vector<Spot> spot;
    std::string next_token;  ///< Empty on the last page.
};

/// Parses one answer of DescribeInstances. Fails for the whole page if an instance lacks its id or state: left out, it
/// would count as gone.
[[nodiscard]] Result<Page> parse_instances(std::string body, const Region& region, const core::GuardSettings& guards);

/// The ids in an answer of StartInstances or StopInstances; empty optional if it is not such an answer.
[[nodiscard]] std::optional<std::set<InstanceId>> parse_changes(std::string body, std::string_view operation);

/// The time in a StateTransitionReason, "User initiated (2026-11-24 08:00:00 GMT)"; empty if there is none.
[[nodiscard]] std::optional<core::WallTime> parse_transition_time(std::string_view reason);

// Guards of EC2 instances that DescribeInstances does not show. Each takes a call of its own, which may be denied: then
// the instance keeps its guard.

/// One-time spot instances can't be stopped, persistent ones can: removes the guard of those that can
/// (DescribeSpotInstanceRequests; no call if the page has no spot instances).
boost::asio::awaitable<void> tell_spot_apart(Client& client, const Region& region, Page& page);

/// Whether stop protection is on (DescribeInstanceAttribute, one call per instance). False if AWS does not say: it
/// would refuse the stop itself.
boost::asio::awaitable<bool> is_stop_protected(Client& client, const Region& region, const InstanceId& instance);

}  // namespace doze::aws::ec2
