// Every rule of what should be with a resource, a row each.
#include "core/policy/desired_state.hpp"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace doze::core::desired_states {
namespace {

using enum DesiredState::State;

constexpr auto by_person = Initiator::person;
const Guard guard{.why = "The tag env=prod guards it.", .by_tag = true};

struct Row {
    std::string rule;
    PolicyInputs in;
    DesiredState::State state;
    Reason reason;
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
}

using S = SleepState;

const std::vector<Row> untouched{
    {"while the person is there nothing is put to sleep", registered({}), leave_alone, Reason::presence},
    {"nor woken: what they stopped by hand stays stopped", registered({.requested_awake = true}), leave_alone,
     Reason::presence},
    {"away puts what is registered to sleep", registered({.away = true}), asleep, Reason::away},
    {"and nothing else", {.away = true}, leave_alone, Reason::configured},
    {"what they asked for stays awake", registered({.away = true, .requested_awake = true}), awake, Reason::command},
    {"whatever holds", registered({.away = true, .held = true, .requested_awake = true}), awake, Reason::command},
    {"a hold keeps everything awake", registered({.away = true, .held = true}), leave_alone, Reason::held},
    {"before anything that would decide the whole absence", registered({.away = true, .held = true, .guard = guard}),
     leave_alone, Reason::held},
    {"also what has been dealt with: it is considered again after the hold",
     registered({.away = true, .held = true, .absence_handled = true}), leave_alone, Reason::held},
    {"each absence deals with it once", registered({.away = true, .absence_handled = true}), left_awake,
     Reason::started_by_hand},
    {"unknown never puts anything to sleep", registered({.away = true, .blind = true}), leave_alone, Reason::blind},
    {"blind, and the person is there for all that is known", registered({.blind = true}), leave_alone,
     Reason::presence},
    {"blind says nothing of guards", registered({.away = true, .blind = true, .guard = guard}), leave_alone,
     Reason::blind},
    {"what is guarded is never put to sleep", registered({.away = true, .guard = guard}), keep_awake, Reason::guarded},
    {"what a sleep erases is told before", registered({.away = true, .untold_loss = "Its instance store."}), keep_awake,
     Reason::guarded},
    {"what works stays awake for now", registered({.away = true, .busy = "web is busy."}), asleep_later, Reason::busy},
    {"a guard goes before what may pass", registered({.away = true, .guard = guard, .busy = "web is busy."}),
     keep_awake, Reason::guarded},
    {"and so does what must be told", registered({.away = true, .untold_loss = "Its store.", .busy = "web is busy."}),
     keep_awake, Reason::guarded},
};

const std::vector<Row> left{
    {"what somebody woke stays awake in this absence",
     {.away = true, .sleep_state = S::left_awake},
     left_awake,
     Reason::started_by_hand},
    {"registered or not", registered({.away = true, .sleep_state = S::left_awake}), left_awake,
     Reason::started_by_hand},
    {"until the person is back", {.sleep_state = S::left_awake}, leave_alone, Reason::presence},
    {"or a hold has it considered again",
     {.away = true, .held = true, .sleep_state = S::left_awake},
     leave_alone,
     Reason::held},
    {"but for what they asked for",
     {.away = true, .held = true, .sleep_state = S::left_awake, .requested_awake = true},
     awake,
     Reason::command},
    {"which ends with their return like the rest",
     {.sleep_state = S::left_awake, .requested_awake = true},
     leave_alone,
     Reason::presence},
};

const std::vector<Row> falling_asleep{
    {"a sleep that has begun goes on", {.away = true, .sleep_state = S::sleeping}, asleep, Reason::away},
    {"though the absence has been dealt with",
     {.away = true, .sleep_state = S::sleeping, .absence_handled = true},
     asleep,
     Reason::away},
    {"until the person is back", {.sleep_state = S::sleeping}, awake, Reason::returned},
    {"or asks for it", {.away = true, .sleep_state = S::sleeping, .requested_awake = true}, awake, Reason::command},
    {"or a hold begins", {.away = true, .held = true, .sleep_state = S::sleeping}, leave_alone, Reason::held},
    {"who is back needs no hold", {.held = true, .sleep_state = S::sleeping}, awake, Reason::returned},
    {"blind sends nothing, and gives nothing up",
     {.away = true, .blind = true, .sleep_state = S::sleeping},
     asleep_later,
     Reason::blind},
    {"a guard that came meanwhile",
     {.away = true, .sleep_state = S::sleeping, .guard = guard},
     keep_awake,
     Reason::guarded},
    {"work does not stop what has begun",
     {.away = true, .sleep_state = S::sleeping, .busy = "web is busy."},
     asleep,
     Reason::away},
    {"a person's stop goes on while they are there",
     {.sleep_state = S::sleeping, .initiator = by_person},
     asleep,
     Reason::command},
    {"while a hold is on",
     {.away = true, .held = true, .sleep_state = S::sleeping, .initiator = by_person},
     asleep,
     Reason::command},
    {"and while doze is blind",
     {.blind = true, .sleep_state = S::sleeping, .initiator = by_person},
     asleep,
     Reason::command},
    {"until they ask for the opposite",
     {.sleep_state = S::sleeping, .initiator = by_person, .requested_awake = true},
     awake,
     Reason::command},
    {"but a guard holds for them too",
     {.sleep_state = S::sleeping, .initiator = by_person, .guard = guard},
     keep_awake,
     Reason::guarded},
};

const std::vector<Row> sleeps{
    {"what doze put to sleep stays so while the person is away",
     {.away = true, .sleep_state = S::asleep},
     asleep,
     Reason::away},
    {"whatever the hold", {.away = true, .held = true, .sleep_state = S::asleep}, asleep, Reason::away},
    {"and while doze is blind", {.away = true, .blind = true, .sleep_state = S::asleep}, asleep, Reason::away},
    {"and wakes when they are back", {.sleep_state = S::asleep}, awake, Reason::returned},
    {"even in doubt: blind, and not away", {.blind = true, .sleep_state = S::asleep}, awake, Reason::returned},
    {"a guard keeps nothing asleep", {.sleep_state = S::asleep, .guard = guard}, awake, Reason::returned},
    {"registered or not", registered({.sleep_state = S::asleep}), awake, Reason::returned},
    {"or when they ask for it",
     {.away = true, .sleep_state = S::asleep, .requested_awake = true},
     awake,
     Reason::command},
    {"what a person stopped stays so when they are back",
     {.sleep_state = S::asleep, .initiator = by_person},
     asleep,
     Reason::command},
    {"and when they leave", {.away = true, .sleep_state = S::asleep, .initiator = by_person}, asleep, Reason::command},
    {"until they ask for it",
     {.sleep_state = S::asleep, .initiator = by_person, .requested_awake = true},
     awake,
     Reason::command},
};

const std::vector<Row> waking{
    {"a wake goes on while the person is there", {.sleep_state = S::waking}, awake, Reason::returned},
    {"not when they leave again", {.away = true, .sleep_state = S::waking}, asleep, Reason::away},
    {"unless they asked for it",
     {.away = true, .sleep_state = S::waking, .requested_awake = true},
     awake,
     Reason::command},
    {"what they started goes on though they left",
     {.away = true, .sleep_state = S::waking, .initiator = by_person},
     awake,
     Reason::command},
    {"a hold does not stop a wake", {.held = true, .sleep_state = S::waking}, awake, Reason::returned},
    {"nor does a guard", {.sleep_state = S::waking, .guard = guard}, awake, Reason::returned},
};

const std::vector<Row> letting_go{
    {"what is somebody's is theirs", {.sleep_state = S::letting_go}, leave_alone, Reason::changed_by_hand},
    {"there or away", {.away = true, .sleep_state = S::letting_go}, leave_alone, Reason::changed_by_hand},
};

INSTANTIATE_TEST_SUITE_P(Untouched, Rule, testing::ValuesIn(untouched));
INSTANTIATE_TEST_SUITE_P(LeftAwake, Rule, testing::ValuesIn(left));
INSTANTIATE_TEST_SUITE_P(FallingAsleep, Rule, testing::ValuesIn(falling_asleep));
INSTANTIATE_TEST_SUITE_P(Asleep, Rule, testing::ValuesIn(sleeps));
INSTANTIATE_TEST_SUITE_P(Waking, Rule, testing::ValuesIn(waking));
INSTANTIATE_TEST_SUITE_P(LettingGo, Rule, testing::ValuesIn(letting_go));

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
    EXPECT_FALSE(desired_state({.away = true, .sleep_state = S::waking, .initiator = by_person}).awaited);
    EXPECT_FALSE(desired_state({.away = true, .held = true, .sleep_state = S::letting_go}).awaited);
}

TEST(DesiredState, TellsWhatASleepErases) {
    EXPECT_TRUE(desired_state(registered({.away = true, .untold_loss = "Its store."})).tells_loss);
    EXPECT_FALSE(desired_state(registered({.away = true, .guard = guard, .untold_loss = "Its store."})).tells_loss);
    EXPECT_FALSE(desired_state(registered({.away = true, .busy = "web is busy."})).tells_loss);
}

TEST(DesiredState, WantsSleepWhereOnlyADescriptionTellsMore) {
    for (const auto& [state, wants] : std::vector<std::pair<DesiredState::State, bool>>{{awake, false},
                                                                                        {asleep, true},
                                                                                        {asleep_later, true},
                                                                                        {keep_awake, true},
                                                                                        {left_awake, false},
                                                                                        {leave_alone, false}})
        EXPECT_EQ(DesiredState{.state = state}.wants_sleep(), wants) << static_cast<int>(state);
}

}  // namespace
}  // namespace doze::core::desired_states
