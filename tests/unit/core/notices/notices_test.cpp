#include "core/notices/notices.hpp"

#include <fmt/chrono.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/engine.hpp"

namespace doze::notices {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A person at a keyboard, and what is registered; time moves only when told.
class NoticesTest : public testing::Test {
   protected:
    NoticesTest() {
        state.configured = true;
        state.settings.regions = {region};
        state.inventory.keep_regions({region});
        state.presence.on_source(
            {.name = "x11", .kind = core::ActivityKind::keyboard, .state = core::SourceState::running}, now.boot);
        type();
    }

    core::ResourceRecord& add(const std::string& name, core::Phase phase = core::Phase::awake) {
        const auto id = core::ec2(region, InstanceId("i-" + name));
        core::ResourceRecord tracked{.id = id, .registration = core::Registration{.id = id}};
        tracked.seen = core::Observation{.id = id, .phase = phase, .size = {.desired = 1}};
        instances.push_back(
            {.seen = *tracked.seen, .name = name, .type = "t3.micro", .public_ip = {}, .private_ip = {}});
        state.inventory.put(core::Kind::ec2, region, instances, now);
        ++state.revision;
        return state.tracked.insert_or_assign(id, std::move(tracked)).first->second;
    }

    /// doze put it to sleep.
    static void put_to_sleep(core::ResourceRecord& tracked) {
        tracked.entry = core::JournalEntry{
            .id = tracked.id, .sleep_state = core::SleepState::asleep, .called_at = core::WallTime(1h)};
        tracked.seen->phase = core::Phase::asleep;
    }
    void wake(core::ResourceRecord& tracked) {
        tracked.entry.reset();
        tracked.seen->phase = core::Phase::awake;
        ++state.revision;
    }
    void fail(core::ResourceRecord& tracked, Error error) {
        tracked.trouble = std::move(error);
        ++tracked.calls.attempts;
        ++state.revision;
    }

    void pass(core::Duration time) {
        now.boot += time;
        now.wall += time;
        state.presence.advance(now.boot);
    }
    void type() {
        now.boot += 4s;  // Leaving is deaf for a moment.
        now.wall += 4s;
        state.presence.on_signal({.kind = core::ActivityKind::keyboard, .at = now.boot, .source = "x11"}, now.boot);
    }
    Notices::Changes update() { return notices.update(core::SystemView(state), now); }
    /// What is shown of a subject with the next update, if anything is.
    std::optional<Text> shown(Subject subject) {
        for (const auto& notice : update().show)
            if (notice.subject == subject) return notice.text;
        return std::nullopt;
    }
    std::optional<Text> failure() { return shown(Subject::failure); }

    const Region region{"eu-west-1"};
    core::Now now{core::TimePoint(1h), std::chrono::sys_days(std::chrono::year(2026) / 1 / 5) + 8h};
    core::State state = core::start({}, std::nullopt, now);
    std::vector<core::Ec2Instance> instances;
    Notices notices{Language::english, [](core::WallTime time) {
                        return fmt::format("{:%H:%M}", std::chrono::floor<std::chrono::seconds>(time));
                    }};
};

TEST_F(NoticesTest, WarnsWhenTheCountdownBegins) {
    add("web");
    pass(25min - 1s);
    EXPECT_THAT(update().show, IsEmpty());
    pass(1s);
    const auto changes = update();
    ASSERT_EQ(changes.show.size(), 1);
    EXPECT_EQ(changes.show[0].text, (Text{"web goes to sleep at 08:30", "Unless you come back before."}));
    EXPECT_TRUE(changes.show[0].has_buttons);
    pass(1min);
    EXPECT_THAT(update().show, IsEmpty()) << "it stands";
}

TEST_F(NoticesTest, WarnsOfWhatTheSleepDoesNotKeep) {
    auto& web = add("web");
    add("api");
    web.seen->losses = {.instance_store = "m5d.large"};
    pass(26min);
    EXPECT_THAT(shown(Subject::before_sleep)->body,
                HasSubstr("\nweb: What is on the instance store of its type m5d.large is lost"));
    web.seen->losses = {.public_address = "54.1.2.3"};
    ++state.revision;
    EXPECT_THAT(shown(Subject::before_sleep)->body,
                HasSubstr("\nweb: Its public address 54.1.2.3 will be another one"));
    EXPECT_THAT(update().show, IsEmpty());
}

TEST_F(NoticesTest, NamesOnlyWhatWouldSleep) {
    add("asleep", core::Phase::asleep);
    add("prod").seen->guard = core::Guard{.why = "The tag env=prod guards it.", .by_tag = true};
    auto& forced = add("forced");
    forced.seen->guard = core::Guard{.why = "The tag env=prod guards it.", .by_tag = true};
    forced.registration->force = true;
    add("owed").registration.reset();
    pass(26min);
    EXPECT_EQ(shown(Subject::before_sleep)->summary, "forced goes to sleep at 08:30");
}

TEST_F(NoticesTest, SaysNothingWhereNothingWouldSleep) {
    add("asleep", core::Phase::asleep);
    pass(26min);
    EXPECT_THAT(update().show, IsEmpty());
    pass(10min);
    EXPECT_THAT(update().close, IsEmpty());
}

TEST_F(NoticesTest, LeavesWhoReachesForAButtonTheTimeToPressIt) {
    add("web");
    pass(26min);
    EXPECT_TRUE(shown(Subject::before_sleep));
    type();
    EXPECT_THAT(update().close, IsEmpty());
    ASSERT_TRUE(notices.next_deadline());
    pass(*notices.next_deadline() - now.boot);
    EXPECT_THAT(update().close, ElementsAre(Subject::before_sleep));
    EXPECT_FALSE(notices.next_deadline());
    pass(1min);
    EXPECT_THAT(update().close, IsEmpty());
}

TEST_F(NoticesTest, IsGoneAtOnceWhenTheSleepBegins) {
    add("web");
    pass(26min);
    EXPECT_TRUE(shown(Subject::before_sleep));
    type();
    update();
    state.presence.on_leave(now.boot);
    EXPECT_THAT(update().close, ElementsAre(Subject::before_sleep));
}

TEST_F(NoticesTest, FollowsALockedScreenThatShortensTheCountdown) {
    add("web");
    pass(27min);
    EXPECT_EQ(shown(Subject::before_sleep)->summary, "web goes to sleep at 08:30");
    type();
    update();
    state.presence.on_session(core::SessionEvent::locked, now.boot);
    pass(3min);
    EXPECT_EQ(shown(Subject::before_sleep)->summary, "web goes to sleep at 08:32");
    EXPECT_FALSE(notices.next_deadline());
}

TEST_F(NoticesTest, SaysNothingWhileAHoldIsOnAndWarnsAfterIt) {
    add("web");
    state.holds.snooze(now.boot + 1h, now);
    pass(26min);
    EXPECT_THAT(update().show, IsEmpty());
    pass(34min);
    state.holds.advance(now);
    ASSERT_TRUE(state.presence.is_away());
    EXPECT_EQ(shown(Subject::before_sleep)->summary, "web goes to sleep at 09:05");
    pass(5min);
    state.holds.advance(now);
    EXPECT_THAT(update().close, ElementsAre(Subject::before_sleep));
}

TEST_F(NoticesTest, SaysThatADryRunChangesNothing) {
    add("web");
    state.settings.dry_run = true;
    pass(26min);
    EXPECT_THAT(shown(Subject::before_sleep)->body, HasSubstr("dry run"));
}

TEST_F(NoticesTest, TellsWhenAllIsAwakeAgain) {
    auto& web = add("web");
    auto& api = add("api");
    put_to_sleep(web);
    put_to_sleep(api);
    state.presence.on_leave(now.boot);
    update();
    type();
    EXPECT_THAT(update().show, IsEmpty());
    pass(40s);
    wake(web);
    EXPECT_THAT(update().show, IsEmpty());
    pass(30s);
    wake(api);
    EXPECT_EQ(shown(Subject::awake_again), (Text{"All awake again", "api, web\n70 s after you came back."}));
    EXPECT_THAT(update().show, IsEmpty());
}

TEST_F(NoticesTest, SaysNothingOfWhatSomebodyElseHasNow) {
    auto& web = add("web");
    put_to_sleep(web);
    state.presence.on_leave(now.boot);
    update();
    type();
    update();
    web.entry.reset();  // Changed by hand: it stays asleep.
    EXPECT_THAT(update().show, IsEmpty());
}

TEST_F(NoticesTest, ForgetsAReturnThatWasShort) {
    auto& web = add("web");
    put_to_sleep(web);
    state.presence.on_leave(now.boot);
    update();
    type();
    update();
    state.presence.on_leave(now.boot);
    update();
    wake(web);
    EXPECT_FALSE(shown(Subject::awake_again));
}

TEST_F(NoticesTest, TellsWhatFailedAndWhatToDo) {
    auto& web = add("web");
    put_to_sleep(web);
    web.entry->sleep_state = core::SleepState::waking;
    fail(web, {.code = ErrorCode::access_denied, .message = "AWS refuses.", .next_step = "Allow ec2:StartInstances."});
    const auto changes = update();
    ASSERT_EQ(changes.show.size(), 1);
    EXPECT_EQ(changes.show[0].text, (Text{"web could not be woken", "AWS refuses. Allow ec2:StartInstances."}));
    EXPECT_TRUE(changes.show[0].is_urgent);
    ++state.revision;
    EXPECT_FALSE(failure()) << "once";
    web.trouble.reset();
    ++state.revision;
    EXPECT_THAT(update().close, ElementsAre(Subject::failure));
}

TEST_F(NoticesTest, LetsANetworkComeUpFirst) {
    auto& web = add("web");
    put_to_sleep(web);
    web.entry->sleep_state = core::SleepState::waking;
    const Error network{.code = ErrorCode::aws_error, .message = "No network.", .recovery = Recovery::retry};
    fail(web, network);
    EXPECT_FALSE(failure());
    fail(web, network);
    EXPECT_FALSE(failure());
    fail(web, network);
    EXPECT_EQ(failure()->summary, "web could not be woken");
}

TEST_F(NoticesTest, GathersWhatFailsTogether) {
    for (const char* name : {"a", "b", "c", "d"}) fail(add(name), {.message = "No."});
    const auto text = failure();
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, (Text{"4 problems",
                           "a could not be looked at: No.\nb could not be looked at: No.\nc could not be looked at: "
                           "No.\nand 1 more"}));
}

TEST_F(NoticesTest, TellsOneCauseOfManyOnce) {
    add("web");
    const Error expired{.code = ErrorCode::no_credentials, .message = "Expired.", .next_step = "Run aws sso login."};
    state.inventory.fail(core::Kind::ec2, region, expired);
    EXPECT_EQ(failure(), (Text{"AWS can't be asked", "Expired. Run aws sso login."}));
    ++state.revision;
    EXPECT_FALSE(failure());
    // Where nothing is registered it matters to nobody.
    state.inventory.fail(core::Kind::ec2, Region("us-east-1"), {.message = "Denied."});
    ++state.revision;
    EXPECT_FALSE(failure());
}

TEST_F(NoticesTest, TellsOfAnotherAccountOnceForAllThatSleepsInTheFirst) {
    for (const auto* name : {"web", "api"}) {
        auto& tracked = add(name);
        put_to_sleep(tracked);
        fail(tracked,
             {.code = ErrorCode::other_account, .message = "It is of account A.", .recovery = Recovery::retry});
    }
    EXPECT_EQ(shown(Subject::failure)->body, "It is of account A.");
    EXPECT_FALSE(shown(Subject::failure));
}

TEST_F(NoticesTest, SaysThatTheJournalCantBeWritten) {
    update();
    const Error full{.message = "The disk is full.", .next_step = "Make room."};
    const auto changes = notices.update(core::SystemView(state), now, full);
    ASSERT_EQ(changes.show.size(), 1);
    EXPECT_EQ(changes.show[0].text,
              (Text{"The journal can't be written, so nothing is put to sleep", "The disk is full. Make room."}));
    EXPECT_THAT(notices.update(core::SystemView(state), now, full).show, IsEmpty());
    EXPECT_THAT(update().close, ElementsAre(Subject::failure));
}

TEST_F(NoticesTest, SaysThatItIsBlind) {
    update();
    state.told_blind = true;
    ++state.revision;
    EXPECT_EQ(failure()->summary, "doze can't see whether you are there");
    state.told_blind = false;
    ++state.revision;
    EXPECT_THAT(update().close, ElementsAre(Subject::failure));
}

}  // namespace
}  // namespace doze::notices
