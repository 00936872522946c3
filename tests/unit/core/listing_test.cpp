// Lists: what is asked for them, what their answers tell, and whom they answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/view.hpp"
#include "unit/core/one_engine.hpp"

namespace doze::core::of_lists {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Lists : public testing::Test, protected OneEngine {
   protected:
    Lists() { settings.regions = {Region("us-east-1"), Region("eu-west-1")}; }

    static Listed empty(const char* region, std::string account = {}) {
        return {.kind = Kind::ec2,
                .region = Region(region),
                .items = Listing{std::vector<Ec2Instance>()},
                .account = AccountId(std::move(account))};
    }
    static Listed failed(const char* region, Error error = {.code = ErrorCode::aws_error, .message = "No answer."}) {
        return {.kind = Kind::ec2, .region = Region(region), .items = std::move(error)};
    }
    std::vector<std::string> ask(RequestId request, Duration max_age = 0s, std::optional<Region> region = {}) {
        return step(ListRequested{.request = request, .kind = Kind::ec2, .region = region, .max_age = max_age});
    }
};

TEST_F(Lists, AreAskedForInEachRegionOnceAndAnsweredWhenAllAreThere) {
    begin();
    EXPECT_THAT(ask(7), ElementsAre("list ec2 us-east-1", "list ec2 eu-west-1"));
    EXPECT_TRUE(SystemView(state).is_listing());
    EXPECT_THAT(ask(8), IsEmpty()) << "they are out already";
    EXPECT_THAT(ask(9, 0s, Region("eu-west-1")), IsEmpty());
    EXPECT_THAT(step(empty("eu-west-1")), ElementsAre("reply 9: Looked at AWS."));
    EXPECT_THAT(step(empty("us-east-1")), ElementsAre("reply 7: Looked at AWS.", "reply 8: Looked at AWS."));
    EXPECT_FALSE(SystemView(state).is_listing());
}

TEST_F(Lists, AreAskedForWhereTheyAreTooOld) {
    begin();
    (void)ask(1);
    (void)step(empty("us-east-1"));
    (void)step(empty("eu-west-1"));
    pass(1min);
    EXPECT_THAT(ask(7, 1min), ElementsAre("reply 7: Nothing needs to be asked."));
    EXPECT_THAT(ask(8, 59s, Region("us-east-1")), ElementsAre("list ec2 us-east-1"));
    EXPECT_THAT(ask(9, 1min), ElementsAre("reply 9: Nothing needs to be asked."));
}

TEST_F(Lists, OfARegionThatIsNotConfiguredAreRefused) {
    begin();
    EXPECT_THAT(ask(7, 0s, Region("ap-south-1")),
                ElementsAre("refuse 7: The region ap-south-1 is not configured. Add it to aws.regions in "
                            "settings.json."));
}

TEST_F(Lists, ThatFailAreAnsweredAndToldOncePerCause) {
    begin();
    (void)ask(7);
    EXPECT_THAT(step(failed("us-east-1")), ElementsAre(HasSubstr("warning: listing ec2 in us-east-1")));
    EXPECT_THAT(step(failed("eu-west-1")), ElementsAre("reply 7: Looked at AWS."));
    (void)ask(8);
    EXPECT_THAT(step(failed("eu-west-1", {.code = ErrorCode::unauthorized, .message = "Not you."})),
                ElementsAre(HasSubstr("warning: listing ec2 in eu-west-1")));
}

TEST_F(Lists, ThatAreIncompleteSaySo) {
    begin();
    (void)ask(7);
    auto some = empty("us-east-1");
    some.items->incomplete = Error{.code = ErrorCode::aws_error, .message = "Half of it."};
    EXPECT_THAT(step(some), ElementsAre(HasSubstr("Half of it.")));
}

TEST_F(Lists, ThatLackARegisteredResourceHaveItDescribed) {
    registrations = {Registration{.id = instance()}};
    begin();
    (void)step(Described{instance(), seen(Phase::awake)});
    (void)ask(7);
    EXPECT_THAT(step(empty("eu-west-1")), IsEmpty()) << "not where it is";
    EXPECT_THAT(step(empty("us-east-1")), Contains("describe ec2:us-east-1:i-1"));
}

TEST_F(Lists, OfAnotherAccountAreNoAnswerAboutIt) {
    registrations = {Registration{.id = instance()}};
    begin();
    auto its = seen(Phase::awake);
    its.account = AccountId("111111111111");
    (void)step(Described{instance(), its});
    (void)ask(7);
    const auto told = step(empty("us-east-1", "222222222222"));
    EXPECT_THAT(told, Not(Contains(HasSubstr("describe"))));
    EXPECT_THAT(told, Contains("warning: It is of account 111111111111, and the credentials in use are of account "
                               "222222222222. Of 1 resource nothing is called, and nothing forgotten. Sign in to "
                               "account 111111111111 again; doze then goes on by itself. (What is meant to be another "
                               "account's: unregister it, and register it again.)"));
    EXPECT_EQ(state.tracked.at(instance()).seen->phase, Phase::awake);
    EXPECT_THAT(step(Described{instance(), its}),
                Contains("info: The credentials of the right account are back; doze goes on."));
}

TEST(ListAge, IsTheCheckIntervalWithinBounds) {
    const auto age = [](Duration interval) {
        OneEngine one;
        one.settings.check_interval = interval;
        one.begin();
        return SystemView(one.state).usual_list_age();
    };
    EXPECT_EQ(age(1s), 30s);
    EXPECT_EQ(age(2min), 2min);
    EXPECT_EQ(age(1h), 5min);
}

}  // namespace
}  // namespace doze::core::of_lists
