#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/aws/credentials/chain.hpp"
#include "chain_fixture.hpp"

namespace doze::aws {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr const char* keys = R"({"Code": "Success", "AccessKeyId": "AK", "SecretAccessKey": "hush", "Token": "t",
    "Expiration": "2026-01-05T14:00:00Z"})";

class ContainerTest : public ChainTest {
   protected:
    void allow_everything() {
        http_.answer = [](const auto&) { return FakeHttp::ok(keys); };
    }
};

TEST_F(ContainerTest, IsAskedByItsRelativeUri) {
    allow_everything();
    variables_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/x";
    variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "hush-hush";
    const auto found = get();
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->access_key_id, "AK");
    EXPECT_EQ(found->session_token.view(), "t");
    EXPECT_EQ(*found->expires - clock_.wall(), 6h);
    EXPECT_EQ(found->provider, "container");
    const auto& request = http_.requests.at(0);
    EXPECT_EQ(request.url, "http://169.254.170.2/v2/credentials/x");
    EXPECT_EQ(header_of(request, "Authorization"), "hush-hush");
    EXPECT_TRUE(request.direct);
}

TEST_F(ContainerTest, IsAskedWithTheTokenThatAFileHoldsAtThatMoment) {
    allow_everything();
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://169.254.170.23/v1/credentials";
    variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = home_.path() / ".aws/token";
    EXPECT_THAT(error().message, HasSubstr("token, which is not there"));
    for (const char* token : {"one", "two"}) {
        write("token", token);
        EXPECT_TRUE(get());
        EXPECT_EQ(header_of(http_.requests.back(), "Authorization"), token);
    }
    write("token", "hush\nhush");
    EXPECT_THAT(error().message, HasSubstr("holds a line break"));
}

TEST_F(ContainerTest, GetsItsTokenUnencryptedOnlyOnThisMachineAndAtAws) {
    allow_everything();
    for (const char* good :
         {"http://localhost:1/x", "http://127.3.2.1/x", "http://[::1]:80/x", "http://169.254.170.2/x",
          "http://169.254.170.23/x", "http://[fd00:ec2::23]/x", "https://keys.example.com/x"}) {
        variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = good;
        EXPECT_TRUE(get()) << good;
        EXPECT_EQ(http_.requests.back().url, good);
    }
    http_.requests.clear();
    for (const char* bad : {"http://keys.example.com/x", "http://169.254.169.254/x", "http://127.0.0.1.example.com/x",
                            "http://[fd00:ec2::254]/x", "http://localhost.example.com/", "ftp://localhost/x",
                            "nonsense", "http://hush@localhost/x"}) {
        variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = bad;
        EXPECT_THAT(error().message, HasSubstr("AWS_CONTAINER_CREDENTIALS_FULL_URI")) << bad;
    }
    EXPECT_TRUE(http_.requests.empty());
}

TEST_F(ContainerTest, HasThreeAttempts) {
    variables_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
    int left = 2;
    http_.answer = [&](const auto&) -> Result<ports::HttpResponse> {
        if (left == 0) return FakeHttp::ok(keys);
        --left;
        return ports::HttpResponse{.status = 500, .headers = {}, .body = "hush"};
    };
    EXPECT_TRUE(get());
    left = 3;
    EXPECT_THAT(error().message, HasSubstr("HTTP 500"));
}

TEST_F(ContainerTest, ThatAnswersNonsenseIsAnError) {
    variables_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
    for (const char* nonsense :
         {"", "hush", "[]", "{}", R"({"AccessKeyId": "AK"})", R"({"AccessKeyId": 1, "hush": 2})",
          R"({"AccessKeyId": "AK", "SecretAccessKey": "hush", "Expiration": "2026-01-05T07:00:00Z"})"}) {
        http_.answer = [&](const auto&) { return FakeHttp::ok(nonsense); };
        error();
    }
}

/// An instance with a role, as the second version of the metadata service speaks.
class InstanceTest : public ChainTest {
   protected:
    InstanceTest() {
        http_.answer = [this](const ports::HttpRequest& request) -> Result<ports::HttpResponse> {
            if (request.method == "PUT" && request.url == base_ + "/latest/api/token" &&
                header_of(request, "x-aws-ec2-metadata-token-ttl-seconds") == "21600") {
                return FakeHttp::ok("token");
            }
            if (header_of(request, "x-aws-ec2-metadata-token") != "token") {
                return ports::HttpResponse{.status = 401, .headers = {}, .body = "no"};
            }
            if (request.url == base_ + "/latest/meta-data/iam/security-credentials/") return FakeHttp::ok("dev-role");
            if (request.url == base_ + "/latest/meta-data/iam/security-credentials/dev-role")
                return FakeHttp::ok(role_);
            if (request.url == base_ + "/latest/meta-data/placement/region") return FakeHttp::ok("eu-central-1");
            return ports::HttpResponse{.status = 404, .headers = {}, .body = "not found"};
        };
    }

    std::optional<FoundRegion> region(const std::string& profile = {}) {
        Profiles profiles(variables_, profile);
        const auto from = places(profiles);
        const auto found = wait(default_region(from));
        EXPECT_TRUE(found);
        return found ? *found : std::nullopt;
    }

    std::string base_ = "http://169.254.169.254";
    std::string role_ = keys;
};

TEST_F(InstanceTest, GivesTheKeysOfItsRole) {
    const auto found = get();
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->access_key_id, "AK");
    EXPECT_EQ(found->origin, "the EC2 instance metadata service (role dev-role)");
    for (const auto& request : http_.requests) {
        EXPECT_TRUE(request.direct);
        EXPECT_LE(request.total_timeout, 1s);
    }
}

TEST_F(InstanceTest, IsNotAskedWhereItIsSwitchedOff) {
    variables_["AWS_EC2_METADATA_DISABLED"] = "True";
    EXPECT_THAT(error().message, HasSubstr("is switched off by AWS_EC2_METADATA_DISABLED"));
    EXPECT_EQ(region(), std::nullopt);
    EXPECT_TRUE(http_.requests.empty());
}

TEST_F(InstanceTest, IsAskedWhereTheEnvironmentOrTheProfileSays) {
    base_ = "http://[fd00:ec2::254]";
    variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv6";
    EXPECT_TRUE(get());
    base_ = "http://127.0.0.1:1338";
    variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:1338/";
    EXPECT_TRUE(get());
    variables_.values->erase("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    variables_.values->erase("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    write("config", "[default]\nec2_metadata_service_endpoint = http://127.0.0.1:1338\n");
    EXPECT_TRUE(get());
    variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "ipv5";
    EXPECT_THAT(error().message, HasSubstr("neither IPv4 nor IPv6"));
}

TEST_F(InstanceTest, WithoutARoleOrWithABrokenOneHasNoKeys) {
    role_ = R"({"Code": "AssumeRoleUnauthorizedAccess", "Message": "hush"})";
    EXPECT_THAT(error().message, HasSubstr("role dev-role gives no keys (AssumeRoleUnauthorizedAccess)"));
    http_.answer = [](const ports::HttpRequest& request) -> Result<ports::HttpResponse> {
        if (request.method == "PUT") return FakeHttp::ok("token");
        return ports::HttpResponse{.status = 404, .headers = {}, .body = ""};
    };
    EXPECT_THAT(error().message, HasSubstr("this EC2 instance has no role"));
    http_.answer = [](const auto&) -> Result<ports::HttpResponse> {
        return ports::HttpResponse{.status = 403, .headers = {}, .body = ""};
    };
    EXPECT_THAT(error().message, HasSubstr("answers with HTTP 403"));
}

TEST_F(InstanceTest, MayGoOnWithKeysThatTheServiceCannotRenew) {
    role_ = R"({"AccessKeyId": "AK", "SecretAccessKey": "hush", "Token": "t", "Expiration": "2026-01-05T07:00:00Z"})";
    const auto found = get();
    ASSERT_TRUE(found);
    EXPECT_GT(*found->expires, clock_.wall() + CredentialsChain::renew_before);
}

TEST_F(InstanceTest, GivesTheRegionWhereNobodyElseDoes) {
    EXPECT_EQ(region(), (FoundRegion{Region("eu-central-1"), "the EC2 instance metadata service"}));
    write("config", "[default]\nregion = eu-west-3\n[profile dev]\nregion = eu-west-2\n");
    EXPECT_EQ(region(), (FoundRegion{Region("eu-west-3"), "profile default of ~/.aws/config"}));
    EXPECT_EQ(region("dev"), (FoundRegion{Region("eu-west-2"), "profile dev of ~/.aws/config"}));
    variables_["AWS_DEFAULT_REGION"] = "us-east-2";
    EXPECT_EQ(region(), (FoundRegion{Region("us-east-2"), "AWS_DEFAULT_REGION"}));
    variables_["AWS_REGION"] = "us-west-2";
    EXPECT_EQ(region(), (FoundRegion{Region("us-west-2"), "AWS_REGION"}));
    variables_["AWS_REGION"] = "nonsense";
    Profiles profiles(variables_);
    const auto from = places(profiles);
    EXPECT_THAT(wait(default_region(from)).error().message, HasSubstr("AWS_REGION: 'nonsense' is not a valid region"));
}

}  // namespace
}  // namespace doze::aws
