#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/aws/credentials/provider.hpp"
#include "base/ids.hpp"

namespace doze::aws {

/// A region, and who says so: "AWS_REGION", "profile dev of ~/.aws/config", "the EC2 instance metadata service".
struct FoundRegion {
    Region region;
    std::string origin;

    bool operator==(const FoundRegion&) const = default;
};

/// AWS_REGION, AWS_DEFAULT_REGION, or the profile's `region`; none where none of them is set, and an error
/// (`bad_request`) where what is set is no region.
[[nodiscard]] Result<std::optional<FoundRegion>> configured_region(const Environment& environment,
                                                                   const Profile& profile);

/// The region to use where nobody named one: the configured one, else the one that this EC2 instance is in.
boost::asio::awaitable<Result<std::optional<FoundRegion>>> default_region(const ProviderContext& places);

/// Which STS to ask: that of the configured region, else of the role's partition.
[[nodiscard]] Result<Region> region_for_sts(const Environment& environment, const Profile& profile,
                                            std::string_view role_arn);

}  // namespace doze::aws
