#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "adapters/aws/kinds/ec2_answer.hpp"
#include "adapters/aws/protocol/aws_client.hpp"

/// Guards of EC2 instances that DescribeInstances does not tell. All take calls of their own, and may not be allowed:
/// then an instance keeps the guard it has.
namespace doze::aws::ec2 {

/// One-time spot instances can't be stopped, persistent ones can: tells the spot instances of a page apart
/// (DescribeSpotInstanceRequests; no call where there are none).
boost::asio::awaitable<void> tell_spot_apart(Client& client, const Region& region, Page& page);

/// Whether stop protection is on (DescribeInstanceAttribute, one call for each instance). False where AWS does not say:
/// it would refuse the stop itself.
boost::asio::awaitable<bool> is_stop_protected(Client& client, const Region& region, const InstanceId& instance);

}  // namespace doze::aws::ec2
