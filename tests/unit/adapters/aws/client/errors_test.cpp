#include "adapters/aws/client/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doze::aws {
namespace {

using testing::ElementsAre;
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
        {429, "ServiceUnavailable", ErrorCode::throttled, Recovery::retry},
        {500, "InternalError", ErrorCode::aws_error, Recovery::retry},
        {503, "Unavailable", ErrorCode::aws_error, Recovery::retry},
        {503, "ServiceUnavailable", ErrorCode::aws_error, Recovery::retry},
        {500, "ServerException", ErrorCode::aws_error, Recovery::retry},
        {500, "SomethingNew", ErrorCode::aws_error, Recovery::retry},
        {501, "SomethingNew", ErrorCode::aws_error, Recovery::tell},
        {502, "SomethingNew", ErrorCode::aws_error, Recovery::retry},
        {504, "SomethingNew", ErrorCode::aws_error, Recovery::retry},
        {505, "SomethingNew", ErrorCode::aws_error, Recovery::tell},
        {400, "RequestTimeout", ErrorCode::aws_error, Recovery::retry},
        {400, "IncorrectInstanceState", ErrorCode::aws_error, Recovery::wait},
        {400, "ScalingActivityInProgress", ErrorCode::aws_error, Recovery::wait},
        {500, "ResourceContention", ErrorCode::aws_error, Recovery::wait},
        {400, "InvalidDBInstanceState", ErrorCode::aws_error, Recovery::wait},
        {400, "InvalidDBClusterStateFault", ErrorCode::aws_error, Recovery::wait},
        {500, "ConcurrentUpdateException", ErrorCode::aws_error, Recovery::retry},
        {500, "InternalServiceFault", ErrorCode::aws_error, Recovery::retry},
        {400, "IDPCommunicationError", ErrorCode::aws_error, Recovery::retry},
        {409, "ResourceInUseException", ErrorCode::aws_error, Recovery::wait},
        {500, "InsufficientInstanceCapacity", ErrorCode::aws_error, Recovery::capacity},
        {500, "InsufficientHostCapacity", ErrorCode::aws_error, Recovery::capacity},
        {400, "ReservationCapacityExceeded", ErrorCode::aws_error, Recovery::capacity},
        {400, "InsufficientDBInstanceCapacity", ErrorCode::aws_error, Recovery::capacity},
        {400, "InsufficientFreeAddressesInSubnet", ErrorCode::aws_error, Recovery::capacity},
        {400, "VcpuLimitExceeded", ErrorCode::aws_error, Recovery::capacity},
        {400, "InstanceQuotaExceeded", ErrorCode::aws_error, Recovery::capacity},
        {400, "KMSKeyNotAccessibleFault", ErrorCode::aws_error, Recovery::tell},
        {404, "DBInstanceNotFound", ErrorCode::not_found, Recovery::tell},
        {404, "DBClusterNotFoundFault", ErrorCode::not_found, Recovery::tell},
        {400, "ObjectNotFoundException", ErrorCode::not_found, Recovery::tell},
        {401, "OptInRequired", ErrorCode::access_denied, Recovery::tell},
        {403, "RegionDisabledException", ErrorCode::access_denied, Recovery::tell},
        {400, "InvalidInstanceID.NotFound", ErrorCode::not_found, Recovery::tell},
        {400, "InvalidInstanceID.Malformed", ErrorCode::bad_request, Recovery::tell},
        {404, "ResourceNotFoundException", ErrorCode::not_found, Recovery::tell},
        {400, "ServiceNotFoundException", ErrorCode::not_found, Recovery::tell},
        {400, "UnsupportedOperation", ErrorCode::aws_error, Recovery::tell},
        {400, "UnsupportedHibernationConfiguration", ErrorCode::aws_error, Recovery::plainly},
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

TEST(AwsErrors, OfPermissionTellWhichPolicyMustChange) {
    const auto advice = [](const std::string& rest) {
        return error(403, ec2_xml("AccessDenied",
                                  "User: arn:aws:iam::123456789012:user/dev is not authorized to perform: iam:PassRole "
                                  "on resource: arn:aws:iam::123456789012:role/nodes " +
                                      rest))
            .next_step;
    };
    EXPECT_EQ(advice("because no identity-based policy allows the iam:PassRole action"),
              "Allow the IAM action iam:PassRole on arn:aws:iam::123456789012:role/nodes for these credentials.");
    EXPECT_EQ(advice("with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p"),
              "A policy of the AWS organization denies iam:PassRole: only its administrators can allow it.");
    EXPECT_THAT(advice("because no service control policy allows the iam:PassRole action"), HasSubstr("organization"));
    EXPECT_EQ(advice("because no permissions boundary allows the iam:PassRole action"),
              "The permissions boundary of these credentials does not allow iam:PassRole: widen it.");
    EXPECT_THAT(advice("because no session policy allows the iam:PassRole action"), HasSubstr("this session"));
    EXPECT_THAT(advice("because no VPC endpoint policy allows the iam:PassRole action"), HasSubstr("VPC endpoint"));
    EXPECT_EQ(advice("with an explicit deny in an identity-based policy"),
              "A policy denies iam:PassRole explicitly, which no other can allow: change that policy.");
}

TEST(AwsErrors, OfLimitsNameTheQuota) {
    const auto advice = [](const std::string& code, const std::string& message = "") {
        return error(400, ec2_xml(code, message)).next_step;
    };
    EXPECT_THAT(
        advice("VcpuLimitExceeded", "You have requested more vCPU capacity than your current vCPU limit of 32"),
        HasSubstr("The quota \"Running On-Demand ... instances\" of its family (counted in vCPUs) is used up in "
                  "eu-west-1"));
    const std::map<std::string, std::string> families{
        {"m5.large", "Standard (A, C, D, H, I, M, R, T, Z)"},
        {"p4d.24xlarge", "P"},
        {"vt1.3xlarge", "G and VT"},
        {"u-6tb1.metal", "High Memory"},
        {"inf2.xlarge", "Inf"},
        {"i4i.16xlarge", "Standard (A, C, D, H, I, M, R, T, Z)"},
    };
    for (const auto& [type, family] : families) {
        EXPECT_THAT(advice("InstanceLimitExceeded", "You requested 1 of " + type + " instances"),
                    HasSubstr("\"Running On-Demand " + family + " instances\""))
            << type;
    }
    EXPECT_THAT(advice("InstanceQuotaExceeded"), HasSubstr("\"DB instances\" of RDS"));
}

TEST(AwsErrors, OfConflictsSayWhatHoldsTheResource) {
    EXPECT_THAT(error(400, ec2_xml("ScalingActivityInProgress")).next_step, HasSubstr("scaling activity"));
    EXPECT_THAT(error(409, ec2_xml("ResourceInUseException")).next_step, HasSubstr("Another update"));
    EXPECT_EQ(
        error(400, ec2_xml("InvalidDBInstanceState", "Instance db is not available: it is backing-up.")).next_step,
        "The database is backing-up; doze looks again and then acts.");
}

TEST(AwsErrors, OfADatabaseThatCanNeverBeStoppedAreThePersons) {
    EXPECT_EQ(error(400, ec2_xml("InvalidDBInstanceState", "Cannot stop a read replica instance")).recovery,
              Recovery::tell);
}

TEST(AwsErrors, OfAnAutoScalingGroupThatIsGoneAreNotFound) {
    EXPECT_EQ(error(400, ec2_xml("ValidationError", "AutoScalingGroup name not found - web")).code,
              ErrorCode::not_found);
    EXPECT_EQ(error(400, ec2_xml("ValidationError", "Desired capacity:5 must be between")).code, ErrorCode::aws_error);
}

TEST(AwsErrors, OfTooManyScalableTargetsAreAQuota) {
    Call call = stop_call();
    const ports::HttpResponse response{400, {}, R"({"__type":"LimitExceededException"})"};
    EXPECT_EQ(error_of(call, response).code, ErrorCode::throttled);
    call.service = "application-autoscaling";
    EXPECT_EQ(error_of(call, response).recovery, Recovery::capacity);
}

TEST(AwsErrors, OfCredentialsMentionARegionThatMustBeSwitchedOn) {
    Call call = stop_call();
    const ports::HttpResponse response{401, {}, ec2_xml("AuthFailure")};
    for (const auto& [region, opt_in] : std::map<std::string, bool>{
             {"eu-west-1", false}, {"us-gov-west-1", false}, {"cn-north-1", false}, {"me-central-1", true}}) {
        call.region = Region(region);
        EXPECT_EQ(error_of(call, response).next_step.find("switched on") != std::string::npos, opt_in) << region;
    }
    call.region = Region("ap-east-1");
    EXPECT_THAT(error_of(call, Refusal{"OptInRequired", "You are not subscribed to this service"}).next_step,
                HasSubstr("Switch the region ap-east-1 on"));
}

TEST(AwsErrors, OneCodeMayMeanSeveralThings) {
    struct Case {
        std::string service;
        std::string code;
        std::string words;
        Recovery recovery;
        std::string advice;
    };
    const std::string marketplace =
        "In order to use this AWS Marketplace product you need to accept terms and subscribe. To do so please visit x";
    for (const auto& [service, code, words, recovery, advice] : std::vector<Case>{
             {"ec2", "OptInRequired", marketplace, Recovery::tell, "Accept the terms of its Marketplace product"},
             {"ec2", "OptInRequired", "You are not subscribed to this service.", Recovery::tell, "not verified yet"},
             {"ec2", "PendingVerification", "Your account is currently being verified.", Recovery::tell,
              "not verified"},
             {"ec2", "Client.InternalError", "Client error on launch", Recovery::retry, "kms:CreateGrant"},
             {"ec2", "Server.InternalError", "Internal error on launch", Recovery::retry, "A fault at AWS"},
             {"ec2", "UnsupportedOperation",
              "Instance i-1 is not ready to hibernate yet. Please try again in a few minutes.", Recovery::wait,
              "in some minutes"},
             {"ec2", "UnsupportedHibernationConfiguration", "Hibernation is not configured.", Recovery::plainly,
              "launch"},
             {"ec2", "UnsupportedOperation", "The instance store root can't be stopped.", Recovery::tell, ""},
             {"rds", "InvalidDBInstanceState", "Instance orders is not in available state.", Recovery::wait, ""},
             {"rds", "InvalidDBInstanceState", "Instance orders is in storage-full state.", Recovery::tell,
              "somebody's"},
             {"rds", "InvalidDBInstanceState", "Instance orders is incompatible-network.", Recovery::tell,
              "somebody's"},
             {"rds", "InvalidDBInstanceState", "Instance orders is in restore-error state.", Recovery::tell,
              "somebody's"},
             {"rds", "InvalidDBInstanceState", "Instance orders is in insufficient-capacity state.", Recovery::tell,
              "somebody's"},
             {"rds", "InvalidDBInstanceState", "It is in inaccessible-encryption-credentials state.", Recovery::tell,
              "somebody's"},
             {"rds", "InvalidDBClusterStateFault", "DbCluster ledger is in state failed.", Recovery::tell,
              "somebody's"},
             {"rds", "InvalidDBInstanceState", "Cannot stop instance with a read replica.", Recovery::tell, ""},
             {"rds", "InvalidDBInstanceState", "Multi-AZ is on: SQL Server instances stay up.", Recovery::tell, ""},
             {"rds", "InvalidDBInstanceState", "Stopping is not supported here.", Recovery::tell, ""},
             {"rds", "KMSKeyNotAccessibleFault", "No key.", Recovery::tell, "The KMS key of the database"},
             {"ec2", "InvalidKMSKey.InvalidState", "No key.", Recovery::tell, "The KMS key of its volumes"},
             {"eks", "InvalidRequestException", "Nodegroup n is in CREATE_FAILED.", Recovery::tell, "somebody's"},
             {"eks", "InvalidRequestException", "Nodegroup n is DEGRADED, not in Active state.", Recovery::tell,
              "somebody's"},
             {"eks", "InvalidRequestException", "Nodegroup n is in DELETE_FAILED.", Recovery::tell, "somebody's"},
             {"eks", "InvalidRequestException", "Nodegroup n is not in ACTIVE state.", Recovery::wait, "update"},
             {"eks", "InvalidRequestException", "Another operation is in progress.", Recovery::wait, "update"},
             {"eks", "InvalidRequestException", "Nodegroup n is UPDATING.", Recovery::wait, "update"}}) {
        Call call = stop_call();
        call.service = service;
        call.region = Region("us-east-1");
        const auto error = error_of(call, Refusal{code, words});
        EXPECT_EQ(error.recovery, recovery) << code << ": " << words;
        EXPECT_THAT(error.next_step, HasSubstr(advice)) << code << ": " << words;
        EXPECT_TRUE(!advice.empty() || recovery != Recovery::tell || error.next_step.empty()) << words;
    }
}

TEST(AwsErrors, WhatAskedForHibernationMayStillBeStopped) {
    Call call = stop_call();
    call.body = "Hibernate=true&InstanceId.1=i-1";
    EXPECT_EQ(error_of(call, Refusal{"UnsupportedOperation", "No."}).recovery, Recovery::plainly);
}

TEST(AwsErrors, InsideGoodAnswersMeanTheSame) {
    Call call = stop_call();
    call.operation = "StartInstances";
    EXPECT_EQ(error_of(call, Refusal{"Server.InsufficientInstanceCapacity", "No capacity"}).recovery,
              Recovery::capacity);
    EXPECT_EQ(error_of(call, Refusal{"Client.VolumeLimitExceeded", ""}).recovery, Recovery::capacity);
    EXPECT_EQ(error_of(call, Refusal{"Client.InternalError", ""}).recovery, Recovery::retry);
    EXPECT_EQ(error_of(call, Refusal{"Server.InternalError", ""}).recovery, Recovery::retry);
    EXPECT_EQ(error_of(call, Refusal{"PodEvictionFailure", "Pods could not be evicted"}).message,
              "AWS refused StartInstances in eu-west-1: Pods could not be evicted (PodEvictionFailure).");
}

TEST(AwsErrors, NameTheInstancesThatAwsNames) {
    const auto named = [](const std::string& message) {
        return named_instances(error(400, ec2_xml("InvalidInstanceID.NotFound", message)));
    };
    EXPECT_THAT(named("The instance IDs 'i-0123456789abcdef0, i-1a2b3c4d' do not exist"),
                ElementsAre("i-0123456789abcdef0", "i-1a2b3c4d"));
    EXPECT_THAT(named("The instance 'i-1a2b3c4d' (i-1a2b3c4d) is not in a state"), ElementsAre("i-1a2b3c4d"));
    EXPECT_THAT(named("arn:aws:ec2:us-east-1:1:instance/i-1a2b3c4d"), ElementsAre("i-1a2b3c4d"));
    EXPECT_THAT(named("ami-1a2b3c4d eni-1a2b3c4d i-1a2b3c4 i-1a2b3c4d5 i-1a2b3c4x i-1a2b3c4dx multi-1a2b3c4d i-"),
                ElementsAre());
}

TEST(AwsErrors, OfASignatureNeverRepeatTheRequest) {
    const Error found = error(403, ec2_xml("SignatureDoesNotMatch",
                                           "The Canonical String for this request should have been 'POST / "
                                           "x-amz-security-token:TOKEN'"));
    EXPECT_THAT(found.text(), Not(HasSubstr("TOKEN")));
    EXPECT_THAT(found.next_step, HasSubstr("secret access key"));
}

TEST(AwsErrors, OfALateSignatureAreTheClocks) {
    for (const auto* words : {"Signature expired: 20150830T123600Z is now earlier",
                              "Signature not yet current: 20150830T123600Z is still later"}) {
        const Error found = error(403, ec2_xml("SignatureDoesNotMatch", words));
        EXPECT_EQ(found.code, ErrorCode::aws_error) << words;
        EXPECT_THAT(found.next_step, HasSubstr("clock")) << words;
    }
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
    struct Case {
        int status;
        ErrorCode code;
        Recovery recovery;
    };
    for (const auto& [status, code, recovery] : std::vector<Case>{{301, ErrorCode::aws_error, Recovery::tell},
                                                                  {403, ErrorCode::access_denied, Recovery::tell},
                                                                  {404, ErrorCode::aws_error, Recovery::tell},
                                                                  {428, ErrorCode::aws_error, Recovery::tell},
                                                                  {429, ErrorCode::throttled, Recovery::retry},
                                                                  {499, ErrorCode::aws_error, Recovery::tell},
                                                                  {500, ErrorCode::aws_error, Recovery::retry},
                                                                  {502, ErrorCode::aws_error, Recovery::retry}}) {
        const Error found = error(status, "<html>nginx</html>");
        EXPECT_EQ(found.code, code) << status;
        EXPECT_EQ(found.recovery, recovery) << status;
        EXPECT_EQ(found.aws_code, "");
        EXPECT_THAT(found.message, HasSubstr("HTTP " + std::to_string(status)));
        EXPECT_THAT(found.next_step, HasSubstr("AWS_ENDPOINT_URL"));
        EXPECT_EQ(found.next_step.starts_with("Allow the IAM action ec2:StopInstances"), status == 403) << status;
    }
    Call without_action = stop_call();
    without_action.iam_action = "";
    EXPECT_EQ(error_of(without_action, ports::HttpResponse{.status = 403}).code, ErrorCode::aws_error)
        << "there is nothing to allow";
}

TEST(AwsErrors, AreOneShortLine) {
    const Error found = error(400, ec2_xml("Weird", "a\n\t\rb " + std::string(100000, 'x') + "\xEC\x9E\xA0"));
    EXPECT_LT(found.message.size(), 700U);
    EXPECT_THAT(found.message, Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace doze::aws
