#include "adapters/aws/credentials/region.hpp"

#include <utility>

#include "adapters/aws/credentials/instance_metadata.hpp"

namespace doze::aws {

namespace asio = boost::asio;

Result<std::optional<FoundRegion>> configured_region(const Environment& environment, const Profile& profile) {
    std::string text;
    std::string origin;
    for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
        if (!text.empty()) break;
        text = environment(variable).value_or("");
        origin = variable;
    }
    if (text.empty()) {
        text = profile.get("region");
        origin = "profile " + profile.name + " of " +
                 (profile.credentials.contains("region") ? profile.credentials_file : profile.config_file);
    }
    if (text.empty()) return std::optional<FoundRegion>();
    auto region = parse_region(text);
    if (!region) return region.error().within(origin);
    return std::optional(FoundRegion{.region = std::move(*region), .origin = std::move(origin)});
}

asio::awaitable<Result<std::optional<FoundRegion>>> default_region(const ProviderContext& places) {
    const auto profile = places.profiles.load();
    if (!profile) co_return profile.error();
    auto configured = configured_region(places.environment, *profile);
    if (!configured || *configured) co_return configured;
    auto of_instance = co_await region_of_instance(places, *profile);
    if (!of_instance) co_return std::optional<FoundRegion>();
    co_return std::optional(
        FoundRegion{.region = std::move(*of_instance), .origin = "the EC2 instance metadata service"});
}

Result<Region> region_for_sts(const Environment& environment, const Profile& profile, std::string_view role_arn) {
    auto configured = configured_region(environment, profile);
    if (!configured) return configured.error();
    if (*configured) return std::move((*configured)->region);
    if (role_arn.starts_with("arn:aws-cn:")) return Region("cn-north-1");
    if (role_arn.starts_with("arn:aws-us-gov:")) return Region("us-gov-west-1");
    return Region("us-east-1");
}

}  // namespace doze::aws
