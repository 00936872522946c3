#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chain_fixture.hpp"
#include "cloud/aws/credentials/found.hpp"

namespace doze::cloud::aws {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// Keys of a container's endpoint, which hold for an hour. `serial_` counts them.
class RenewalTest : public ChainTest {
   protected:
    RenewalTest() {
        variables_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/keys";
        http_.answer = [this](const auto&) -> Result<ports::HttpResponse> {
            if (broken_) return FakeHttp::nobody();
            return FakeHttp::ok("{\"AccessKeyId\":\"AK" + std::to_string(++serial_) +
                                "\",\"SecretAccessKey\":\"hush\",\"Token\":\"t\",\"Expiration\":\"" +
                                core::to_iso(clock_.wall() + 1h) + "\"}");
        };
    }

    int serial_ = 0;
    bool broken_ = false;
};

TEST_F(RenewalTest, IsNotNeededWhileTheKeysHold) {
    EXPECT_EQ(ask_id(), "AK1");
    clock_.advance(44min);
    EXPECT_EQ(ask_id(), "AK1");
    EXPECT_EQ(http_.requests.size(), 1U);
}

TEST_F(RenewalTest, HappensAQuarterOfAnHourBeforeTheKeysExpire) {
    EXPECT_EQ(ask_id(), "AK1");
    clock_.advance(46min);
    EXPECT_EQ(ask_id(), "AK2");
}

TEST_F(RenewalTest, ThatFailsLeavesTheOldKeysForAsLongAsTheyHold) {
    EXPECT_EQ(ask_id(), "AK1");
    broken_ = true;
    for (const auto minute : {46min, 51min, 59min}) {
        clock_.advance_to(core::TimePoint(1h) + minute);
        EXPECT_EQ(ask_id(), "AK1") << minute.count();
    }
    clock_.advance_to(core::TimePoint(2h));
    EXPECT_THAT(ask_id(), HasSubstr("gave no keys"));
    broken_ = false;
    clock_.advance(30s);
    EXPECT_EQ(ask_id(), "AK2");
}

TEST_F(RenewalTest, IsTriedAtAnEasyPaceWhileItFails) {
    EXPECT_EQ(ask_id(), "AK1");
    broken_ = true;
    clock_.advance(46min);
    http_.requests.clear();
    for (int i = 0; i < 600; ++i) {
        ask();
        clock_.advance(100ms);
    }
    EXPECT_LE(http_.requests.size(), 3U * 3);  // A minute; three attempts each.
}

TEST_F(RenewalTest, OfManyAtOnceIsOne) {
    std::vector<std::string> ids;
    const auto ask_too = [&]() -> boost::asio::awaitable<void> {
        const auto found = co_await chain_.get(clock_.wall());
        ids.push_back(found ? found->access_key_id : found.error().message);
    };
    for (int i = 0; i < 20; ++i) boost::asio::co_spawn(io_, ask_too(), [](std::exception_ptr) {});
    io_.run();
    EXPECT_EQ(ids, std::vector<std::string>(20, "AK1"));
    EXPECT_EQ(http_.requests.size(), 1U);
}

TEST_F(RenewalTest, InAdvanceHoldsUpNobodyButTheFirst) {
    EXPECT_EQ(ask_id(), "AK1");
    clock_.advance(46min);
    std::vector<std::string> ids;
    const auto ask_too = [&]() -> boost::asio::awaitable<void> {
        ids.push_back((co_await chain_.get(clock_.wall()))->access_key_id);
    };
    for (int i = 0; i < 3; ++i) boost::asio::co_spawn(io_, ask_too(), [](std::exception_ptr) {});
    io_.restart();
    io_.run();
    EXPECT_EQ(ids, (std::vector<std::string>{"AK1", "AK1", "AK2"}));
}

TEST_F(RenewalTest, ComesAtOnceWhereAwsRefusedTheKeys) {
    const auto first = ask();
    chain_.refused(*first);
    EXPECT_EQ(ask_id(), "AK2");
    chain_.refused(*first);  // Somebody else's call with the old ones.
    EXPECT_EQ(ask_id(), "AK2");
}

TEST_F(RenewalTest, OfKeysThatAwsGoesOnRefusingIsNoHotLoop) {
    for (int i = 0; i < 600; ++i) {
        chain_.refused(*ask());
        clock_.advance(100ms);
    }
    EXPECT_LE(http_.requests.size(), 4U);
}

TEST_F(RenewalTest, SurvivesAClockThatIsSetBack) {
    EXPECT_EQ(ask_id(), "AK1");
    clock_.set_wall(clock_.wall() - std::chrono::hours(48));
    chain_.refused(*ask());
    EXPECT_EQ(ask_id(), "AK2");
}

TEST_F(RenewalTest, FindsKeysWithoutAnEndReplacedAfterAWhile) {
    keyring_.trouble.reset();
    keyring_.secrets.emplace("default", Secret("OLD\nhush"));
    EXPECT_EQ(ask_id(), "OLD");
    keyring_.secrets.insert_or_assign("default", Secret("NEW\nhush"));
    EXPECT_EQ(ask_id(), "OLD");
    clock_.advance(5min);
    EXPECT_EQ(ask_id(), "NEW");
    keyring_.trouble = fakes::FakeKeyring::locked();
    clock_.advance(5min);
    EXPECT_EQ(ask_id(), "NEW");
}

TEST_F(RenewalTest, AsksTheInstanceMetadataServiceOnlyNowAndThen) {
    variables_.values->erase("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    broken_ = true;
    for (int i = 0; i < 300; ++i) {
        EXPECT_FALSE(ask());
        clock_.advance(100ms);
    }
    EXPECT_LE(http_.requests.size(), 2U);
    EXPECT_LE(keyring_.reads, 2);
}

}  // namespace
}  // namespace doze::cloud::aws
