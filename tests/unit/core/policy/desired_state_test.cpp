// Every rule of what should be with a resource, a row each.
#include "core/policy/desired_state.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace doze::core::desired_states {
namespace {

using namespace std::chrono_literals;
using enum DesiredState::State;
using Source = DesiredState::Source;

constexpr auto by_person = Initiator::person;
const Guard guard{.why = "The tag env=prod guards it.", .by_tag = true};
const TimePoint later{1h};

struct Row {
    std::string rule;
    PolicyInputs in;
    DesiredState::State state;
    Reason reason;
    Source source;
};

PolicyInputs registered(PolicyInputs in) {
    in.registered = true;
    return in;
}

class Rule : public testing::TestWithParam<Row> {};

TEST_P(Rule, Holds) {
    const auto& row = GetParam();
    const auto desired = desired_state(row.in);
    EXPECT_EQ(desired.state, row.state) << row.rule;
    EXPECT_EQ(desired.reason, row.reason) << row.rule;
    EXPECT_EQ(desired.source, row.source) << row.rule;
}

using S = SleepState;

const std::vector<Row> untouched{
    {"while the person is there nothing is put to sleep", registered({}), leave_alone, Reason::presence,
     Source::presence},
    {"nor woken: what they stopped by hand stays stopped", registered({.requested_awake = true}), leave_alone,
     Reason::presence, Source::presence},
    {"away puts what is registered to sleep", registered({.away = true}), asleep, Reason::away, Source::presence},
    {"and nothing else", {.away = true}, leave_alone, Reason::configured, Source::registration},
    {"what they asked for stays awake", registered({.away = true, .requested_awake = true}), awake, Reason::command,
     Source::request},
    {"whatever holds", registered({.away = true, .held = true, .requested_awake = true}), awake, Reason::command,
     Source::request},
    {"a hold keeps everything awake", registered({.away = true, .held = true}), leave_alone, Reason::held,
     Source::hold},
    {"before anything that would settle the absence", registered({.away = true, .held = true, .guard = guard}),
     leave_alone, Reason::held, Source::hold},
    {"also what has been dealt with: it is considered again after the hold",
     registered({.away = true, .held = true, .settled = true}), leave_alone, Reason::held, Source::hold},
    {"each absence deals with it once", registered({.away = true, .settled = true}), leave_alone,
     Reason::started_by_hand, Source::absence},
    {"unknown never puts anything to sleep", registered({.away = true, .blind = true}), leave_alone, Reason::blind,
     Source::blindness},
    {"blind, and the person is there for all that is known", registered({.blind = true}), leave_alone, Reason::presence,
     Source::presence},
    {"blind says nothing of guards", registered({.away = true, .blind = true, .guard = guard}), leave_alone,
     Reason::blind, Source::blindness},
    {"what is guarded is never put to sleep", registered({.away = true, .guard = guard}), leave_alone, Reason::guarded,
     Source::guard},
    {"what a sleep erases is told before", registered({.away = true, .untold_loss = "Its instance store."}),
     leave_alone, Reason::guarded, Source::loss},
    {"what works stays awake for now", registered({.away = true, .busy = "web is busy."}), leave_alone, Reason::busy,
     Source::load},
    {"a guard goes before what may pass", registered({.away = true, .guard = guard, .busy = "web is busy."}),
     leave_alone, Reason::guarded, Source::guard},
    {"and so does what must be told", registered({.away = true, .untold_loss = "Its store.", .busy = "web is busy."}),
     leave_alone, Reason::guarded, Source::loss},
};

const std::vector<Row> left{
    {"what somebody woke stays awake in this absence",
     {.away = true, .sleep_state = S::left_awake},
     leave_alone,
     Reason::started_by_hand,
     Source::absence},
    {"registered or not", registered({.away = true, .sleep_state = S::left_awake}), leave_alone,
     Reason::started_by_hand, Source::absence},
    {"until the person is back", {.sleep_state = S::left_awake}, leave_alone, Reason::presence, Source::presence},
    {"or a hold has it considered again",
     {.away = true, .held = true, .sleep_state = S::left_awake},
     leave_alone,
     Reason::held,
     Source::hold},
    {"but for what they asked for",
     {.away = true, .held = true, .sleep_state = S::left_awake, .requested_awake = true},
     awake,
     Reason::command,
     Source::request},
    {"which ends with their return like the rest",
     {.sleep_state = S::left_awake, .requested_awake = true},
     leave_alone,
     Reason::presence,
     Source::presence},
};

const std::vector<Row> falling_asleep{
    {"a sleep that has begun goes on",
     {.away = true, .sleep_state = S::sleeping},
     asleep,
     Reason::away,
     Source::presence},
    {"though the absence has been dealt with",
     {.away = true, .sleep_state = S::sleeping, .settled = true},
     asleep,
     Reason::away,
     Source::presence},
    {"until the person is back", {.sleep_state = S::sleeping}, awake, Reason::returned, Source::presence},
    {"or asks for it",
     {.away = true, .sleep_state = S::sleeping, .requested_awake = true},
     awake,
     Reason::command,
     Source::request},
    {"or a hold begins",
     {.away = true, .held = true, .sleep_state = S::sleeping},
     leave_alone,
     Reason::held,
     Source::hold},
    {"who is back needs no hold",
     {.held = true, .sleep_state = S::sleeping},
     awake,
     Reason::returned,
     Source::presence},
    {"blind sends nothing, and gives nothing up",
     {.away = true, .blind = true, .sleep_state = S::sleeping},
     leave_alone,
     Reason::blind,
     Source::blindness},
    {"a guard that came meanwhile",
     {.away = true, .sleep_state = S::sleeping, .guard = guard},
     leave_alone,
     Reason::guarded,
     Source::guard},
    {"work does not stop what has begun",
     {.away = true, .sleep_state = S::sleeping, .busy = "web is busy."},
     asleep,
     Reason::away,
     Source::presence},
    {"a person's stop goes on while they are there",
     {.sleep_state = S::sleeping, .initiator = by_person},
     asleep,
     Reason::command,
     Source::initiator},
    {"while a hold is on",
     {.away = true, .held = true, .sleep_state = S::sleeping, .initiator = by_person},
     asleep,
     Reason::command,
     Source::initiator},
    {"and while doze is blind",
     {.blind = true, .sleep_state = S::sleeping, .initiator = by_person},
     asleep,
     Reason::command,
     Source::initiator},
    {"until they ask for the opposite",
     {.sleep_state = S::sleeping, .initiator = by_person, .requested_awake = true},
     awake,
     Reason::command,
     Source::request},
    {"but a guard holds for them too",
     {.sleep_state = S::sleeping, .initiator = by_person, .guard = guard},
     leave_alone,
     Reason::guarded,
     Source::guard},
};

const std::vector<Row> sleeps{
    {"what doze put to sleep stays so while the person is away",
     {.away = true, .sleep_state = S::asleep},
     asleep,
     Reason::away,
     Source::presence},
    {"whatever the hold",
     {.away = true, .held = true, .sleep_state = S::asleep},
     asleep,
     Reason::away,
     Source::presence},
    {"and while doze is blind",
     {.away = true, .blind = true, .sleep_state = S::asleep},
     asleep,
     Reason::away,
     Source::presence},
    {"and wakes when they are back", {.sleep_state = S::asleep}, awake, Reason::returned, Source::presence},
    {"even in doubt: blind, and not away",
     {.blind = true, .sleep_state = S::asleep},
     awake,
     Reason::returned,
     Source::presence},
    {"a guard keeps nothing asleep",
     {.sleep_state = S::asleep, .guard = guard},
     awake,
     Reason::returned,
     Source::presence},
    {"registered or not", registered({.sleep_state = S::asleep}), awake, Reason::returned, Source::presence},
    {"or when they ask for it",
     {.away = true, .sleep_state = S::asleep, .requested_awake = true},
     awake,
     Reason::command,
     Source::request},
    {"what a person stopped stays so when they are back",
     {.sleep_state = S::asleep, .initiator = by_person},
     asleep,
     Reason::command,
     Source::initiator},
    {"and when they leave",
     {.away = true, .sleep_state = S::asleep, .initiator = by_person},
     asleep,
     Reason::command,
     Source::initiator},
    {"until they ask for it",
     {.sleep_state = S::asleep, .initiator = by_person, .requested_awake = true},
     awake,
     Reason::command,
     Source::request},
};

const std::vector<Row> waking{
    {"a wake goes on while the person is there", {.sleep_state = S::waking}, awake, Reason::returned, Source::presence},
    {"not when they leave again", {.away = true, .sleep_state = S::waking}, asleep, Reason::away, Source::presence},
    {"unless they asked for it",
     {.away = true, .sleep_state = S::waking, .requested_awake = true},
     awake,
     Reason::command,
     Source::request},
    {"what they started goes on though they left",
     {.away = true, .sleep_state = S::waking, .initiator = by_person},
     awake,
     Reason::command,
     Source::initiator},
    {"a hold does not stop a wake",
     {.held = true, .sleep_state = S::waking},
     awake,
     Reason::returned,
     Source::presence},
    {"nor does a guard", {.sleep_state = S::waking, .guard = guard}, awake, Reason::returned, Source::presence},
};

const std::vector<Row> letting_go{
    {"what is somebody's is theirs",
     {.sleep_state = S::letting_go},
     leave_alone,
     Reason::changed_by_hand,
     Source::hand},
    {"there or away", {.away = true, .sleep_state = S::letting_go}, leave_alone, Reason::changed_by_hand, Source::hand},
};

INSTANTIATE_TEST_SUITE_P(Untouched, Rule, testing::ValuesIn(untouched));
INSTANTIATE_TEST_SUITE_P(LeftAwake, Rule, testing::ValuesIn(left));
INSTANTIATE_TEST_SUITE_P(FallingAsleep, Rule, testing::ValuesIn(falling_asleep));
INSTANTIATE_TEST_SUITE_P(Asleep, Rule, testing::ValuesIn(sleeps));
INSTANTIATE_TEST_SUITE_P(Waking, Rule, testing::ValuesIn(waking));
INSTANTIATE_TEST_SUITE_P(LettingGo, Rule, testing::ValuesIn(letting_go));

TEST(DesiredState, SaysUntilWhenAHoldLasts) {
    EXPECT_EQ(desired_state(registered({.away = true, .held = true, .held_until = later})).until, later);
    EXPECT_EQ(desired_state(registered({.away = true, .held = true})).until, std::nullopt);
    EXPECT_EQ(desired_state({.away = true, .held = true, .held_until = later, .sleep_state = S::asleep}).until,
              std::nullopt)
        << "what sleeps already is not held";
}

TEST(DesiredState, HasASentenceWhereTheReasonIsNotEnough) {
    EXPECT_EQ(desired_state(registered({.away = true, .guard = guard})).sentence, guard.why);
    EXPECT_EQ(desired_state(registered({.away = true, .untold_loss = "Its store."})).sentence, "Its store.");
    EXPECT_EQ(desired_state(registered({.away = true, .busy = "web is busy."})).sentence, "web is busy.");
    EXPECT_EQ(desired_state(registered({.away = true})).sentence, "");
}

TEST(DesiredState, IsAwaitedByWhoIsThereOrAsked) {
    EXPECT_TRUE(desired_state({.sleep_state = S::asleep}).awaited);
    EXPECT_TRUE(desired_state({.sleep_state = S::letting_go}).awaited);
    EXPECT_TRUE(desired_state({.away = true, .sleep_state = S::asleep, .requested_awake = true}).awaited);
    EXPECT_FALSE(desired_state({.away = true, .sleep_state = S::asleep}).awaited);
    EXPECT_FALSE(desired_state({.away = true, .held = true, .sleep_state = S::letting_go}).awaited);
}

TEST(DesiredState, DependsOnWhatOnlyADescriptionTells) {
    EXPECT_TRUE(desired_state(registered({.away = true, .guard = guard})).depends_on_resource());
    EXPECT_TRUE(desired_state(registered({.away = true, .untold_loss = "Its store."})).depends_on_resource());
    EXPECT_TRUE(desired_state(registered({.away = true, .busy = "web is busy."})).depends_on_resource());
    EXPECT_FALSE(desired_state(registered({.away = true, .held = true})).depends_on_resource());
    EXPECT_FALSE(desired_state(registered({.away = true})).depends_on_resource());
}

}  // namespace
}  // namespace doze::core::desired_states
