#include "cloud/aws/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doze::cloud::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

Call stop_call() {
    return {.service = "ec2",
            .region = Region("eu-west-1"),
            .operation = "StopInstances",
            .iam_action = "ec2:StopInstances"};
}

std::string ec2_xml(const std::string& code, const std::string& message = "Said so.") {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>" + code + "</Code><Message>" +
           message + "</Message></Error></Errors><RequestID>r-1</RequestID></Response>";
}

Error error(int status, std::string body, ports::HttpHeaders headers = {}) {
    return error_of(stop_call(), {.status = status, .headers = std::move(headers), .body = std::move(body)});
}

TEST(AwsErrors, ReadEveryFormatThatAwsSends) {
    struct Case {
        const char* what;
        ports::HttpResponse response;
        const char* code;
        const char* message;
    };
    const std::vector<Case> cases{
        {"EC2",
         {400, {}, ec2_xml("InvalidInstanceID.NotFound", "No such id")},
         "InvalidInstanceID.NotFound",
         "No such id"},
        {"STS",
         {403,
          {},
          "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
          "<Code>InvalidClientTokenId</Code><Message>The token\n is invalid.</Message></Error></ErrorResponse>"},
         "InvalidClientTokenId",
         "The token is invalid"},
        {"bare XML", {403, {}, "<Error><Code>AccessDenied</Code></Error>"}, "AccessDenied", ""},
        {"JSON 1.1",
         {400, {}, R"({"__type":"com.amazonaws.ecs#ClusterNotFoundException","message":"Cluster not found."})"},
         "ClusterNotFoundException",
         "Cluster not found"},
        {"JSON with another M",
         {400, {}, R"({"__type":"AccessDeniedException","Message":"no"})"},
         "AccessDeniedException",
         "no"},
        {"REST JSON",
         {404, {{"x-amzn-errortype", "ResourceNotFoundException:http://internal/x"}}, R"({"message":"No cluster"})"},
         "ResourceNotFoundException",
         "No cluster"},
        {"REST JSON with a code",
         {409, {}, R"({"code":"ResourceInUseException","message":null})"},
         "ResourceInUseException",
         ""},
        {"header alone", {403, {{"x-amzn-errortype", "AccessDeniedException"}}, ""}, "AccessDeniedException", ""},
        {"HTML", {502, {}, "<html><body><h1>Bad Gateway</h1></body></html>"}, "", ""},
        {"text", {500, {}, "oops"}, "", ""},
        {"nothing", {500, {}, ""}, "", ""},
        {"JSON array", {500, {}, "[1,2]"}, "", ""},
        {"half JSON", {500, {}, R"({"__type":"Thrott)"}, "", ""},
        {"half XML", {500, {}, "<Response><Errors><Error><Co"}, "", ""},
        {"a code that is none", {400, {}, R"({"__type":"a b<script>"})"}, "", ""},
        {"bytes", {500, {}, std::string("{\0\xff\xfe", 4)}, "", ""},
    };
    for (const auto& [what, response, code, message] : cases) {
        const auto refusal = parse_refusal(response);
        EXPECT_EQ(refusal.code, code) << what;
        EXPECT_EQ(refusal.message, message) << what;
    }
}

TEST(AwsErrors, MeanWhatTheirCodesMean) {
    struct Case {
        int status;
        const char* aws_code;
        ErrorCode code;
        Recovery recovery;
    };
    const std::vector<Case> cases{
        {503, "RequestLimitExceeded", ErrorCode::throttled, Recovery::retry},
        {400, "Throttling", ErrorCode::throttled, Recovery::retry},
        {400, "ThrottlingException", ErrorCode::throttled, Recovery::retry},
        {429, "TooManyRequestsException", ErrorCode::throttled, Recovery::retry},
        {429, "SomethingNew", ErrorCode::throttled, Recovery::retry},
        {500, "InternalError", ErrorCode::aws_error, Recovery::retry},
        {503, "Unavailable", ErrorCode::aws_error, Recovery::retry},
        {503, "ServiceUnavailable", ErrorCode::aws_error, Recovery::retry},
        {500, "ServerException", ErrorCode::aws_error, Recovery::retry},
        {500, "SomethingNew", ErrorCode::aws_error, Recovery::retry},
        {400, "RequestTimeout", ErrorCode::aws_error, Recovery::retry},
        {400, "IncorrectInstanceState", ErrorCode::aws_error, Recovery::wait},
        {409, "ResourceInUseException", ErrorCode::aws_error, Recovery::wait},
        {500, "InsufficientInstanceCapacity", ErrorCode::aws_error, Recovery::capacity},
        {500, "InsufficientHostCapacity", ErrorCode::aws_error, Recovery::capacity},
        {400, "ReservationCapacityExceeded", ErrorCode::aws_error, Recovery::capacity},
        {400, "VcpuLimitExceeded", ErrorCode::aws_error, Recovery::capacity},
        {400, "InvalidInstanceID.NotFound", ErrorCode::not_found, Recovery::tell},
        {400, "InvalidInstanceID.Malformed", ErrorCode::bad_request, Recovery::tell},
        {404, "ResourceNotFoundException", ErrorCode::not_found, Recovery::tell},
        {400, "ServiceNotFoundException", ErrorCode::not_found, Recovery::tell},
        {400, "UnsupportedOperation", ErrorCode::aws_error, Recovery::tell},
        {400, "UnsupportedHibernationConfiguration", ErrorCode::aws_error, Recovery::tell},
        {400, "SomethingNew", ErrorCode::aws_error, Recovery::tell},
        {401, "AuthFailure", ErrorCode::no_credentials, Recovery::tell},
        {403, "InvalidClientTokenId", ErrorCode::no_credentials, Recovery::tell},
        {400, "UnrecognizedClientException", ErrorCode::no_credentials, Recovery::tell},
        {403, "SignatureDoesNotMatch", ErrorCode::no_credentials, Recovery::tell},
        {400, "ExpiredTokenException", ErrorCode::no_credentials, Recovery::tell},
        {400, "RequestExpired", ErrorCode::aws_error, Recovery::tell},
        {403, "UnauthorizedOperation", ErrorCode::access_denied, Recovery::tell},
        {400, "AccessDeniedException", ErrorCode::access_denied, Recovery::tell},
        {403, "AccessDenied", ErrorCode::access_denied, Recovery::tell},
    };
    for (const auto& [status, aws_code, code, recovery] : cases) {
        const Error found = error(status, ec2_xml(aws_code));
        EXPECT_EQ(found.code, code) << aws_code;
        EXPECT_EQ(found.recovery, recovery) << aws_code;
        EXPECT_EQ(found.aws_code, aws_code);
        EXPECT_THAT(found.message, HasSubstr(aws_code));
    }
}

TEST(AwsErrors, SayWhatWasRefusedWhereAndInWhichWords) {
    EXPECT_EQ(error(400, ec2_xml("UnsupportedOperation", "You can't stop the instance.")).message,
              "AWS refused StopInstances in eu-west-1: You can't stop the instance (UnsupportedOperation).");
    EXPECT_EQ(error(400, ec2_xml("UnsupportedOperation", "")).message,
              "AWS refused StopInstances in eu-west-1: UnsupportedOperation.");
}

TEST(AwsErrors, OfPermissionNameTheMissingAction) {
    const Error found = error(403, ec2_xml("UnauthorizedOperation",
                                           "You are not authorized to perform this operation. Encoded authorization "
                                           "failure message: aGVsbG8"));
    EXPECT_EQ(found.message,
              "AWS refused StopInstances in eu-west-1: ec2:StopInstances is not allowed: You are not authorized to "
              "perform this operation (UnauthorizedOperation).");
    EXPECT_EQ(found.next_step, "Allow the IAM action ec2:StopInstances for these credentials.");
}

TEST(AwsErrors, OfPermissionDoNotRepeatAnActionThatAwsNames) {
    EXPECT_EQ(error(403, ec2_xml("AccessDenied", "User x is not authorized to perform: ec2:StopInstances")).message,
              "AWS refused StopInstances in eu-west-1: User x is not authorized to perform: ec2:StopInstances "
              "(AccessDenied).");
}

TEST(AwsErrors, OfASignatureNeverRepeatTheRequest) {
    const Error found = error(403, ec2_xml("SignatureDoesNotMatch",
                                           "The Canonical String for this request should have been 'POST / "
                                           "x-amz-security-token:TOKEN'"));
    EXPECT_THAT(found.text(), Not(HasSubstr("TOKEN")));
    EXPECT_THAT(found.next_step, HasSubstr("secret access key"));
}

TEST(AwsErrors, OfALateSignatureAreTheClocks) {
    const Error found =
        error(403, ec2_xml("SignatureDoesNotMatch", "Signature expired: 20150830T123600Z is now earlier"));
    EXPECT_EQ(found.code, ErrorCode::aws_error);
    EXPECT_THAT(found.next_step, HasSubstr("clock"));
}

TEST(AwsErrors, OfAnExpiredTokenSayToSignInAgain) {
    EXPECT_THAT(error(400, ec2_xml("ExpiredToken")).next_step, HasSubstr("aws sso login"));
}

TEST(AwsErrors, OfStopProtectionAreAGuard) {
    EXPECT_EQ(error(400, ec2_xml("OperationNotPermitted", "Modify its 'disableApiStop' attribute")).code,
              ErrorCode::guarded);
    EXPECT_EQ(error(400, ec2_xml("OperationNotPermitted", "It belongs to a service")).code, ErrorCode::aws_error);
}

TEST(AwsErrors, OfANodeGroupInTransitMeanWaiting) {
    const auto refused = [](const std::string& message) {
        return error(400, R"({"__type":"InvalidRequestException","message":")" + message + "\"}").recovery;
    };
    EXPECT_EQ(refused("Nodegroup cannot be updated as it is currently not in Active State"), Recovery::wait);
    EXPECT_EQ(refused("Minimum capacity 2 can't be greater than desired size 1"), Recovery::tell);
}

TEST(AwsErrors, OfStrangersNameTheStatus) {
    for (const auto& [status, recovery] : std::map<int, Recovery>{
             {301, Recovery::tell}, {404, Recovery::tell}, {500, Recovery::retry}, {502, Recovery::retry}}) {
        const Error found = error(status, "<html>nginx</html>");
        EXPECT_EQ(found.code, ErrorCode::aws_error);
        EXPECT_EQ(found.recovery, recovery) << status;
        EXPECT_EQ(found.aws_code, "");
        EXPECT_THAT(found.message, HasSubstr("HTTP " + std::to_string(status)));
        EXPECT_THAT(found.next_step, HasSubstr("AWS_ENDPOINT_URL"));
    }
}

TEST(AwsErrors, AreOneShortLine) {
    const Error found = error(400, ec2_xml("Weird", "a\n\t\rb " + std::string(100000, 'x') + "\xEC\x9E\xA0"));
    EXPECT_LT(found.message.size(), 600U);
    EXPECT_THAT(found.message, Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace doze::cloud::aws
