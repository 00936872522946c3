#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/aws/credentials/provider.hpp"
#include "chain_fixture.hpp"

namespace doze::aws {
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

    const Region here_{"us-east-1"};
    const Region off_{"ap-east-1"};
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

TEST_F(RenewalTest, OfExpiredKeysIsWaitedForByAll) {
    chain_.refused(*ask(), here_, true);
    std::vector<std::string> ids;
    const auto ask_too = [&]() -> boost::asio::awaitable<void> {
        ids.push_back((co_await chain_.get(clock_.wall()))->access_key_id);
    };
    for (int i = 0; i < 3; ++i) boost::asio::co_spawn(io_, ask_too(), [](std::exception_ptr) {});
    io_.restart();
    io_.run();
    EXPECT_EQ(ids, std::vector<std::string>(3, "AK2"));
    EXPECT_EQ(http_.requests.size(), 2U);
}

TEST_F(RenewalTest, ComesAtOnceWhereAwsRefusedTheKeys) {
    const auto first = ask();
    chain_.refused(*first, here_, true);
    EXPECT_EQ(ask_id(), "AK2");
    chain_.refused(*first, here_, true);  // Somebody else's call with the old ones.
    EXPECT_EQ(ask_id(), "AK2");
}

TEST_F(RenewalTest, OfKeysThatAwsGoesOnRefusingIsNoHotLoop) {
    for (int i = 0; i < 600; ++i) {
        chain_.refused(*ask(), here_, true);
        clock_.advance(100ms);
    }
    EXPECT_LE(http_.requests.size(), 4U);
}

TEST_F(RenewalTest, SurvivesAClockThatIsSetBack) {
    EXPECT_EQ(ask_id(), "AK1");
    clock_.set_wall(clock_.wall() - std::chrono::hours(48));
    chain_.refused(*ask(), here_, true);
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

TEST_F(RenewalTest, IsNotAskedForByARegionThatIsOff) {
    chain_.taken(*ask(), here_);
    for (int minute = 0; minute < 40; ++minute) {
        chain_.refused(*ask(), off_, false);
        clock_.advance(1min);
    }
    EXPECT_EQ(ask_id(), "AK1");
    EXPECT_EQ(http_.requests.size(), 1U);
}

TEST_F(RenewalTest, IsNotAskedForByTheFirstAnswerOfSeveralRegions) {
    const auto keys = *ask();
    chain_.refused(keys, off_, false);
    EXPECT_EQ(ask_id(), "AK1");
    chain_.taken(keys, here_);
    clock_.advance(10min);
    EXPECT_EQ(ask_id(), "AK1");
    EXPECT_EQ(http_.requests.size(), 1U);
}

TEST_F(RenewalTest, IsTriedEverMoreSeldomWhileEveryRegionRefusesKeysThatHold) {
    ASSERT_TRUE(ask());
    broken_ = true;
    std::vector<int> minutes;
    for (int minute = 0; minute < 44; ++minute) {
        const auto before = http_.requests.size();
        EXPECT_EQ(ask_id(), "AK1") << minute;
        if (http_.requests.size() > before) minutes.push_back(minute);
        chain_.refused(*ask(), here_, false);
        chain_.refused(*ask(), off_, false);
        clock_.advance(1min);
    }
    EXPECT_EQ(minutes, (std::vector<int>{1, 2, 4, 8, 16, 31}));
}

TEST_F(RenewalTest, ComesSoonWhereARegionThatTookTheKeysRefusesThem) {
    const auto keys = *ask();
    chain_.taken(keys, here_);
    chain_.refused(keys, here_, false);
    clock_.advance(30s);
    EXPECT_EQ(ask_id(), "AK2");
}

TEST_F(RenewalTest, ThatFailsEndsKeysOnlyOnceAwsSaidThatTheyExpired) {
    const auto keys = *ask();
    broken_ = true;
    chain_.refused(keys, here_, false);
    clock_.advance(1min);
    EXPECT_EQ(ask_id(), "AK1");
    chain_.refused(keys, here_, true);
    EXPECT_THAT(ask_id(), HasSubstr("gave no keys"));
    EXPECT_THAT(ask_id(), HasSubstr("gave no keys"));
    broken_ = false;
    clock_.advance(30s);
    EXPECT_EQ(ask_id(), "AK2");
}

TEST_F(RenewalTest, ThatFailsIsToldOnce) {
    ASSERT_TRUE(ask());
    broken_ = true;
    for (int minute = 46; minute < 60; ++minute) {
        clock_.advance_to(core::TimePoint(1h) + core::Duration(std::chrono::minutes(minute)));
        EXPECT_EQ(ask_id(), "AK1");
    }
    ASSERT_EQ(told_.size(), 1U);
    EXPECT_THAT(told_[0], HasSubstr("gave no keys"));
    EXPECT_THAT(told_[0], HasSubstr("doze goes on with the keys that it has."));
}

/// Keys of a program, which counts its runs and may write files.
class ProgramTest : public RenewalTest {
   protected:
    ProgramTest() {
        broken_ = true;  // No other place has keys.
        variables_.values->erase("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        write_program("");
        write("config", "[default]\ncredential_process = /bin/sh " + path("program") + "\n");
    }

    [[nodiscard]] std::string path(const std::string& name) const { return (home_.path() / ".aws" / name).string(); }

    /// It runs `also` before it prints AKn, which hold for an hour.
    void write_program(const std::string& also) const {
        write_program(also, "\"Expiration\":\"" + core::to_iso(clock_.wall() + 1h) + "\",");
    }
    void write_program(const std::string& also, const std::string& expiration) const {
        write("program", "echo x >> '" + path("runs") + "'\n" + also + "\necho '{\"Version\":1," + expiration +
                             "\"AccessKeyId\":\"AK'$(grep -c x '" + path("runs") +
                             "')'\",\"SecretAccessKey\":\"hush\",\"SessionToken\":\"t\"}'\n");
    }

    [[nodiscard]] std::size_t runs() const { return read("runs").size() / 2; }
};

TEST_F(ProgramTest, IsNotRunAgainForFilesThatItWrites) {
    write_program("printf '[cache]\\naws_access_key_id = A'$(grep -c x '" + path("runs") + "')'\\n' > '" +
                  path("credentials") + "'");
    for (int minute = 0; minute < 30; ++minute) {
        EXPECT_EQ(ask_id(), "AK1");
        clock_.advance(1min);
    }
    EXPECT_EQ(runs(), 1U);
}

TEST_F(ProgramTest, IsNotRunAgainAndAgainForAProfileThatItChangesEachTime) {
    write_program("printf '[default]\\nx_written = '$(grep -c x '" + path("runs") + "')'\\n' > '" +
                  path("credentials") + "'");
    for (int second = 0; second < 40 * 60; second += 5) {
        ASSERT_TRUE(ask());
        clock_.advance(5s);
    }
    EXPECT_LE(runs(), 8U);
}

TEST_F(ProgramTest, IsNotRunAllTheTimeForKeysThatHoldShortly) {
    write_program("", "\"Expiration\":\"" + core::to_iso(clock_.wall() + 15min) + "\",");
    EXPECT_EQ(ask_id(), "AK1");
    for (int second = 0; second < 7 * 60; second += 5) {
        EXPECT_EQ(ask_id(), "AK1");
        clock_.advance(5s);
    }
    clock_.advance(1min);
    EXPECT_EQ(ask_id(), "AK2");
}

TEST_F(ProgramTest, IsNotRunAgainForKeysWithoutAnEndUnlessAwsRefusesThem) {
    write_program("", "");
    for (int hour = 0; hour < 24; ++hour) {
        EXPECT_EQ(ask_id(), "AK1");
        clock_.advance(1h);
    }
    chain_.refused(*ask(), here_, false);
    EXPECT_EQ(ask_id(), "AK2");
}

TEST_F(ProgramTest, IsRunAgainWhereAPersonChangesTheProfile) {
    EXPECT_EQ(ask_id(), "AK1");
    write("config", "[default]\nregion = eu-west-1\ncredential_process = /bin/sh '" + path("program") + "'\n");
    EXPECT_EQ(ask_id(), "AK2");
    EXPECT_EQ(ask_id(), "AK2");
}

TEST_F(ProgramTest, TakesNothingAwayWhileItsFileIsBrokenOrHalfWritten) {
    EXPECT_EQ(ask_id(), "AK1");
    for (const char* text : {"[default", "[default]\ncredential_process = /bin/sh /nowhe", "\xFF", "", "[other]\n"}) {
        write("config", text);
        EXPECT_EQ(ask_id(), "AK1") << text;
        clock_.advance(20s);
        EXPECT_EQ(ask_id(), "AK1") << text;
    }
    write("config", "[default]\ncredential_process = /bin/sh " + path("program") + "\n");
    EXPECT_THAT(ask_id(), testing::AnyOf("AK1", "AK2"));
}

TEST_F(RenewalTest, DoesNotFallToThePlacesBelowWhileAFileIsBeingWritten) {
    write("credentials", "[default]\naws_access_key_id = AKFILE\naws_secret_access_key = hush\n");
    EXPECT_EQ(ask_id(), "AKFILE");
    write("credentials", "");
    EXPECT_EQ(ask_id(), "AKFILE");
    clock_.advance(40s);
    EXPECT_EQ(ask_id(), "AKFILE");
    clock_.advance(40s);
    EXPECT_EQ(ask_id(), "AK3") << "it is gone for good; the place below was asked three times";
}

TEST_F(RenewalTest, KeepsKeysThatAreNowhereAnyMore) {
    variables_.values->erase("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    broken_ = true;
    keyring_.trouble.reset();
    keyring_.secrets.emplace("default", Secret("RING\nhush"));
    EXPECT_EQ(ask_id(), "RING");
    keyring_.trouble = fakes::FakeKeyring::absent();
    clock_.advance(30min);
    EXPECT_EQ(ask_id(), "RING");
    keyring_.trouble.reset();
    keyring_.secrets.clear();
    for (int i = 0; i < 10; ++i) {
        clock_.advance(10min);
        EXPECT_EQ(ask_id(), "RING");
    }
    EXPECT_THAT(told_.back(), HasSubstr("No AWS credentials"));
    chain_.refused(*ask(), here_, true);
    EXPECT_THAT(ask_id(), HasSubstr("No AWS credentials"));
}

TEST_F(RenewalTest, KeepsKeysOfAFileThatIsOnADiskThatIsLocked) {
    broken_ = true;
    write("credentials", "[default]\naws_access_key_id = AKFILE\naws_secret_access_key = hush\n");
    EXPECT_EQ(ask_id(), "AKFILE");
    std::filesystem::remove_all(home_.path() / ".aws");
    for (int hour = 0; hour < 5; ++hour) {
        EXPECT_EQ(ask_id(), "AKFILE");
        clock_.advance(1h);
    }
    write("credentials", "[default]\naws_access_key_id = AKNEW\naws_secret_access_key = hush\n");
    EXPECT_EQ(ask_id(), "AKNEW");
}

TEST_F(RenewalTest, OfAnotherProfileNeverTakesTheKeysOfTheFirst) {
    write("credentials", "[default]\naws_access_key_id = AKFILE\naws_secret_access_key = hush\n");
    EXPECT_EQ(ask_id(), "AKFILE");
    profiles_.choose("other");
    EXPECT_THAT(ask_id(), HasSubstr("There is no profile other"));
    profiles_.choose("");
    EXPECT_EQ(ask_id(), "AKFILE");
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
}  // namespace doze::aws
