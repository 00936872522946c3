#include "adapters/aws/client/endpoint.hpp"

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace doze::aws {

namespace {

struct Partition {
    std::string_view name;
    std::string_view regions;  ///< Prefix of its regions' names.
    std::string_view domain;
    std::string_view dual_stack_domain;
};

constexpr Partition commercial{"aws", "", "amazonaws.com", "api.aws"};

/// Source: botocore's data/partitions.json. Any other region is taken for a new commercial one.
constexpr std::array<Partition, 7> other_partitions{{
    {"aws-us-gov", "us-gov-", "amazonaws.com", "api.aws"},
    {"aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov"},
    {"aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud"},
    {"aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
    {"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
}};

const Partition& partition_of(const Region& region) {
    const auto* const found = std::ranges::find_if(
        other_partitions, [&](const Partition& partition) { return region.str().starts_with(partition.regions); });
    return found == other_partitions.end() ? commercial : *found;
}

/// The first label of the host name. Source of the exceptions: each service's endpoint-rule-set-1.json in botocore.
std::string label_of(std::string_view service, const Partition& partition, EndpointVariant variant) {
    std::string label(service == "sso" ? "portal.sso" : service == "sso-oidc" ? "oidc" : service);
    if (!variant.fips) return label;
    // GovCloud's plain endpoints are FIPS-validated, except ECS's; dual-stack ones need "-fips", except CloudWatch's.
    const bool gov = partition.regions == "us-gov-";
    if (gov && service != "ecs" && (!variant.dual_stack || service == "monitoring")) return label;
    if (service == "eks" && &partition == &commercial && !variant.dual_stack) return "fips.eks";
    return label + "-fips";
}

/// The service's name in variables and profiles: its service id in lower case, with underscores. The exceptions are
/// services with another signing name.
std::string configured_name(std::string_view service) {
    if (service == "application-autoscaling") return "application_auto_scaling";
    if (service == "autoscaling") return "auto_scaling";
    if (service == "monitoring") return "cloudwatch";
    std::string name(service);
    std::ranges::replace(name, '-', '_');
    return name;
}

std::string_view setting(const ProfileSettings& settings, const std::string& key) {
    const auto found = settings.find(key);
    return found == settings.end() ? std::string_view() : found->second.view();
}

/// The variable or key that sets the switch to "true" (in any case, as in the SDKs), for messages; empty if it is off.
std::string switched_on(const char* variable, const char* key, const Environment& environment, const Profile& profile) {
    if (const auto value = environment(variable).value_or(""); !value.empty()) {
        return lower_case(value) == "true" ? variable : std::string();
    }
    return lower_case(profile.get(key)) == "true" ? key + (" of profile " + profile.name) : std::string();
}

struct ConfiguredUrl {
    std::string url;
    std::string where;  ///< For messages.
};

Result<std::optional<ConfiguredUrl>> configured_endpoint(std::string_view service, const Environment& environment,
                                                         const Profile& profile) {
    using ProviderResult = std::optional<ConfiguredUrl>;
    const auto ignored =
        switched_on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls", environment, profile);
    if (!ignored.empty()) return ProviderResult();
    const std::string name = configured_name(service);
    for (const std::string& variable : {endpoint_variable(service), std::string("AWS_ENDPOINT_URL")}) {
        if (auto url = environment(variable.c_str()).value_or(""); !url.empty()) {
            return ProviderResult(ConfiguredUrl{url, variable});
        }
    }
    if (const auto services = profile.get("services"); !services.empty() && !profile.services) {
        return Error{.code = ErrorCode::bad_request,
                     .message = "Profile " + profile.name + " names [services " + std::string(services) + "], which " +
                                profile.config_file + " does not have.",
                     .next_step = "Correct " + profile.config_file + "; doze reads it again by itself."};
    }
    if (profile.services) {
        const auto of_service = profile.services->nested.find(name);
        const auto url = of_service == profile.services->nested.end() ? std::string_view()
                                                                      : setting(of_service->second, "endpoint_url");
        if (!url.empty()) {
            return ProviderResult(
                ConfiguredUrl{std::string(url), "endpoint_url of " + name + " in " + profile.config_file});
        }
    }
    if (const auto url = profile.get("endpoint_url"); !url.empty()) {
        return ProviderResult(ConfiguredUrl{std::string(url), "endpoint_url of profile " + profile.name});
    }
    return ProviderResult();
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view url, std::string_view where) {
    const auto parsed = boost::urls::parse_uri(url);
    const bool good = parsed.has_value() && (parsed->scheme() == "http" || parsed->scheme() == "https") &&
                      !parsed->host().empty() && !parsed->has_userinfo() && !parsed->has_query() &&
                      !parsed->has_fragment() &&
                      // Boost.URL 1.81 splits a name such as "127.0.0.1.example.com" into an address and a path.
                      (parsed->encoded_path().empty() || parsed->encoded_path().starts_with('/'));
    if (!good) {
        // The text may contain a password, so it is not repeated.
        return Error{.code = ErrorCode::bad_request,
                     .message = std::string(where) + " is not a URL like http://127.0.0.1:5000.",
                     .next_step = "Correct it, or take it away to talk to AWS itself."};
    }
    const bool usual_port = !parsed->has_port() || parsed->port() == (parsed->scheme() == "http" ? "80" : "443");
    // Signed and sent in the same form; host names ignore case, but signatures don't.
    std::string host = lower_case(parsed->encoded_host());
    if (!usual_port) host += ":" + std::string(parsed->port());
    std::string path(parsed->encoded_path());
    while (path.ends_with('/')) path.pop_back();
    return Endpoint{.origin = std::string(parsed->scheme()) + "://" + host, .host = host, .base_path = std::move(path)};
}

Endpoint aws_endpoint(std::string_view service, const Region& region, EndpointVariant variant) {
    const Partition& partition = partition_of(region);
    std::string place = "." + region.str() + ".";
    std::string label = label_of(service, partition, variant);
    // IAM has one endpoint per partition; where it is named after a region, that is its home region.
    if (service == "iam" && &partition == &commercial) place = variant.dual_stack ? ".global." : ".";
    if (service == "iam" && partition.regions == "us-gov-") {
        label = "iam";
        place = ".us-gov.";
    }
    const std::string host =
        label + place + std::string(variant.dual_stack ? partition.dual_stack_domain : partition.domain);
    return {.origin = "https://" + host, .host = host, .base_path = {}};
}

std::string_view partition_name(const Region& region) {
    return partition_of(region).name;
}

bool is_aws_host(std::string_view host) {
    host = host.substr(0, host.find(':'));
    const auto ends_in = [host](std::string_view domain) {
        return host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.';
    };
    const auto is_its = [&](const Partition& partition) {
        return ends_in(partition.domain) || ends_in(partition.dual_stack_domain);
    };
    return is_its(commercial) || std::ranges::any_of(other_partitions, is_its);
}

std::string endpoint_variable(std::string_view service) {
    return "AWS_ENDPOINT_URL_" + upper_case(configured_name(service));
}

Result<Endpoint> endpoint_for(std::string_view service, const Region& region, const Environment& environment,
                              const Profile& profile) {
    const auto fips = switched_on("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", environment, profile);
    const auto dual = switched_on("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", environment, profile);
    const Endpoint own = aws_endpoint(service, region, {.fips = !fips.empty(), .dual_stack = !dual.empty()});
    const auto found = configured_endpoint(service, environment, profile);
    if (!found) return found.error();
    const auto& configured = *found;
    if (!configured) return own;
    if (const auto& variant = fips.empty() ? dual : fips; !variant.empty()) {
        return Error{
            .code = ErrorCode::bad_request,
            .message = variant + " chooses among AWS's own endpoints, but " + configured->where + " names another one.",
            .next_step = "Take one of the two away."};
    }
    return parse_endpoint(configured->url, configured->where);
}

}  // namespace doze::aws
