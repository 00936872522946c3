#include "cloud/aws/endpoint.hpp"

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <utility>

namespace doze::cloud::aws {

namespace {

/// The domains of the partitions, by the beginning of their regions' names. Source: botocore's
/// data/partitions.json.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> domains{{
    {"cn-", "amazonaws.com.cn"},
    {"us-iso-", "c2s.ic.gov"},
    {"us-isob-", "sc2s.sgov.gov"},
    {"us-isof-", "csp.hci.ic.gov"},
    {"eu-isoe-", "cloud.adc-e.uk"},
    {"eusc-", "amazonaws.eu"},
}};

/// The service as variables and profiles name it: its service id with underscores, in lower case. The
/// exceptions are those whose signing name differs.
std::string configured_name(std::string_view service) {
    if (service == "application-autoscaling") return "application_auto_scaling";
    if (service == "autoscaling") return "auto_scaling";
    if (service == "monitoring") return "cloudwatch";
    std::string name(service);
    std::ranges::replace(name, '-', '_');
    return name;
}

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
    return text;
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return text;
}

std::string_view setting(const ProfileSettings& settings, const std::string& key) {
    const auto found = settings.find(key);
    return found == settings.end() ? std::string_view() : found->second.view();
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view url, std::string_view where) {
    const auto parsed = boost::urls::parse_uri(url);
    const bool good = parsed.has_value() && (parsed->scheme() == "http" || parsed->scheme() == "https") &&
                      !parsed->host().empty() && !parsed->has_userinfo() && !parsed->has_query() &&
                      !parsed->has_fragment();
    if (!good) {
        // The text itself may hold a password, so it is not repeated.
        return Error{.code = ErrorCode::bad_request,
                     .message = std::string(where) + " is not a URL like http://127.0.0.1:5000.",
                     .next_step = "Correct it, or take it away to talk to AWS itself."};
    }
    const bool usual_port = !parsed->has_port() || parsed->port() == (parsed->scheme() == "http" ? "80" : "443");
    // Signed and sent as one text; names of hosts know no case, but signatures do.
    std::string host = lower(std::string(parsed->encoded_host()));
    if (!usual_port) host += ":" + std::string(parsed->port());
    std::string path(parsed->encoded_path());
    while (path.ends_with('/')) path.pop_back();
    return Endpoint{.origin = std::string(parsed->scheme()) + "://" + host, .host = host, .base_path = std::move(path)};
}

Endpoint aws_endpoint(std::string_view service, const Region& region) {
    std::string_view domain = "amazonaws.com";
    for (const auto& [prefix, other] : domains) {
        if (region.str().starts_with(prefix)) domain = other;
    }
    const std::string host = std::string(service) + "." + region.str() + "." + std::string(domain);
    return {.origin = "https://" + host, .host = host, .base_path = {}};
}

Result<Endpoint> endpoint_for(std::string_view service, const Region& region, const Environment& environment,
                              const Profile& profile) {
    if (environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").value_or("") == "true") return aws_endpoint(service, region);
    const std::string name = configured_name(service);
    for (const std::string& variable : {"AWS_ENDPOINT_URL_" + upper(name), std::string("AWS_ENDPOINT_URL")}) {
        if (const auto url = environment(variable.c_str()).value_or(""); !url.empty()) {
            return parse_endpoint(url, variable);
        }
    }
    if (const auto url = setting(profile.services, name + ".endpoint_url"); !url.empty()) {
        return parse_endpoint(url, "endpoint_url of " + name + " in " + profile.config_file);
    }
    if (const auto url = profile.get("endpoint_url"); !url.empty()) {
        return parse_endpoint(url, "endpoint_url of profile " + profile.name);
    }
    return aws_endpoint(service, region);
}

}  // namespace doze::cloud::aws
