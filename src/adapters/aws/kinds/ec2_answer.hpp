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

/// Guards of EC2 instances that DescribeInstances does not tell. All take calls of their own, and may not be allowed:
/// then an instance keeps the guard it has.
/// One-time spot instances can't be stopped, persistent ones can: tells the spot instances of a page apart
/// (DescribeSpotInstanceRequests; no call where there are none).
boost::asio::awaitable<void> tell_spot_apart(Client& client, const Region& region, Page& page);

/// Whether stop protection is on (DescribeInstanceAttribute, one call for each instance). False where AWS does not say:
/// it would refuse the stop itself.
boost::asio::awaitable<bool> is_stop_protected(Client& client, const Region& region, const InstanceId& instance);

}  // namespace doze::aws::ec2
