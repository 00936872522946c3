#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "adapters/aws/protocol/query_protocol.hpp"

/// What all requests to EC2 have in common.
namespace doze::aws::ec2 {

/// Most values of one filter (EC2 API reference, "Filtering your resources").
constexpr std::size_t values_per_filter = 200;

[[nodiscard]] inline Call call_for(const Region& region, const std::string& operation, QueryPairs parameters) {
    return query_call("ec2", region, operation, "2016-11-15", std::move(parameters));
}

}  // namespace doze::aws::ec2
