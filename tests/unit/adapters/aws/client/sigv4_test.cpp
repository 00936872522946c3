#include "adapters/aws/protocol/sigv4.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"

namespace doze::aws {
namespace {

using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::Pair;

// The keys, day and scope of AWS's published examples.
const Credentials example{.access_key_id = "AKIDEXAMPLE",
                          .secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")};

core::WallTime example_time() {
    return std::chrono::sys_days(std::chrono::year(2015) / 8 / 30) + std::chrono::hours(12) + std::chrono::minutes(36);
}

SigningScope scope(const std::string& service = "service") {
    return {.region = Region("us-east-1"), .service = service, .at = example_time()};
}

std::string authorization(const RequestToSign& request, const Credentials& credentials, const SigningScope& where) {
    for (const auto& [name, value] : sign(request, credentials, where)) {
        if (name == "Authorization") return value;
    }
    return {};
}

std::string path_that_is_signed(const std::string& path, const std::string& service = "eks") {
    const auto text = canonical_request({.method = "GET", .host = "h", .path = path}, service).first;
    const auto from = text.find('\n') + 1;
    return text.substr(from, text.find('\n', from) - from);
}

// Signature Version 4 test suite: get-vanilla.
TEST(SigV4, SignsTheEmptyRequestAsAwsPublishedIt) {
    const RequestToSign request{.method = "GET", .host = "example.amazonaws.com", .path = "/"};
    EXPECT_EQ(authorization(request, example, scope()),
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
              "SignedHeaders=host;x-amz-date, "
              "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

// IAM User Guide, "Create a signed AWS API request": ListUsers.
TEST(SigV4, SignsAQueryAndAHeaderAsAwsPublishedIt) {
    const RequestToSign request{.method = "GET",
                                .host = "iam.amazonaws.com",
                                .path = "/",
                                .query = {{"Version", "2010-05-08"}, {"Action", "ListUsers"}},
                                .headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}}};
    EXPECT_THAT(authorization(request, example, scope("iam")),
                EndsWith("SignedHeaders=content-type;host;x-amz-date, "
                         "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"));
}

TEST(SigV4, SendsAndSignsTheSessionToken) {
    Credentials session = example;
    session.session_token = Secret("TOKEN");
    const RequestToSign request{.method = "GET", .host = "h", .path = "/"};
    EXPECT_THAT(sign(request, session, scope()), Contains(Pair("X-Amz-Security-Token", "TOKEN")));
    EXPECT_THAT(authorization(request, session, scope()), HasSubstr("host;x-amz-date;x-amz-security-token"));
    EXPECT_THAT(sign(request, example, scope()), Not(Contains(Key("X-Amz-Security-Token"))));
}

TEST(SigV4, SortsTheQueryAndEncodesIt) {
    EXPECT_EQ(encode_query({}), "");
    EXPECT_EQ(encode_query({{"nextToken", "a=/b+ c"}, {"maxResults", "5"}}), "maxResults=5&nextToken=a%3D%2Fb%2B%20c");
    EXPECT_EQ(encode_query({{"k", "2"}, {"k", "10"}, {"flag", ""}}), "flag=&k=10&k=2");
    EXPECT_EQ(encode_query({{"name", "\xEC\x9E\xA0"}}), "name=%EC%9E%A0");
}

TEST(SigV4, EncodesThePathOnceToSendAndTwiceToSign) {
    EXPECT_EQ(encode_path({}), "/");
    EXPECT_EQ(encode_path({"clusters", "k0", "node-groups"}), "/clusters/k0/node-groups");
    EXPECT_EQ(encode_path({"tags", "arn:aws/x y~"}), "/tags/arn%3Aaws%2Fx%20y~");
    EXPECT_EQ(path_that_is_signed("/tags/arn%3Aaws%2Fx%20y~"), "/tags/arn%253Aaws%252Fx%2520y~");
    EXPECT_EQ(path_that_is_signed("/tags/arn%3Aaws", "s3"), "/tags/arn%3Aaws");
}

TEST(SigV4, SignsTheNormalFormOfAPath) {
    const std::map<std::string, std::string> cases{{"/", "/"},          {"", "/"},      {"/a/", "/a/"},
                                                   {"/a/../b", "/b"},   {"/a/..", "/"}, {"/./a//b", "/a/b"},
                                                   {"/a/b/.", "/a/b/"}, {"/../a", "/a"}};
    for (const auto& [path, normal] : cases) EXPECT_EQ(path_that_is_signed(path), normal) << path;
}

TEST(SigV4, JoinsHeadersOfOneNameAndSqueezesBlanks) {
    const RequestToSign request{.method = "GET",
                                .host = "h",
                                .path = "/",
                                .headers = {{"X-B", "  a   b "}, {"x-a", "1"}, {"X-B", "c"}, {"User-Agent", "doze"}}};
    const auto [text, names] = canonical_request(request, "ec2");
    EXPECT_THAT(text, HasSubstr("host:h\nx-a:1\nx-b:a b,c\n"));
    EXPECT_EQ(names, "host;x-a;x-b");
}

TEST(SigV4, LeavesOutWhatMayChangeOnTheWay) {
    // As botocore's SIGNED_HEADERS_BLACKLIST, and the host, which comes from elsewhere.
    for (const char* name : {"Expect", "Transfer-Encoding", "User-Agent", "X-Amzn-Trace-Id", "Host"}) {
        for (const std::string& spelling : {std::string(name), lower_case(name), upper_case(name)}) {
            const RequestToSign request{
                .method = "GET", .host = "h", .path = "/", .headers = {{spelling, "x"}, {"Accept", "y"}}};
            const auto [text, names] = canonical_request(request, "ec2");
            EXPECT_EQ(names, "accept;host") << spelling;
            EXPECT_THAT(text, HasSubstr("\naccept:y\nhost:h\n\naccept;host\n")) << spelling;
        }
    }
    const RequestToSign request{
        .method = "GET",
        .host = "h",
        .path = "/",
        .headers = {{"Connection", "a"}, {"Content-Length", "1"}, {"X-Amz-Target", "t"}, {"Transfer", "b"}}};
    EXPECT_EQ(canonical_request(request, "ec2").second, "connection;content-length;host;transfer;x-amz-target");
}

TEST(SigV4, BuildsWhatIsSignedLineByLine) {
    const RequestToSign request{.method = "POST",
                                .host = "h:81",
                                .path = "/a b",
                                .query = {{"z", ""}, {"a", "1"}},
                                .headers = {{"X-A", "1\t 2 "}},
                                .body = "abc"};
    EXPECT_EQ(canonical_request(request, "eks").first,
              "POST\n/a%20b\na=1&z=\nhost:h:81\nx-a:1 2\n\nhost;x-a\n"
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(canonical_request({.method = "GET", .host = "h", .path = ""}, "s3").first.substr(0, 6), "GET\n/\n");
    EXPECT_EQ(canonical_request({.method = "GET", .host = "h", .path = "/a//b"}, "s3").first.substr(0, 10),
              "GET\n/a//b\n");
}

TEST(SigV4, TellsTheTimeToTheSecond) {
    SigningScope late = scope();
    late.at += std::chrono::milliseconds(999);
    const RequestToSign request{.method = "GET", .host = "h", .path = "/"};
    EXPECT_THAT(sign(request, example, late), Contains(Pair("X-Amz-Date", "20150830T123600Z")));
    EXPECT_THAT(authorization(request, example, late),
                HasSubstr("AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"));
}

TEST(SigV4, DependsOnBodySecretRegionServiceAndDay) {
    const RequestToSign request{.method = "POST", .host = "h", .path = "/", .body = "a"};
    RequestToSign other_body = request;
    other_body.body = "b";
    Credentials other_secret = example;
    other_secret.secret_access_key = Secret("other");
    SigningScope other_region = scope();
    other_region.region = Region("eu-west-1");
    SigningScope other_day = scope();
    other_day.at += std::chrono::days(1);
    const std::set<std::string> all{
        authorization(request, example, scope()),      authorization(other_body, example, scope()),
        authorization(request, other_secret, scope()), authorization(request, example, other_region),
        authorization(request, example, other_day),    authorization(request, example, scope("ecs"))};
    EXPECT_EQ(all.size(), 6U);
}

}  // namespace
}  // namespace doze::aws
