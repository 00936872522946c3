#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "unit/protocol/desk.hpp"

namespace doze::protocol {
namespace {

using core::Phase;

class Status : public testing::Test {
   protected:
    void track(const core::ResourceId& id, Phase phase) {
        desk.host.change().tracked.emplace(
            id, core::ResourceRecord{.id = id,
                                     .registration = core::Registration{.id = id, .description = "mine"},
                                     .seen = core::Observation{.id = id, .phase = phase, .state = "running"}});
    }
    core::ResourceRecord& tracked(const core::ResourceId& id) { return desk.host.change().tracked.at(id); }

    static core::ResourceId instance_number(int number) {
        return core::ec2(Region("us-east-1"), InstanceId("i-" + std::to_string(10'000'000 + number)));
    }

    Desk desk;
};

TEST_F(Status, IsABareObjectThatBeginsWithSuccess) {
    const auto reply = desk.ask_text("STATUS");
    EXPECT_TRUE(
        reply.starts_with(R"({"status":"success","version":"1.2.3","uptime_seconds":90,"dry_run":false,"presence":{)"))
        << reply;
}

TEST_F(Status, IsTheSameInAMessage) {
    auto bare = desk.ask("STATUS").as_object();
    bare.erase("status");
    for (const std::string_view type : {"SYSTEM_STATUS", "STATUS"}) {
        const auto reply = desk.ask(R"({"id":"s","type":")" + std::string(type) + "\"}");
        EXPECT_EQ(text(reply.at("type")), type);
        EXPECT_EQ(reply.at("content"), boost::json::value(bare));
    }
}

TEST_F(Status, TellsPresenceAndItsSources) {
    auto& presence = desk.host.change().presence;
    presence.on_source({.name = "x11", .kind = core::ActivityKind::keyboard, .state = core::SourceState::running},
                       desk.host.clock.boot());
    presence.on_signal({.kind = core::ActivityKind::keyboard, .at = desk.host.clock.boot()}, desk.host.clock.boot());
    desk.host.clock.advance(std::chrono::seconds(60));
    const auto reply = desk.ask("STATUS");
    const auto& told = reply.at("presence").as_object();
    EXPECT_EQ(told.at("state"), "active");
    EXPECT_EQ(told.at("for_seconds"), 60);
    EXPECT_EQ(told.at("since"), 1'767'600'000);
    EXPECT_EQ(told.at("away_in_seconds"), 29 * 60);
    EXPECT_EQ(told.at("locked"), false);
    EXPECT_EQ(boost::json::serialize(reply.at("sources")),
              R"([{"name":"x11","kind":"keyboard","state":"running","detail":""}])");
    EXPECT_EQ(reply.at("last_signals").at("keyboard"), 60);
    EXPECT_TRUE(reply.at("last_signals").at("audio").is_null());
    EXPECT_EQ(reply.at("holds").as_array().size(), 0U);
}

TEST_F(Status, CountsTheRegisteredResources) {
    track(instance_number(1), Phase::awake);
    track(instance_number(2), Phase::asleep);
    track(instance_number(3), Phase::falling_asleep);
    track(instance_number(4), Phase::awake);
    tracked(instance_number(4)).seen->settled = false;
    track(instance_number(5), Phase::awake);
    tracked(instance_number(5)).seen->guard = core::Guard{.why = "Never."};
    track(instance_number(6), Phase::gone);
    tracked(instance_number(6)).trouble = Error{.message = "Not there."};
    track(instance_number(7), Phase::awake);
    tracked(instance_number(7)).registration.reset();
    track(instance_number(8), Phase::asleep);
    tracked(instance_number(8)).entry =
        core::JournalEntry{.id = instance_number(8), .sleep_state = core::SleepState::asleep};
    track(instance_number(9), Phase::asleep);
    tracked(instance_number(9)).entry = core::JournalEntry{
        .id = instance_number(9), .sleep_state = core::SleepState::asleep, .initiator = core::Initiator::person};
    track(instance_number(10), Phase::gone);
    const auto status = desk.ask("STATUS");
    EXPECT_EQ(boost::json::serialize(status.at("counts")),
              R"({"registered":9,"asleep":1,"stopped":2,"awake":2,"in_transit":2,"guarded":1,"trouble":2})")
        << "asleep is what doze wakes; what AWS does not have is in trouble";
    const auto find = [&](int number) {
        for (const auto& each : status.at("resources").as_array())
            if (text(each.at("id")) == core::to_string(instance_number(number))) return each.as_object();
        return boost::json::object();
    };
    EXPECT_TRUE(find(9).at("stopped_by_you").as_bool());
    EXPECT_FALSE(find(9).at("asleep").as_bool());
    EXPECT_FALSE(find(8).contains("stopped_by_you"));
    EXPECT_TRUE(find(10).at("trouble").is_string());
}

TEST_F(Status, ShowsEachResource) {
    const auto id = core::eks(Region("us-east-1"), ClusterName("dev"), NodegroupName("nodes"));
    track(id, Phase::asleep);
    tracked(id).seen->size = {.desired = 0, .min = 0, .max = 4};
    tracked(id).entry = core::JournalEntry{
        .id = id, .sleep_state = core::SleepState::asleep, .snapshot = {.desired = 2, .min = 1, .max = 4}};
    EXPECT_EQ(
        boost::json::serialize(desk.ask("STATUS").at("resources")),
        R"([{"id":"eks:us-east-1:dev/nodes","kind":"eks","region":"us-east-1","description":"mine","registered":true,"state":"running","phase":"asleep","step":"asleep","asleep":true,"since":0,"guard":null,"trouble":null,"size":{"desired":0,"min":0,"max":4},"snapshot":{"desired":2,"min":1,"max":4}}])");
}

TEST_F(Status, CountsWhatAwsLacksAndWhatDoesNotPassAsTrouble) {
    const auto gone = core::rds(Region("us-east-1"), DatabaseName("orders"));
    track(gone, Phase::gone);
    tracked(gone).seen->state = "";
    const auto failed = core::rds(Region("us-east-1"), DatabaseName("failed"));
    track(failed, Phase::changing);
    tracked(failed).seen->state = "storage-full";
    tracked(failed).seen->stuck = true;
    tracked(failed).seen->advice = "Enlarge its storage.";
    const auto status = desk.ask("STATUS");
    EXPECT_EQ(status.at("counts").at("trouble"), 2);
    const auto resources = status.at("resources").as_array();
    EXPECT_EQ(resources.at(0).at("trouble"),
              "rds:us-east-1:failed is storage-full, a state that does not pass by itself. Enlarge its storage.");
    EXPECT_EQ(resources.at(1).at("trouble"),
              "AWS has no such RDS instance in us-east-1: rds:us-east-1:orders. Check its name, region and account, or "
              "unregister it.");
}

TEST_F(Status, ShowsHowOldEachRegionIs) {
    desk.host.forget_lists();
    auto& inventory = desk.host.change().inventory;
    inventory.put(core::Kind::ec2, Region("us-east-1"), std::vector<core::Ec2Instance>(), desk.host.now());
    inventory.fail(core::Kind::ec2, Region("us-east-1"), {.message = "Refused."});
    desk.host.clock.advance(std::chrono::seconds(5));
    const auto regions = desk.ask("STATUS").at("regions").as_array();
    ASSERT_EQ(regions.size(), 3U);
    EXPECT_EQ(boost::json::serialize(regions.at(0)), R"({"region":"eu-west-1","age_seconds":null})");
    EXPECT_EQ(boost::json::serialize(regions.at(1)), R"({"region":"us-east-1","age_seconds":null})");
    EXPECT_EQ(boost::json::serialize(regions.at(2)),
              R"({"region":"us-east-1","kind":"ec2","age_seconds":5,"error":"Refused."})");
}

TEST_F(Status, LeavesOutTheLongPartsFirst) {
    for (int number = 0; number < 50; ++number) track(instance_number(number), Phase::awake);
    desk.host.change().presence.on_source({.name = "x11",
                                           .kind = core::ActivityKind::keyboard,
                                           .state = core::SourceState::unavailable,
                                           .detail = std::string(3000, 'd')},
                                          desk.host.clock.boot());
    const auto medium = desk.ask("STATUS", 4096).as_object();
    EXPECT_EQ(medium.at("truncated"), true);
    EXPECT_FALSE(medium.contains("resources"));
    EXPECT_TRUE(medium.contains("regions"));
    for (const std::string_view ask :
         {"STATUS", R"({"id":"00000000-0000-4000-8000-000000000000","type":"SYSTEM_STATUS"})"}) {
        const auto reply = desk.ask(ask, 512);
        EXPECT_LE(desk.replies.back().size(), 512U);
        const auto& small = ask == "STATUS" ? reply.as_object() : reply.at("content").as_object();
        EXPECT_EQ(small.at("truncated"), true);
        EXPECT_EQ(small.at("counts").at("registered"), 50);
    }
}

}  // namespace
}  // namespace doze::protocol
