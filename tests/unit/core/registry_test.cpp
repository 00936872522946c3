// What a registration tells before anything sleeps.
#include "core/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/engine.hpp"
#include "unit/core/one_engine.hpp"

namespace doze::core::of_registrations {
namespace {

using namespace std::chrono_literals;

template <class Wanted>
const Wanted* find(const std::vector<Effect>& effects) {
    for (const auto& effect : effects)
        if (const auto* found = std::get_if<Wanted>(&effect)) return found;
    return nullptr;
}

TEST(Registering, TellsWhatASleepLoses) {
    const Now now{TimePoint(std::chrono::hours(1)), WallTime(std::chrono::hours(1))};
    auto state = core::start({}, std::nullopt, now);
    (void)core::step(state, Configured{.settings = {}, .registrations = {}}, now);
    const Registration registration{.id = ec2(Region("us-east-1"), InstanceId("i-1"))};
    const auto asked = core::step(state, RegisterRequested{.request = 7, .registration = registration}, now);
    ASSERT_NE(find<Describe>(asked), nullptr);
    EXPECT_EQ(find<Describe>(asked)->depth, Depth::guards);
    const Observation seen{.id = registration.id, .phase = Phase::awake, .losses = {.public_address = "54.1.2.3"}};
    const auto looked = core::step(state, Described{.id = registration.id, .seen = seen}, now);
    ASSERT_NE(find<SaveRegistration>(looked), nullptr);
    const auto saved = core::step(state, Saved{.request = 7, .done = {}}, now);
    ASSERT_NE(find<Reply>(saved), nullptr);
    EXPECT_THAT(find<Reply>(saved)->result->message, testing::HasSubstr("54.1.2.3 will be another one"));
    ASSERT_NE(find<Describe>(saved), nullptr) << "what is new is described at once";
}

TEST(Naming, TakesTheOneThatANamedProfileReachesAndNoneOfTwo) {
    const Now now{TimePoint(std::chrono::hours(1)), WallTime(std::chrono::hours(1))};
    const auto of_profile = [](const char* profile) {
        auto id = ec2(Region("us-east-1"), InstanceId("i-1"));
        id.profile = ProfileName(profile);
        return Registration{.id = id};
    };
    const auto plain = of_profile("").id;
    for (const std::size_t count : {1U, 2U}) {
        auto state = core::start({}, std::nullopt, now);
        std::vector<Registration> registrations{of_profile("dev"), of_profile("prod")};
        registrations.resize(count, of_profile(""));
        (void)core::step(state, Configured{.settings = {}, .registrations = registrations}, now);
        const auto found = find_registered(state, plain);
        const auto ordered = find_requested(state, plain, now);
        if (count == 1) {
            ASSERT_NE(found, state.tracked.end());
            EXPECT_EQ(found->first.profile, ProfileName("dev"));
            EXPECT_TRUE(ordered);
        } else {
            EXPECT_EQ(found, state.tracked.end());
            ASSERT_FALSE(ordered);
            EXPECT_EQ(ordered.error().code, ErrorCode::bad_request);
        }
    }
}

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Registry : public testing::Test, protected OneEngine {
   protected:
    /// A registration is asked for, and its resource described.
    std::vector<std::string> register_seen(const Result<Observation>& answer, bool force = false) {
        (void)step(RegisterRequested{7, {.id = instance(), .force = force}});
        return step(Described{instance(), answer});
    }
    /// One of doze's own rows of a registered instance.
    void begin_with_row(SleepState step, Initiator owner) {
        registrations = {Registration{.id = instance()}};
        state = core::start({{.id = instance(),
                              .sleep_state = step,
                              .initiator = owner,
                              .snapshot = {.desired = 1},
                              .left_size = Size{}}},
                            PresenceRecord{.state = PresenceState::away, .since = now.wall}, now);
        begin();
    }
};

TEST_F(Registry, RefusesWhatCannotBeRegisteredAndSaysWhy) {
    begin();
    auto guarded = seen(Phase::awake);
    guarded.guard = Guard{.why = "The tag env=prod guards it.", .by_tag = true};
    EXPECT_THAT(
        register_seen(guarded),
        Contains("refuse 7: ec2:us-east-1:i-1 is guarded. The tag env=prod guards it. If you are sure, register "
                 "it with force."));
    guarded.guard = Guard{.why = "It can't be stopped."};
    for (const bool force : {false, true})
        EXPECT_THAT(register_seen(guarded, force),
                    Contains("refuse 7: ec2:us-east-1:i-1 is guarded. It can't be stopped."));
    EXPECT_THAT(register_seen(seen(Phase::gone)),
                Contains(HasSubstr("refuse 7: ec2:us-east-1:i-1 is not there. Check its name and region")));
    for (const auto code : {ErrorCode::not_found, ErrorCode::bad_request})
        EXPECT_THAT(register_seen(Error{.code = code, .message = "No."}), Contains("refuse 7: No."));
    EXPECT_TRUE(state.registering.empty());
    EXPECT_TRUE(state.tracked.empty());
}

TEST_F(Registry, TakesWhatIsSureOrCannotBeAskedNow) {
    begin();
    auto guarded = seen(Phase::awake);
    guarded.guard = Guard{.why = "The tag env=prod guards it.", .by_tag = true};
    EXPECT_THAT(register_seen(guarded, true), Contains("register ec2:us-east-1:i-1"));
    EXPECT_THAT(step(Saved{7, {}}), Contains("reply 7: ec2:us-east-1:i-1 is registered."));
    EXPECT_THAT(step(RegisterRequested{8, {.id = instance()}}),
                ElementsAre("refuse 8: ec2:us-east-1:i-1 is registered already."));
    (void)step(UnregisterRequested{9, instance()});
    (void)step(Saved{9, {}});
    (void)register_seen(Error{.code = ErrorCode::aws_error, .message = "No answer."});
    EXPECT_THAT(
        step(Saved{7, {}}),
        Contains("reply 7: ec2:us-east-1:i-1 is registered. AWS could not be asked about it now; its guards are "
                 "checked before each sleep. (No answer.)"));
}

TEST_F(Registry, WaitsForTheFile) {
    begin();
    (void)register_seen(seen(Phase::awake));
    EXPECT_THAT(step(Saved{6, {}}), Not(Contains(HasSubstr("reply")))) << "nobody's";
    EXPECT_THAT(step(Saved{7, Error{.message = "The disk is full."}}), ElementsAre("refuse 7: The disk is full."));
    EXPECT_FALSE(state.tracked.contains(instance()));
    (void)register_seen(seen(Phase::awake));
    EXPECT_THAT(step(Saved{7, {}}),
                ElementsAre("info: ec2:us-east-1:i-1 is registered.", "reply 7: ec2:us-east-1:i-1 is registered.",
                            "describe ec2:us-east-1:i-1"));
}

TEST_F(Registry, RemembersWhoseItIs) {
    begin();
    auto its = seen(Phase::awake);
    its.account = AccountId("111111111111");
    (void)register_seen(its);
    EXPECT_THAT(step(Saved{7, {}}), Contains("account of ec2:us-east-1:i-1 is '111111111111'"));
    EXPECT_EQ(state.accounts.at(instance()), AccountId("111111111111"));
    (void)step(UnregisterRequested{8, instance()});
    EXPECT_THAT(step(Saved{8, {}}), Contains("account of ec2:us-east-1:i-1 is ''"));
    EXPECT_TRUE(state.accounts.empty());
}

TEST_F(Registry, AnEditOfTheFileForgetsWhoseTheOthersAre) {
    registrations = {Registration{.id = instance()}, Registration{.id = instance("i-2")}};
    state = core::start({}, std::nullopt, now, std::nullopt,
                        {{instance(), AccountId("1")}, {instance("i-2"), AccountId("2")}});
    begin();
    EXPECT_EQ(state.tracked.at(instance("i-2")).account, AccountId("2"));
    registrations.pop_back();
    EXPECT_THAT(step(Configured{settings, registrations}), ElementsAre("account of ec2:us-east-1:i-2 is ''"));
    EXPECT_THAT(state.tracked, testing::SizeIs(1));
    EXPECT_THAT(step(Configured{settings, registrations}), IsEmpty());
}

TEST_F(Registry, WhatJoinsInAnAbsenceSleepsInTheNext) {
    begin();
    (void)step(LeaveRequested{1});
    registrations = {Registration{.id = instance()}};
    (void)step(Configured{settings, registrations});
    EXPECT_TRUE(state.tracked.at(instance()).absence_handled);
    (void)step(UnregisterRequested{2, instance()});
    (void)step(Saved{2, {}});
    pass(1min);
    type();
    (void)step(Configured{settings, registrations});
    EXPECT_FALSE(state.tracked.at(instance()).absence_handled);
}

TEST_F(Registry, SaysWhatIsStillOwedToWhatIsUnregistered) {
    const auto unregister = [&] {
        EXPECT_THAT(step(UnregisterRequested{8, instance()}), Contains("remove ec2:us-east-1:i-1"));
        return step(Saved{8, {}});
    };
    begin_with_row(SleepState::asleep, Initiator::doze);
    EXPECT_THAT(unregister(), Contains("reply 8: ec2:us-east-1:i-1 is no longer registered. doze put it to sleep, and "
                                       "wakes it when you are back."));
    EXPECT_TRUE(state.tracked.contains(instance()));
    EXPECT_THAT(step(UnregisterRequested{9, instance()}),
                ElementsAre("refuse 9: ec2:us-east-1:i-1 is not registered. See what is: doze registered"));
    begin_with_row(SleepState::asleep, Initiator::person);
    EXPECT_THAT(unregister(),
                Contains("reply 8: ec2:us-east-1:i-1 is no longer registered. It was stopped by a command, "
                         "and doze keeps the size that it had for its start."));
    begin_with_row(SleepState::left_awake, Initiator::person);
    EXPECT_THAT(unregister(), Contains("reply 8: ec2:us-east-1:i-1 is no longer registered."));
    EXPECT_FALSE(state.tracked.contains(instance()));
}

using CommandsAbout = Registry;

TEST_F(CommandsAbout, WhatIsOutOfReachAreRefused) {
    begin();
    const auto elsewhere = ec2(Region("eu-west-1"), InstanceId("i-1"));
    EXPECT_THAT(step(StartRequested{7, elsewhere}),
                Contains("refuse 7: The region eu-west-1 is not configured. Add it to aws.regions in settings.json, or "
                         "register the resource."));
    EXPECT_THAT(step(StartRequested{7, instance()}), Not(Contains(HasSubstr("refuse"))));
    settings.only_registered = true;
    (void)step(Configured{settings, registrations});
    EXPECT_THAT(
        step(StartRequested{7, instance("i-2")}),
        Contains(HasSubstr("refuse 7: ec2:us-east-1:i-2 is not registered, and commands.only_registered keeps")));
}

TEST_F(CommandsAbout, ASizeAreForWhatHasOne) {
    begin();
    const auto group = asg(Region("us-east-1"), GroupName("fleet"));
    for (const auto& [id, size] : {std::pair(instance(), 2), std::pair(group, -1)})
        EXPECT_THAT(step(ScaleRequested{7, id, size}),
                    Contains("refuse 7: Only EKS node groups and Auto Scaling groups can be scaled, to 0 or more."));
    EXPECT_THAT(step(ScaleRequested{7, group, 0}), Not(Contains(HasSubstr("refuse"))));
}

TEST_F(CommandsAbout, TheSameAreAnsweredTogetherAndOthersOvertakeThem) {
    begin();
    (void)step(StopRequested{1, instance()});
    (void)step(StopRequested{2, instance()});
    EXPECT_THAT(step(StartRequested{3, instance()}),
                ElementsAre("refuse 1: A newer command for the same resource overtook this one.",
                            "refuse 2: A newer command for the same resource overtook this one."));
    const auto answered = step(Described{instance(), seen(Phase::awake)});
    EXPECT_THAT(answered, Contains("reply 3: ec2:us-east-1:i-1 is awake already."));
    const auto group = asg(Region("us-east-1"), GroupName("fleet"));
    (void)step(ScaleRequested{4, group, 2});
    EXPECT_THAT(step(ScaleRequested{5, group, 3}), Contains(HasSubstr("refuse 4: A newer command")));
}

}  // namespace
}  // namespace doze::core::of_registrations
