#include "adapters/aws/client/signed_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>

#include "fakes/fake_clock.hpp"
#include "variables.hpp"

namespace doze::aws {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;
using testing::Pair;

/// Answers from a list, and keeps what it was asked.
class ScriptedHttp final : public ports::HttpClient {
   public:
    asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest request) override {
        requests.push_back(std::move(request));
        if (on_send) on_send();
        auto answer = answers.front();
        if (answers.size() > 1) answers.pop_front();
        co_return answer;
    }

    std::vector<ports::HttpRequest> requests;
    std::deque<Result<ports::HttpResponse>> answers;
    std::function<void()> on_send;
};

/// Hands out one access key after the other, and stays with the last.
class ScriptedCredentials final : public CredentialsProvider {
   public:
    asio::awaitable<Result<Credentials>> get(core::WallTime) override {
        const std::string key = keys.front();
        if (keys.size() > 1) keys.pop_front();
        if (key.empty()) co_return Error{.code = ErrorCode::no_credentials, .message = "none"};
        co_return Credentials{.access_key_id = key, .secret_access_key = Secret("secret"), .origin = "test"};
    }
    void taken(const Credentials& those, const Region& region) override {
        verdicts.push_back(those.access_key_id + " taken in " + region.str());
    }
    void refused(const Credentials& those, const Region& region, bool expired) override {
        refusals.push_back(those.access_key_id);
        verdicts.push_back(those.access_key_id + (expired ? " expired in " : " refused in ") + region.str());
    }

    std::vector<std::string> refusals;
    std::vector<std::string> verdicts;

    std::deque<std::string> keys{"AK1"};
};

ports::HttpResponse ok() {
    return {.status = 200, .body = "fine"};
}
ports::HttpResponse refused(int status, const std::string& code) {
    return {.status = status, .body = "<Response><Errors><Error><Code>" + code + "</Code></Error></Errors></Response>"};
}
Error no_network() {
    return {.code = ErrorCode::aws_error, .message = "refused.", .recovery = Recovery::retry};
}

class SignedClientTest : public testing::Test {
   protected:
    static Call describe() {
        return {.service = "eks",
                .region = Region("eu-west-1"),
                .operation = "ListNodegroups",
                .iam_action = "eks:ListNodegroups",
                .method = "GET",
                .path = {"clusters", "a b", "node-groups"},
                .query = {{"nextToken", "x=/"}, {"maxResults", "5"}},
                .headers = {{"accept", "application/json"}}};
    }

    Result<std::string> send(Call call = describe()) {
        std::optional<Result<std::string>> answer;
        asio::co_spawn(
            io_, [&]() -> asio::awaitable<void> { answer = co_await client_.call(std::move(call)); }, asio::detached);
        io_.restart();
        io_.run();
        return *answer;
    }

    std::vector<std::string> keys_used() const {
        std::vector<std::string> keys;
        for (const auto& request : http_.requests) {
            for (const auto& [name, value] : request.headers) {
                if (name != "Authorization") continue;
                const auto from = value.find("Credential=") + 11;
                keys.push_back(value.substr(from, value.find('/', from) - from));
            }
        }
        return keys;
    }

    asio::io_context io_{1};
    static Call owned(const std::shared_ptr<Caller>& caller) {
        auto call = describe();
        call.caller = caller;
        return call;
    }

    Variables variables_;
    AwsTime aws_time_;
    ScriptedHttp http_;
    ScriptedCredentials credentials_;
    Profiles profiles_{variables_};
    fakes::FakeClock clock_;
    std::vector<core::Duration> pauses_;
    std::vector<std::string> told_;
    SignedClient client_{{.http = http_,
                          .credentials = credentials_,
                          .profiles = profiles_,
                          .clock = clock_,
                          .environment = variables_,
                          .random = [] { return 0.5; },
                          .pause = [this](core::Duration span) -> asio::awaitable<void> {
                              pauses_.push_back(span);
                              clock_.advance(span);
                              co_return;
                          },
                          .aws_time = &aws_time_,
                          .tell = [this](const std::string& sentence) { told_.push_back(sentence); }}};
};

TEST_F(SignedClientTest, SendsTheCallEncodedSortedAndSigned) {
    http_.answers = {ok()};
    EXPECT_EQ(*send(), "fine");
    const auto& request = http_.requests.at(0);
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.url,
              "https://eks.eu-west-1.amazonaws.com/clusters/a%20b/node-groups?maxResults=5&nextToken=x%3D%2F");
    EXPECT_THAT(request.headers, Contains(Pair("accept", "application/json")));
    EXPECT_THAT(request.headers, Contains(Pair("X-Amz-Date", "20260105T080000Z")));
    EXPECT_THAT(request.headers,
                Contains(Pair("Authorization", HasSubstr("Credential=AK1/20260105/eu-west-1/eks/aws4_request"))));
}

TEST_F(SignedClientTest, AsksTheEndpointThatTheEnvironmentNames) {
    http_.answers = {ok()};
    variables_["AWS_ENDPOINT_URL"] = "http://127.0.0.1:5000/base";
    Call call{.service = "sts", .region = Region("eu-west-1"), .operation = "GetCallerIdentity", .body = "Action=x"};
    ASSERT_TRUE(send(call));
    EXPECT_EQ(http_.requests.at(0).url, "http://127.0.0.1:5000/base/");
    EXPECT_EQ(http_.requests.at(0).body, "Action=x");
    variables_["AWS_ENDPOINT_URL"] = "nonsense";
    EXPECT_THAT(send(call).error().message, HasSubstr("AWS_ENDPOINT_URL is not a URL"));
}

TEST_F(SignedClientTest, RepeatsWhatPassesSoonWithGrowingPauses) {
    http_.answers = {no_network(), refused(500, "InternalError"), ok()};
    EXPECT_TRUE(send());
    EXPECT_THAT(pauses_, ElementsAre(25ms, 50ms));
}

TEST_F(SignedClientTest, GivesUpAfterThreeAttempts) {
    http_.answers = {refused(503, "RequestLimitExceeded")};
    EXPECT_EQ(send().error().code, ErrorCode::throttled);
    EXPECT_EQ(http_.requests.size(), 3U);
}

TEST_F(SignedClientTest, TellsThatAnEarlierTryMayHaveBeenCarriedOut) {
    const auto state = [] { return refused(400, "IncorrectInstanceState"); };
    const auto unanswered = [this](std::deque<Result<ports::HttpResponse>> answers) {
        http_.answers = std::move(answers);
        const auto error = send().error();
        EXPECT_EQ(error.aws_code, "IncorrectInstanceState");
        return error.unanswered;
    };
    EXPECT_FALSE(unanswered({state()}));
    EXPECT_FALSE(unanswered({refused(503, "RequestLimitExceeded"), state()})) << "a throttled one was not carried out";
    EXPECT_TRUE(unanswered({no_network(), state()}));
    EXPECT_TRUE(unanswered({refused(500, "InternalError"), state()}));
    EXPECT_TRUE(unanswered({no_network(), refused(503, "RequestLimitExceeded"), state()}));
    auto sent_twice = state();
    sent_twice.repeated = true;
    EXPECT_TRUE(unanswered({sent_twice}));
    EXPECT_TRUE(unanswered({refused(503, "RequestLimitExceeded"), sent_twice}));
}

TEST_F(SignedClientTest, SignsEachAttemptAnew) {
    http_.answers = {no_network(), ok()};
    credentials_.keys = {"AK1", "AK2"};
    EXPECT_TRUE(send());
    EXPECT_THAT(keys_used(), ElementsAre("AK1", "AK2"));
}

TEST_F(SignedClientTest, LeavesCapacityTransitAndPermissionsToOthers) {
    for (const char* code : {"InsufficientInstanceCapacity", "IncorrectInstanceState", "UnauthorizedOperation"}) {
        http_.requests.clear();
        http_.answers = {refused(500, code)};
        EXPECT_EQ(send().error().aws_code, code);
        EXPECT_EQ(http_.requests.size(), 1U) << code;
    }
    EXPECT_TRUE(pauses_.empty());
}

TEST_F(SignedClientTest, SaysWhichCallTheNetworkFailed) {
    http_.answers = {no_network()};
    EXPECT_EQ(send().error().message, "ListNodegroups in eu-west-1: refused.");
}

TEST_F(SignedClientTest, TriesNewCredentialsOnceWhereTheOldWereRefused) {
    http_.answers = {refused(400, "ExpiredToken"), ok()};
    credentials_.keys = {"OLD", "NEW"};
    EXPECT_TRUE(send());
    EXPECT_THAT(keys_used(), ElementsAre("OLD", "NEW"));
    EXPECT_THAT(credentials_.refusals, ElementsAre("OLD"));
    EXPECT_TRUE(pauses_.empty());
}

TEST_F(SignedClientTest, SaysWhereKeysWereTakenRefusedOrExpired) {
    http_.answers = {ok()};
    EXPECT_TRUE(send());
    http_.answers = {refused(401, "AuthFailure")};
    EXPECT_FALSE(send());
    for (const char* code : {"ExpiredToken", "ExpiredTokenException"}) {
        http_.answers = {refused(400, code)};
        EXPECT_FALSE(send());
    }
    http_.answers = {refused(403, "OptInRequired")};
    EXPECT_FALSE(send());
    http_.answers = {refused(403, "AccessDenied")};
    EXPECT_FALSE(send());
    EXPECT_THAT(credentials_.verdicts, ElementsAre("AK1 taken in eu-west-1", "AK1 refused in eu-west-1",
                                                   "AK1 expired in eu-west-1", "AK1 expired in eu-west-1"));
}

TEST_F(SignedClientTest, SignsNothingForWhoeverHasNoKeysYet) {
    http_.answers = {ok()};
    FixedCredentials none;
    SignedClient client(
        {.http = http_, .credentials = none, .profiles = profiles_, .clock = clock_, .environment = variables_});
    asio::co_spawn(
        io_, [&]() -> asio::awaitable<void> { co_await client.call(describe()); }, asio::detached);
    io_.run();
    EXPECT_THAT(http_.requests.at(0).headers, ElementsAre(Pair("accept", "application/json")));
}

TEST_F(SignedClientTest, DoesNotTryTheSameCredentialsTwice) {
    http_.answers = {refused(400, "ExpiredToken")};
    EXPECT_EQ(send().error().code, ErrorCode::no_credentials);
    EXPECT_EQ(http_.requests.size(), 1U);
}

TEST_F(SignedClientTest, DoesNotTryNewCredentialsForEver) {
    http_.answers = {refused(400, "ExpiredToken")};
    credentials_.keys = {"AK1", "AK2", "AK3", "AK4", "AK5"};
    EXPECT_EQ(send().error().code, ErrorCode::no_credentials);
    EXPECT_EQ(http_.requests.size(), 2U);
}

TEST_F(SignedClientTest, SendsNothingWithoutCredentials) {
    credentials_.keys = {""};
    EXPECT_EQ(send().error().code, ErrorCode::no_credentials);
    EXPECT_TRUE(http_.requests.empty());
}

TEST_F(SignedClientTest, SpendsItsQuotaInALongOutageAndThenStopsRepeating) {
    http_.answers = {no_network()};
    for (int i = 0; i < 100; ++i) {
        EXPECT_FALSE(send());
        clock_.advance(1min);
    }
    // 35 repeats use up the quota of 500 at 14 a repeat.
    EXPECT_EQ(http_.requests.size(), 100U + 35U);
}

TEST_F(SignedClientTest, MakesAsManyAttemptsAsItIsTold) {
    http_.answers = {no_network()};
    variables_["AWS_MAX_ATTEMPTS"] = "5";
    EXPECT_FALSE(send());
    EXPECT_EQ(http_.requests.size(), 5U);
    variables_["AWS_MAX_ATTEMPTS"] = "many";
    EXPECT_EQ(send().error().message, "AWS_MAX_ATTEMPTS is not a number from 1.");
}

TEST_F(SignedClientTest, PausesAsLongAsAwsAsks) {
    auto busy = refused(500, "InternalError");
    busy.headers = {{"x-amz-retry-after", "1500"}};
    http_.answers = {busy, ok()};
    EXPECT_TRUE(send());
    EXPECT_THAT(pauses_, ElementsAre(1500ms));
}

TEST_F(SignedClientTest, GivesUpAfterNinetySecondsHoweverManyAttemptsAreLeft) {
    variables_["AWS_MAX_ATTEMPTS"] = "10";
    http_.answers = {no_network()};
    http_.on_send = [this] { clock_.advance(40s); };
    EXPECT_FALSE(send());
    EXPECT_EQ(http_.requests.size(), 3U);
    EXPECT_EQ(http_.requests.at(0).total_timeout, 60s);
    EXPECT_LT(http_.requests.at(2).total_timeout, 11s);
}

TEST_F(SignedClientTest, WaitsForItsTurnAndSaysSo) {
    http_.answers = {ok()};
    Call start{.service = "ec2",
               .region = Region("us-east-1"),
               .operation = "StartInstances",
               .iam_action = "ec2:StartInstances"};
    start.resources = 800;
    EXPECT_TRUE(send(start));
    EXPECT_TRUE(pauses_.empty());
    start.resources = 16;
    EXPECT_TRUE(send(start));
    EXPECT_THAT(pauses_, ElementsAre(10s));
    EXPECT_THAT(told_, ElementsAre(HasSubstr("ec2:StartInstances in us-east-1 waits 10 s")));
    EXPECT_EQ(client_.throttle().counts().begin()->second.waited, 1U);
}

TEST_F(SignedClientTest, GoesOnMoreSlowlyAfterAwsThrottled) {
    http_.answers = {refused(503, "RequestLimitExceeded"), ok()};
    EXPECT_TRUE(send());
    EXPECT_THAT(told_, ElementsAre(HasSubstr("AWS throttles eks:ListNodegroups in eu-west-1")));
    EXPECT_EQ(client_.throttle().counts().begin()->second.refused, 1U);
}

ports::HttpResponse too_late(const std::string& date, const std::string& code = "RequestExpired") {
    auto answer = refused(400, code);
    answer.headers = {{"date", date}};
    return answer;
}

TEST_F(SignedClientTest, SignsOnceMoreWithAwsTimeWhereTheClockIsWrong) {
    http_.answers = {too_late("Mon, 05 Jan 2026 08:12:00 GMT"), ok()};
    EXPECT_TRUE(send());
    EXPECT_THAT(http_.requests.at(1).headers, Contains(Pair("X-Amz-Date", "20260105T081200Z")));
    EXPECT_TRUE(pauses_.empty());
    EXPECT_THAT(told_, ElementsAre(HasSubstr("clock is 12 min behind")));
    http_.answers = {ok()};
    EXPECT_TRUE(send());
    EXPECT_THAT(http_.requests.at(2).headers, Contains(Pair("X-Amz-Date", "20260105T081200Z")));
}

TEST_F(SignedClientTest, TakesARefusalOfCredentialsForTheClocksWhereTheDateIsFarOff) {
    http_.answers = {too_late("Mon, 05 Jan 2026 07:30:00 GMT", "AuthFailure"), ok()};
    EXPECT_TRUE(send());
    http_.answers = {too_late("Mon, 05 Jan 2026 07:30:00 GMT", "AuthFailure")};
    EXPECT_EQ(send().error().code, ErrorCode::no_credentials);
    EXPECT_EQ(http_.requests.size(), 3U);
}

TEST_F(SignedClientTest, DoesNotFollowAClockThatGoesOnMoving) {
    http_.answers = {too_late("Mon, 05 Jan 2026 09:00:00 GMT"), too_late("Mon, 05 Jan 2026 10:00:00 GMT"),
                     too_late("Mon, 05 Jan 2026 11:00:00 GMT")};
    EXPECT_THAT(send().error().next_step, HasSubstr("clock"));
    EXPECT_EQ(http_.requests.size(), 2U);
}

ports::HttpResponse identity(const std::string& account) {
    return {.status = 200,
            .body = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>" + account +
                    "</Account><Arn>arn:aws:iam::" + account +
                    ":user/kim</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"};
}

TEST_F(SignedClientTest, AsksOnceForEachKeyWhoseItIs) {
    http_.answers = {identity("111111111111"), ok(), ok(), identity("222222222222"), ok()};
    for (int i = 0; i < 2; ++i) {
        const auto caller = std::make_shared<Caller>(Caller{.service = "eks"});
        EXPECT_TRUE(send(owned(caller)));
        EXPECT_EQ(caller->account.str(), "111111111111");
    }
    EXPECT_EQ(http_.requests.size(), 3U);
    credentials_.keys = {"AK2"};
    const auto caller = std::make_shared<Caller>(Caller{.service = "eks"});
    EXPECT_TRUE(send(owned(caller)));
    EXPECT_EQ(caller->account.str(), "222222222222");
    EXPECT_THAT(keys_used(), ElementsAre("AK1", "AK1", "AK1", "AK2", "AK2"));
}

TEST_F(SignedClientTest, SendsNothingWithTheKeysOfAnotherAccount) {
    const auto caller = std::make_shared<Caller>(Caller{.wanted = AccountId("111111111111"), .service = "eks"});
    http_.answers = {identity("222222222222")};
    EXPECT_EQ(send(owned(caller)).error().code, ErrorCode::other_account);
    EXPECT_EQ(send(owned(caller)).error().code, ErrorCode::other_account);
    EXPECT_EQ(http_.requests.size(), 1U) << "only who it is was asked";
    credentials_.keys = {"AK2"};
    http_.answers = {identity("111111111111"), ok()};
    EXPECT_TRUE(send(owned(caller))) << "the right ones are back";
}

TEST_F(SignedClientTest, LooksAgainAtTheKeysThatWereRenewedBetweenTwoTries) {
    const auto caller = std::make_shared<Caller>(Caller{.wanted = AccountId("111111111111"), .service = "eks"});
    http_.answers = {identity("111111111111"), refused(503, "ServiceUnavailable"), identity("222222222222"), ok()};
    credentials_.keys = {"AK1", "AK2"};
    EXPECT_EQ(send(owned(caller)).error().code, ErrorCode::other_account);
    EXPECT_THAT(keys_used().back(), "AK2");
    EXPECT_THAT(http_.requests.back().body, HasSubstr("GetCallerIdentity"));
}

TEST_F(SignedClientTest, LearnsFromAnAnswerWhoseTheKeysAreWhereStsCannotBeAsked) {
    const ports::HttpResponse nodegroup{
        .status = 200,
        .body = R"({"nodegroup":{"nodegroupArn":"arn:aws:eks:eu-west-1:111111111111:nodegroup/a/b/c"}})"};
    http_.answers = {refused(403, "AccessDenied"), ok(), nodegroup, ok()};
    auto caller = std::make_shared<Caller>(Caller{.service = "eks"});
    EXPECT_TRUE(send(owned(caller)));
    EXPECT_EQ(caller->account, AccountId());
    EXPECT_TRUE(send(owned(caller)));
    EXPECT_EQ(caller->account.str(), "111111111111");
    EXPECT_EQ(http_.requests.size(), 3U) << "STS is left alone for a while";
    caller = std::make_shared<Caller>(Caller{.wanted = AccountId("222222222222"), .service = "eks"});
    EXPECT_EQ(send(owned(caller)).error().code, ErrorCode::other_account);
    EXPECT_EQ(http_.requests.size(), 3U);
}

TEST_F(SignedClientTest, SendsNothingThatIsWantedOfAnAccountWhereNobodyTellsWhoseTheKeysAre) {
    const auto caller = std::make_shared<Caller>(Caller{.wanted = AccountId("111111111111"), .service = "eks"});
    http_.answers = {no_network(), ok()};
    EXPECT_EQ(send(owned(caller)).error().code, ErrorCode::other_account);
    EXPECT_EQ(http_.requests.size(), 1U) << "and does not try for long";
}

TEST_F(SignedClientTest, LearnsAwsTimeFromItsAnswers) {
    auto dated = ok();
    dated.headers = {{"date", "Mon, 05 Jan 2026 08:20:00 GMT"}};
    http_.answers = {dated};
    EXPECT_TRUE(send());
    EXPECT_EQ(std::chrono::round<std::chrono::minutes>(aws_time_.ahead(clock_.now())), 20min);
}

}  // namespace
}  // namespace doze::aws
