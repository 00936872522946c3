#include <gmock/gmock.h>
#include <memory>

#include "core/engine.hpp"
#include "protocol/event_stream.hpp"
#include "unit/protocol/desk.hpp"

namespace doze::protocol {
namespace {

using namespace std::chrono_literals;
using core::ActivityKind;

/// A client, with everything it heard.
struct Ear : EventSink {
    void hear(std::string_view event) override { heard.push_back(boost::json::parse(event)); }

    std::vector<boost::json::value> heard;
};

boost::json::value content(std::string_view text) {
    return boost::json::parse(text);
}

class Events : public testing::Test {
   protected:
    Events() {
        presence_.configure({.inactivity_timeout = 10min, .warning = 1min}, boot());
        state_.holds.configure(1min);
        presence_.on_source({.name = "keys", .kind = ActivityKind::keyboard, .state = core::SourceState::running},
                            boot());
        turn();
    }

    [[nodiscard]] core::TimePoint boot() const { return clock_.now().boot; }

    /// As the daemon does: what happened is told, then what is due, until `span` is over.
    void pass(core::Duration span) {
        const auto end = boot() + span;
        while (true) {
            auto next = core::next_deadline(state_);
            const auto tells = stream_.next_deadline();
            if (tells) next = std::min(next.value_or(*tells), *tells);
            if (tells) ++wakes_;
            if (!next || *next > end) break;
            clock_.advance(std::max(*next - boot(), core::Duration::zero()));
            turn();
        }
        clock_.advance(end - boot());
        turn();
    }

    void turn() {
        presence_.advance(boot());
        state_.holds.advance(clock_.now());
        stream_.advance(core::SystemView(state_), clock_.now());
    }

    void signal(ActivityKind kind, bool ongoing = false) {
        const core::ActivitySignal signal{.kind = kind, .at = boot(), .ongoing = ongoing, .source = "keys"};
        presence_.on_signal(signal, boot());
        stream_.on_signal(signal);
        turn();
    }

    [[nodiscard]] auto heard(std::string_view type) const {
        return std::ranges::count_if(ear_->heard, [&](const auto& event) { return text(event.at("type")) == type; });
    }

    fakes::FakeClock clock_;
    core::State state_ = core::start({}, std::nullopt, clock_.now());
    core::Presence& presence_ = state_.presence;
    EventStream stream_;
    std::shared_ptr<Ear> ear_ = std::make_shared<Ear>();
    int wakes_ = 0;
};

TEST_F(Events, AreMessagesOfTheUsualForm) {
    stream_.subscribe(ear_);
    signal(ActivityKind::keyboard);
    ASSERT_EQ(ear_->heard.size(), 1U);
    const auto& event = ear_->heard[0].as_object();
    EXPECT_EQ(event.size(), 5U);
    EXPECT_EQ(text(event.at("id")).size(), 36U);
    EXPECT_EQ(event.at("type"), "USER_ACTIVITY");
    EXPECT_EQ(event.at("timestamp"),
              std::chrono::floor<std::chrono::seconds>(clock_.now().wall).time_since_epoch().count());
    EXPECT_EQ(event.at("source"), "doze");
    EXPECT_EQ(event.at("content"), content(R"({"activity": "KEYBOARD_ACTIVITY", "count": 1})"));
}

TEST_F(Events, AreMergedWithinTheirInterval) {
    stream_.subscribe(ear_);
    for (int i = 0; i < 5; ++i) signal(ActivityKind::pointer);
    EXPECT_EQ(ear_->heard.size(), 1U);
    pass(500ms);
    ASSERT_EQ(ear_->heard.size(), 2U);
    EXPECT_EQ(ear_->heard[1].at("content"), content(R"({"activity": "MOUSE_MOVEMENT", "count": 4})"));
}

TEST_F(Events, DoNotEchoTheWordOfAClient) {
    stream_.subscribe(ear_);
    signal(ActivityKind::session);
    pass(5s);
    EXPECT_TRUE(ear_->heard.empty());
}

TEST_F(Events, CountDownWhileThePersonIsIdle) {
    stream_.subscribe(ear_);
    pass(9min + 2s);
    ASSERT_EQ(ear_->heard.size(), 4U);
    EXPECT_EQ(ear_->heard[0].at("content"), content(R"({"state": "idle", "before": "active"})"));
    ear_->heard.erase(ear_->heard.begin());
    EXPECT_EQ(ear_->heard[0].at("type"), "TIMER_START");
    EXPECT_EQ(ear_->heard[0].at("content"), content(R"({"nowtime": 60000, "maxtime": 60000})"));
    EXPECT_EQ(ear_->heard[1].at("type"), "TIMER_TICK");
    EXPECT_EQ(ear_->heard[1].at("content"), content(R"({"nowtime": 59000, "maxtime": 60000})"));
    EXPECT_EQ(ear_->heard[2].at("content"), content(R"({"nowtime": 58000, "maxtime": 60000})"));
}

TEST_F(Events, TheCountdownNamesWhatTheSleepDoesNotKeep) {
    const auto web = core::ec2(Region("us-east-1"), InstanceId("i-1"));
    state_.tracked[web] = {.id = web, .registration = core::Registration{.id = web}};
    state_.tracked[web].seen =
        core::Observation{.id = web, .phase = core::Phase::awake, .losses = {.instance_store = "m5d.large"}};
    stream_.subscribe(ear_);
    pass(9min + 1s);
    ASSERT_EQ(heard("TIMER_START"), 1);
    for (const auto& event : ear_->heard) {
        if (event.at("type") == "TIMER_START") {
            EXPECT_EQ(
                event.at("content").at("not_kept"),
                boost::json::parse(
                    R"([{"id": "ec2:us-east-1:i-1", "caution": "What is on the instance store of its type m5d.large is lost at each stop."}])"));
        }
        if (event.at("type") == "TIMER_TICK") {
            EXPECT_FALSE(event.at("content").as_object().contains("not_kept"));
        }
    }
}

TEST_F(Events, EndTheCountdownWithTheReturnOfThePerson) {
    stream_.subscribe(ear_);
    pass(9min);
    signal(ActivityKind::keyboard);
    ASSERT_EQ(ear_->heard.size(), 5U);
    EXPECT_EQ(ear_->heard[2].at("type"), "USER_ACTIVITY");
    EXPECT_EQ(ear_->heard[3].at("type"), "PRESENCE");
    EXPECT_EQ(ear_->heard[4].at("type"), "TIMER_END");
    EXPECT_EQ(ear_->heard[4].at("content"), content(R"({"reason": "active"})"));
}

TEST_F(Events, EndTheCountdownWithTheAbsence) {
    stream_.subscribe(ear_);
    pass(1h);
    EXPECT_EQ(heard("TIMER_START"), 1);
    EXPECT_EQ(heard("TIMER_TICK"), 59);
    EXPECT_EQ(ear_->heard.back().at("type"), "TIMER_END");
    EXPECT_EQ(ear_->heard.back().at("content"), content(R"({"reason": "away"})"));
    EXPECT_FALSE(stream_.next_deadline());
}

TEST_F(Events, TellOneWhoComesInTheMiddleHowMuchIsLeft) {
    pass(9min + 30s);
    stream_.subscribe(ear_);
    pass(1s);
    ASSERT_EQ(ear_->heard.size(), 1U);
    EXPECT_EQ(ear_->heard[0].at("type"), "TIMER_TICK");
    EXPECT_EQ(ear_->heard[0].at("content"), content(R"({"nowtime": 29000, "maxtime": 60000})"));
}

TEST_F(Events, CostNoTimeWhileNobodyListens) {
    for (int i = 0; i < 100; ++i) signal(ActivityKind::keyboard);
    pass(1h);
    EXPECT_EQ(wakes_, 0);
    stream_.subscribe(ear_);
    turn();
    EXPECT_TRUE(ear_->heard.empty());  // What was before is nobody's.
}

TEST_F(Events, CostNoTimeOnceTheListenerIsGone) {
    stream_.subscribe(ear_);
    signal(ActivityKind::keyboard);
    signal(ActivityKind::keyboard);
    EXPECT_TRUE(stream_.next_deadline());
    ear_.reset();
    turn();
    EXPECT_FALSE(stream_.next_deadline());
}

TEST_F(Events, ComeOnceToOneWhoAsksTwice) {
    stream_.subscribe(ear_);
    stream_.subscribe(ear_);
    const auto other = std::make_shared<Ear>();
    stream_.subscribe(other);
    signal(ActivityKind::audio, true);
    EXPECT_EQ(ear_->heard.size(), 1U);
    EXPECT_EQ(other->heard.size(), 1U);
}

TEST_F(Events, TellEachStateOfPresence) {
    stream_.subscribe(ear_);
    pass(11min);
    signal(ActivityKind::keyboard);
    std::string states;
    for (const auto& event : ear_->heard)
        if (event.at("type") == "PRESENCE") states += text(event.at("content").at("state")) + " ";
    EXPECT_EQ(states, "idle away active ");
}

TEST_F(Events, CountDownAgainWhenAHoldEndsWhileThePersonIsAway) {
    pass(1h);
    state_.holds.snooze(boot() + 5min, clock_.now());
    stream_.subscribe(ear_);
    pass(5min);
    ASSERT_EQ(ear_->heard.size(), 1U);
    EXPECT_EQ(ear_->heard[0].at("type"), "TIMER_START");
    EXPECT_EQ(ear_->heard[0].at("content"), content(R"({"nowtime": 60000, "maxtime": 60000})"));
    pass(1min);
    EXPECT_EQ(ear_->heard.back().at("type"), "TIMER_END");
    EXPECT_EQ(ear_->heard.back().at("content"), content(R"({"reason": "away"})"));
    EXPECT_EQ(heard("TIMER_TICK"), 59);
}

TEST_F(Events, TellOfEachResourceThatChanged) {
    const Region region("us-east-1");
    state_.inventory.keep_regions({region});
    auto web = instance("us-east-1", "i-00000001");
    const auto list = [&](std::vector<core::EcsService> services) {
        state_.inventory.put(core::Kind::ec2, region, std::vector{web, instance("us-east-1", "i-00000002")},
                             clock_.now());
        state_.inventory.put(core::Kind::ecs, region, std::vector{ecs_cluster("us-east-1", "dev", std::move(services))},
                             clock_.now());
        ++state_.revision;
        turn();
    };
    stream_.subscribe(ear_);
    const auto api = service("us-east-1", "dev", "api");
    auto idle = service("us-east-1", "dev", "idle");
    list({api, idle});
    pass(1s);
    list({api, idle});
    pass(1s);
    EXPECT_TRUE(ear_->heard.empty()) << "nothing changed";

    web.seen.state = "stopping";
    idle.desired_count = 7;
    list({api, idle});
    EXPECT_TRUE(ear_->heard.empty()) << "what comes together is compared once";
    web.seen.state = "stopped";
    list({api, idle});
    pass(1s);
    ASSERT_EQ(ear_->heard.size(), 2U);
    EXPECT_EQ(ear_->heard[0].at("type"), "AWS_EC2_UPDATE");
    const auto& instances = ear_->heard[0].at("content").at("instances").as_array();
    ASSERT_EQ(instances.size(), 2U) << "clients of the original take it for the whole list";
    EXPECT_EQ(instances[0].at("id"), "i-00000001");
    EXPECT_EQ(instances[0].at("state"), "stopped");
    EXPECT_EQ(ear_->heard[0].at("content").at("changed"), content(R"(["i-00000001"])"));
    EXPECT_EQ(ear_->heard[1].at("type"), "AWS_ECS_UPDATE");
    const auto& cluster = ear_->heard[1].at("content").at("clusters").at(0);
    EXPECT_EQ(cluster.at("name"), "dev");
    EXPECT_EQ(cluster.at("services").as_array().size(), 1U);
    EXPECT_EQ(cluster.at("services").at(0).at("desired_count"), 7);
}

TEST_F(Events, TellAllInstancesThatEachConnectionShows) {
    const std::vector regions{Region("eu-west-1"), Region("us-east-1")};
    state_.inventory.keep_regions(regions);
    const auto list = [&](std::vector<core::Ec2Instance> here, std::string_view state) {
        for (auto& one : here) one.seen.state = state;
        state_.inventory.put(core::Kind::ec2, regions[0], std::vector{instance("eu-west-1", "i-00000009")},
                             clock_.now());
        state_.inventory.put(core::Kind::ec2, regions[1], here, clock_.now());
        ++state_.revision;
        turn();
        pass(1s);
    };
    const auto here = std::make_shared<Ear>();
    const auto gone = std::make_shared<Ear>();
    here->show_region("us-east-1");
    gone->show_region("ap-south-1");  // Not configured any more.
    for (const auto& each : {ear_, here, gone}) stream_.subscribe(each);
    const auto shown = [&](const std::shared_ptr<Ear>& ear) {
        if (ear->heard.empty()) return std::size_t{0};
        EXPECT_EQ(ear->heard.back().at("type"), "AWS_EC2_UPDATE");
        return ear->heard.back().at("content").at("instances").as_array().size();
    };
    list({instance("us-east-1", "i-00000001"), instance("us-east-1", "i-00000002")}, "running");
    EXPECT_EQ(shown(ear_), 0U) << "the first list is no change";
    list({instance("us-east-1", "i-00000001"), instance("us-east-1", "i-00000002")}, "stopped");
    EXPECT_EQ(ear_->heard.size(), 1U) << "once, however many changed";
    EXPECT_EQ(shown(ear_), 3U);
    EXPECT_EQ(shown(here), 2U);
    EXPECT_EQ(shown(gone), 3U);
    list({instance("us-east-1", "i-00000001")}, "stopped");
    EXPECT_EQ(ear_->heard.size(), 2U);
    EXPECT_EQ(shown(ear_), 2U) << "one is gone";
    list({instance("us-east-1", "i-00000001"), instance("us-east-1", "i-00000003")}, "stopped");
    EXPECT_EQ(shown(ear_), 3U) << "one is new";
}

TEST_F(Events, OfOtherKindsNeverHaveInstances) {
    for (const auto& kind : core::kinds())
        EXPECT_EQ(kind.array == "instances", kind.kind == core::Kind::ec2) << kind.word;
}

TEST_F(Events, TellTheTimerEachSecondToWhoWantsIt) {
    ear_->want_timer(true);
    const auto other = std::make_shared<Ear>();
    state_.settings.presence.inactivity_timeout = 10min;
    stream_.subscribe(ear_);
    stream_.subscribe(other);
    turn();
    ASSERT_EQ(ear_->heard.size(), 1U) << "at once";
    EXPECT_EQ(ear_->heard[0].at("type"), "USER_ACTIVITY");
    const auto all = [&](std::string_view activity) {
        return std::ranges::count_if(ear_->heard, [&](const auto& event) {
            return event.at("type") == "USER_ACTIVITY" && text(event.at("content").at("activity")) == activity;
        });
    };
    pass(5s);
    ASSERT_EQ(ear_->heard.size(), 6U);
    EXPECT_EQ(ear_->heard.back().at("content"),
              content(R"({"activity": "TIMER_TICK", "nowtime": 595000, "maxtime": 600000})"));
    EXPECT_TRUE(other->heard.empty());
    pass(1h);
    EXPECT_EQ(all("TIMER_END"), 1);
    EXPECT_EQ(ear_->heard.back().at("content"),
              content(R"({"activity": "TIMER_TICK", "nowtime": 0, "maxtime": 600000})"));
    signal(ActivityKind::keyboard);
    EXPECT_EQ(all("TIMER_START"), 3) << "seen first, idle, back";
    ear_->want_timer(false);
    const auto before = all("TIMER_TICK");
    pass(1min);
    EXPECT_EQ(all("TIMER_TICK"), before);
}

TEST(EventsCommand, GreetsOnceAfterTheReply) {
    Desk desk;
    const auto ear = std::make_shared<Ear>();
    std::size_t heard_before_reply = 0;
    for (int i = 0; i < 2; ++i)
        desk.dispatcher.handle(R"({"type": "EVENTS", "content": {"timer": true}})", no_limit,
                               [&](std::string_view) {
                                   heard_before_reply = std::max(heard_before_reply, i == 0 ? ear->heard.size() : 0);
                               },
                               ear);
    EXPECT_EQ(heard_before_reply, 0U);
    ASSERT_EQ(ear->heard.size(), 1U);
    EXPECT_EQ(ear->heard[0].at("type"), "connection");
    EXPECT_TRUE(ear->wants_timer());
    desk.dispatcher.handle(R"({"type": "EVENTS", "content": {"timer": false}})", no_limit, [](std::string_view) {},
                           ear);
    EXPECT_FALSE(ear->wants_timer());
}

TEST(EventsCommand, SubscribesTheConnectionAndAnswersOnce) {
    Desk desk;
    const auto ear = std::make_shared<Ear>();
    int replies = 0;
    for (const std::string_view message : {"EVENTS", R"({"type": "EVENTS", "id": "7"})"}) {
        desk.dispatcher.handle(
            message, no_limit,
            [&](std::string_view reply) {
                ++replies;
                EXPECT_EQ(error_of(boost::json::parse(reply)), "");
                EXPECT_FALSE(message_of(boost::json::parse(reply)).empty());
            },
            ear);
    }
    EXPECT_EQ(replies, 2);
    ASSERT_EQ(desk.host.subscribed.size(), 2U);
    EXPECT_EQ(desk.host.subscribed[1].lock(), ear);
}

TEST(Greeting, IsHeardFirstAndSubscribes) {
    Desk desk;
    const auto ear = std::make_shared<Ear>();
    desk.dispatcher.greet(ear);
    ASSERT_EQ(ear->heard.size(), 1U);
    const auto& greeting = ear->heard.front().as_object();
    EXPECT_EQ(greeting.at("type"), "connection");
    EXPECT_EQ(greeting.at("status"), "connected");
    EXPECT_EQ(greeting.at("source"), "doze");
    EXPECT_EQ(greeting.at("content").at("version"), "1.2.3");
    ASSERT_EQ(desk.host.subscribed.size(), 1U);
    EXPECT_EQ(desk.host.subscribed.front().lock(), ear);
}

TEST(EventsCommand, IsRefusedWhereThereIsNoConnection) {
    Desk desk;
    for (const std::string_view message : {"EVENTS", R"({"type": "EVENTS"})"}) {
        const auto reply = desk.ask(message);
        EXPECT_EQ(error_of(reply), "BAD_REQUEST");
        EXPECT_THAT(message_of(reply), testing::HasSubstr("only on a connection"));
    }
    EXPECT_TRUE(desk.host.subscribed.empty());
}

}  // namespace
}  // namespace doze::protocol
