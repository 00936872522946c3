#pragma once

#include <string>

#include "adapters/aws/protocol/client.hpp"
#include "adapters/aws/protocol/sigv4.hpp"

namespace doze::aws {

/// A call in AWS's Query protocol (EC2, STS, RDS, ...): everything in a form, Action and Version too. `parameters` are
/// not encoded, and may be in any order; each InstanceId.N among them counts as a resource.
[[nodiscard]] Call query_call(std::string service, Region region, std::string operation, std::string version,
                              QueryPairs parameters);

}  // namespace doze::aws
