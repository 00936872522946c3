#include "adapters/aws/client/endpoint.hpp"

#include <gtest/gtest.h>

#include "variables.hpp"

namespace doze::aws {
namespace {

Endpoint endpoint(const std::string& service, const Variables& variables = Variables(), const Profile& profile = {}) {
    const auto found = endpoint_for(service, Region("eu-west-1"), variables, profile);
    EXPECT_TRUE(found);
    return found ? *found : Endpoint{};
}

TEST(Endpoint, IsAwsItselfInThePartitionOfTheRegion) {
    const std::map<std::string, std::string> cases{
        {"eu-west-1", "ec2.eu-west-1.amazonaws.com"},           {"us-gov-west-1", "ec2.us-gov-west-1.amazonaws.com"},
        {"cn-north-1", "ec2.cn-north-1.amazonaws.com.cn"},      {"us-iso-east-1", "ec2.us-iso-east-1.c2s.ic.gov"},
        {"us-isob-east-1", "ec2.us-isob-east-1.sc2s.sgov.gov"}, {"eusc-de-east-1", "ec2.eusc-de-east-1.amazonaws.eu"}};
    for (const auto& [region, host] : cases) {
        const Endpoint expected{.origin = "https://" + host, .host = host, .base_path = ""};
        EXPECT_EQ(aws_endpoint("ec2", Region(region)), expected);
    }
}

std::string host(const std::string& service, const std::string& region, EndpointVariant variant) {
    return aws_endpoint(service, Region(region), variant).host;
}

// Against botocore's rule sets, for every service and partition: tests/e2e/test_endpoints.py.
TEST(Endpoint, OfAVariantHasItsOwnNameOrDomain) {
    constexpr EndpointVariant fips{.fips = true};
    constexpr EndpointVariant dual{.dual_stack = true};
    constexpr EndpointVariant both{.fips = true, .dual_stack = true};
    EXPECT_EQ(host("ec2", "us-east-1", fips), "ec2-fips.us-east-1.amazonaws.com");
    EXPECT_EQ(host("ec2", "us-east-1", dual), "ec2.us-east-1.api.aws");
    EXPECT_EQ(host("ec2", "us-east-1", both), "ec2-fips.us-east-1.api.aws");
    EXPECT_EQ(host("eks", "us-east-1", fips), "fips.eks.us-east-1.amazonaws.com");
    EXPECT_EQ(host("sts", "us-gov-west-1", fips), "sts.us-gov-west-1.amazonaws.com");
    EXPECT_EQ(host("ecs", "us-gov-west-1", fips), "ecs-fips.us-gov-west-1.amazonaws.com");
    EXPECT_EQ(host("rds", "cn-north-1", dual), "rds.cn-north-1.api.amazonwebservices.com.cn");
    EXPECT_EQ(host("sso", "eu-west-1", fips), "portal.sso-fips.eu-west-1.amazonaws.com");
    EXPECT_EQ(host("eks", "us-east-1", both), "eks-fips.us-east-1.api.aws");
    EXPECT_EQ(host("sts", "us-gov-west-1", both), "sts-fips.us-gov-west-1.api.aws");
    EXPECT_EQ(host("monitoring", "us-gov-west-1", both), "monitoring.us-gov-west-1.api.aws");
}

TEST(Endpoint, OfIamIsOneForAPartition) {
    constexpr EndpointVariant both{.fips = true, .dual_stack = true};
    EXPECT_EQ(host("iam", "eu-west-1", {}), "iam.amazonaws.com");
    EXPECT_EQ(host("iam", "eu-west-1", {.fips = true}), "iam-fips.amazonaws.com");
    EXPECT_EQ(host("iam", "eu-west-1", both), "iam-fips.global.api.aws");
    EXPECT_EQ(host("iam", "us-gov-west-1", {}), "iam.us-gov.amazonaws.com");
    EXPECT_EQ(host("iam", "us-gov-west-1", both), "iam.us-gov.api.aws");
    EXPECT_EQ(host("iam", "cn-north-1", {}), "iam.cn-north-1.amazonaws.com.cn");
}

TEST(Endpoint, IsAwssOwnBelowADomainOfAPartition) {
    for (const auto* own :
         {"ec2.eu-west-1.amazonaws.com", "ec2.eu-west-1.api.aws:443", "x.amazonaws.com.cn", "x.api.cloud-aws.adc-e.uk"})
        EXPECT_TRUE(is_aws_host(own)) << own;
    for (const auto* other :
         {"amazonaws.com", "ec2.eu-west-1.notamazonaws.com", "ec2.amazonaws.com.example.org", "127.0.0.1:5000", ""})
        EXPECT_FALSE(is_aws_host(other)) << other;
}

TEST(Endpoint, NamesThePartitionOfARegion) {
    const std::map<std::string, std::string> cases{{"eu-west-1", "aws"},
                                                   {"us-gov-east-1", "aws-us-gov"},
                                                   {"cn-north-1", "aws-cn"},
                                                   {"eusc-de-east-1", "aws-eusc"},
                                                   {"us-iso-west-1", "aws-iso"},
                                                   {"us-isob-east-1", "aws-iso-b"},
                                                   {"us-isof-east-1", "aws-iso-f"},
                                                   {"eu-isoe-west-1", "aws-iso-e"},
                                                   {"mars-1", "aws"}};
    for (const auto& [region, partition] : cases) EXPECT_EQ(partition_name(Region(region)), partition) << region;
}

TEST(Endpoint, FollowsTheSettingsForFipsAndDualStack) {
    EXPECT_EQ(endpoint("ec2", Variables{{"AWS_USE_FIPS_ENDPOINT", "True"}}).host, "ec2-fips.eu-west-1.amazonaws.com");
    EXPECT_EQ(endpoint("ec2", Variables{{"AWS_USE_DUALSTACK_ENDPOINT", "true"}}).host, "ec2.eu-west-1.api.aws");
    EXPECT_EQ(endpoint("ec2", Variables{{"AWS_USE_FIPS_ENDPOINT", "yes"}}).host, "ec2.eu-west-1.amazonaws.com");
    Profile profile;
    profile.config.emplace("use_fips_endpoint", "true");
    EXPECT_EQ(endpoint("ec2", Variables(), profile).host, "ec2-fips.eu-west-1.amazonaws.com");
    EXPECT_EQ(endpoint("ec2", Variables{{"AWS_USE_FIPS_ENDPOINT", "false"}}, profile).host,
              "ec2.eu-west-1.amazonaws.com");
}

TEST(Endpoint, OfAVariantExcludesAUrl) {
    const Variables variables{{"AWS_ENDPOINT_URL", "http://127.0.0.1:5000"}, {"AWS_USE_FIPS_ENDPOINT", "true"}};
    const auto found = endpoint_for("ec2", Region("eu-west-1"), variables, {});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().message,
              "AWS_USE_FIPS_ENDPOINT chooses among AWS's own endpoints, but AWS_ENDPOINT_URL names another one.");
    variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
    EXPECT_EQ(endpoint("ec2", variables).host, "ec2-fips.eu-west-1.amazonaws.com");
}

TEST(Endpoint, OfSignInServicesIsConfiguredByTheirServiceIds) {
    const Variables variables{{"AWS_ENDPOINT_URL_SSO", "http://portal"}, {"AWS_ENDPOINT_URL_SSO_OIDC", "http://oidc"}};
    EXPECT_EQ(endpoint("sso", variables).host, "portal");
    EXPECT_EQ(endpoint("sso-oidc", variables).host, "oidc");
}

TEST(Endpoint, OfTheServiceOutweighsTheOneForAll) {
    Variables variables{{"AWS_ENDPOINT_URL", "http://127.0.0.1:5000"}};
    EXPECT_EQ(endpoint("ec2", variables).origin, "http://127.0.0.1:5000");
    variables["AWS_ENDPOINT_URL_EC2"] = "http://127.0.0.1:5001/";
    variables["AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING"] = "http://127.0.0.1:5002";
    EXPECT_EQ(endpoint("ec2", variables).origin, "http://127.0.0.1:5001");
    EXPECT_EQ(endpoint("ecs", variables).origin, "http://127.0.0.1:5000");
    EXPECT_EQ(endpoint("application-autoscaling", variables).origin, "http://127.0.0.1:5002");
}

TEST(Endpoint, ComesFromTheEnvironmentThenTheServicesSectionThenTheProfile) {
    Profile profile;
    profile.config.emplace("endpoint_url", "http://of.profile");
    EXPECT_EQ(endpoint("ecs", Variables(), profile).host, "of.profile");
    profile.services = IniSection{.title = "services s"};
    profile.services->settings.emplace("ecs.endpoint_url", "http://of.a.key");
    EXPECT_EQ(endpoint("ecs", Variables(), profile).host, "of.profile");
    profile.services->nested["ecs"].emplace("endpoint_url", "http://of.service");
    EXPECT_EQ(endpoint("ecs", Variables(), profile).host, "of.service");
    EXPECT_EQ(endpoint("ec2", Variables(), profile).host, "of.profile");
    EXPECT_EQ(endpoint("ecs", Variables{{"AWS_ENDPOINT_URL", "http://of.environment"}}, profile).host,
              "of.environment");
}

TEST(Endpoint, IsAwsItselfWhenConfiguredOnesAreIgnored) {
    const Variables variables{{"AWS_ENDPOINT_URL", "http://127.0.0.1:5000"},
                              {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}};
    EXPECT_EQ(endpoint("ec2", variables).host, "ec2.eu-west-1.amazonaws.com");
    Profile profile;
    profile.config.emplace("endpoint_url", "http://of.profile");
    profile.config.emplace("ignore_configured_endpoint_urls", "True");
    EXPECT_EQ(endpoint("ec2", Variables(), profile).host, "ec2.eu-west-1.amazonaws.com");
}

TEST(Endpoint, IsNotGuessedWhereTheServicesSectionIsMissing) {
    Profile profile{.name = "dev", .config_file = "~/.aws/config"};
    profile.config.emplace("services", "mine");
    const auto found = endpoint_for("ec2", Region("eu-west-1"), Variables(), profile);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().message, "Profile dev names [services mine], which ~/.aws/config does not have.");
    EXPECT_EQ(endpoint("ec2", Variables{{"AWS_ENDPOINT_URL", "http://of.environment"}}, profile).host,
              "of.environment");
}

TEST(Endpoint, NamesItsHostAsTheHostHeaderDoes) {
    EXPECT_EQ(parse_endpoint("https://Moto.LOCAL:443", "it")->host, "moto.local");
    EXPECT_EQ(parse_endpoint("http://h:80/", "it")->host, "h");
    EXPECT_EQ(parse_endpoint("http://h:443", "it")->host, "h:443");
    EXPECT_EQ(parse_endpoint("http://[::1]:5000", "it")->host, "[::1]:5000");
}

TEST(Endpoint, KeepsAPath) {
    const auto found = parse_endpoint("https://h:8443/a%20b/moto/", "it");
    EXPECT_EQ(*found, (Endpoint{.origin = "https://h:8443", .host = "h:8443", .base_path = "/a%20b/moto"}));
}

TEST(Endpoint, ThatIsNoUrlIsAnErrorThatSaysWhereItStood) {
    for (const char* url :
         {"127.0.0.1:5000", "ftp://h", "http://", "http://h?x=1", "http://user:hush@h", "http://a b"}) {
        const auto found = endpoint_for("ec2", Region("eu-west-1"), Variables{{"AWS_ENDPOINT_URL", url}}, {});
        ASSERT_FALSE(found) << url;
        EXPECT_EQ(found.error().message, "AWS_ENDPOINT_URL is not a URL like http://127.0.0.1:5000.");
    }
}

}  // namespace
}  // namespace doze::aws
