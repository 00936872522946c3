// First the journal, then the call; and what the disk did not take comes later, in the right order.
#include "app/executor/actions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "fakes/memory_journal.hpp"
#include "fakes/simulated_cloud.hpp"

namespace doze::executor {
namespace {

using core::Verb;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

core::JournalEntry row(core::SleepState step, int desired = 3) {
    return {.id = core::ecs(Region("us-east-1"), ClusterName("dev"), ServiceName("api")),
            .sleep_state = step,
            .snapshot = {.desired = desired}};
}

core::Call act(Verb verb) {
    const auto intent = row(verb == Verb::sleep ? core::SleepState::sleeping : core::SleepState::waking);
    core::Call act;
    act.verb = verb;
    act.targets = {{.id = intent.id, .size = intent.snapshot}};
    act.intents = {intent};
    return act;
}

class ActionsTest : public testing::Test {
   protected:
    ActionsTest() { cloud.add(id, {.desired = 3}, "t3"); }

    void break_disk(int times = 1'000'000) { journal.fail_next(times, fakes::disk_full()); }
    void mend_disk() { journal.fail_next(0, {}); }

    [[nodiscard]] std::vector<core::JournalEntry> rows() const {
        std::vector<core::JournalEntry> all;
        for (const auto& [_, row] : journal.rows()) all.push_back(row);
        return all;
    }

    fakes::FakeClock clock;
    fakes::SimulatedCloud cloud{clock, 1};
    fakes::MemoryJournal journal;
    std::vector<core::Event> events;
    Actions actions{journal, cloud, clock, [this](core::Event event) { events.push_back(std::move(event)); }};
    const core::ResourceId id = row(core::SleepState::sleeping).id;
};

TEST_F(ActionsTest, NoSleepGoesOutWithoutItsIntent) {
    break_disk();
    actions(act(Verb::sleep));
    EXPECT_THAT(cloud.calls(), IsEmpty());
    ASSERT_THAT(events, SizeIs(1));
    const auto& acted = std::get<core::CallReturned>(events.front());
    EXPECT_FALSE(acted.called);
    ASSERT_FALSE(acted.accepted);
    EXPECT_EQ(acted.accepted.error().message, fakes::disk_full().message);
    ASSERT_TRUE(actions.journal_trouble());
    mend_disk();
    actions.retry();
    EXPECT_THAT(rows(), IsEmpty()) << "the intent is to be decided anew";
    EXPECT_FALSE(actions.journal_trouble()) << "and its trouble ends without another write";
}

TEST_F(ActionsTest, AWakeGoesOutThoughTheDiskIsSickAndIsWrittenLater) {
    actions(core::Journal{.put = {row(core::SleepState::asleep)}, .close = {}});
    break_disk();
    actions(act(Verb::wake));
    EXPECT_THAT(cloud.calls(), SizeIs(1));
    EXPECT_THAT(events, IsEmpty()) << "AWS answers, nobody else";
    EXPECT_THAT(rows(), ElementsAre(row(core::SleepState::asleep)));
    EXPECT_TRUE(actions.journal_trouble());
    mend_disk();
    actions.retry();
    EXPECT_THAT(rows(), ElementsAre(row(core::SleepState::waking)));
    EXPECT_FALSE(actions.journal_trouble());
}

TEST_F(ActionsTest, NoRowRisesThatWasClosedWhileTheDiskWasSick) {
    actions(core::Journal{.put = {row(core::SleepState::asleep)}, .close = {}});
    break_disk();
    actions(core::Journal{.put = {row(core::SleepState::waking)}, .close = {}});
    actions(core::Journal{.put = {}, .close = {id}});
    mend_disk();
    actions.retry();
    EXPECT_THAT(rows(), IsEmpty());
}

TEST_F(ActionsTest, ARowThatCouldNotBeWrittenIsNotWrittenByTheCloseThatEndsIt) {
    break_disk(1);
    actions(core::Journal{.put = {row(core::SleepState::waking)}, .close = {}});
    actions(core::Journal{.put = {}, .close = {id}});
    actions.retry();
    EXPECT_THAT(rows(), IsEmpty());
}

TEST_F(ActionsTest, ARowIsOpenedAnewAfterACloseThatTheDiskDidNotTake) {
    actions(core::Journal{.put = {row(core::SleepState::asleep, 3)}, .close = {}});
    break_disk(1);
    actions(core::Journal{.put = {}, .close = {id}});
    actions(core::Journal{.put = {row(core::SleepState::sleeping, 5)}, .close = {}});
    EXPECT_THAT(rows(), ElementsAre(row(core::SleepState::sleeping, 5)));
    EXPECT_EQ(journal.refused_overwrites(), 0);
    actions(core::SaveHolds{core::HoldRecord{.held = true}});
    actions(core::Journal{.put = {}, .close = {core::ec2(Region("us-east-1"), InstanceId("i-0abc1234"))}});
    EXPECT_THAT(rows(), ElementsAre(row(core::SleepState::sleeping, 5))) << "what is written is not closed once more";
}

TEST_F(ActionsTest, ARowThatWasWrittenLaterIsNotWrittenOnceMore) {
    break_disk(1);
    actions(core::Journal{.put = {row(core::SleepState::waking)}, .close = {}});
    actions.retry();
    actions(core::Journal{.put = {row(core::SleepState::asleep)}, .close = {}});
    actions(core::Journal{.put = {}, .close = {core::ec2(Region("us-east-1"), InstanceId("i-0abc1234"))}});
    EXPECT_THAT(rows(), ElementsAre(row(core::SleepState::asleep)));
}

TEST_F(ActionsTest, PresenceHoldsAndAccountsAreWrittenAtOnce) {
    const core::PresenceRecord away{.state = core::PresenceState::away, .since = clock.wall()};
    actions(core::SavePresence{away});
    EXPECT_EQ(journal.presence().value(), away);
    const core::HoldRecord held{.held = true};
    actions(core::SaveHolds{held});
    EXPECT_EQ(journal.holds().value(), held);
    actions(core::SaveAccount{id, AccountId("111111111111")});
    EXPECT_THAT(journal.accounts().value(), ElementsAre(Pair(id, AccountId("111111111111"))));
}

TEST_F(ActionsTest, PresenceHoldsAndHistoryAreWrittenLater) {
    const core::PresenceRecord away{.state = core::PresenceState::away, .since = clock.wall()};
    const core::HoldRecord held{.held = true};
    break_disk();
    actions(core::SavePresence{away});
    actions(core::SaveHolds{held});
    actions.remember({{.reason = core::Reason::away, .text = "Away."}});
    const auto then = clock.wall();
    clock.advance(std::chrono::minutes(1));
    actions.remember({{.reason = core::Reason::returned, .text = "Back."}});
    mend_disk();
    actions.retry();
    EXPECT_EQ(journal.presence().value(), away);
    EXPECT_EQ(journal.holds().value(), held);
    ASSERT_THAT(journal.lines(), SizeIs(2));
    EXPECT_EQ(journal.lines().front().at, then);
    EXPECT_EQ(journal.lines().back().what.text, "Back.");
    EXPECT_FALSE(actions.journal_trouble());
}

TEST_F(ActionsTest, AnAccountIsSavedLaterAndItsTroubleIsTold) {
    const auto other = core::ec2(Region("us-east-1"), InstanceId("i-0abc1234"));
    const AccountId account("111111111111");
    break_disk();
    actions(core::SaveAccount{id, account});
    actions(core::SaveAccount{other, account});
    EXPECT_TRUE(actions.journal_trouble());
    EXPECT_THAT(journal.accounts().value(), IsEmpty());
    mend_disk();
    actions.retry();
    EXPECT_EQ(journal.accounts().value(), (std::map<core::ResourceId, AccountId>{{id, account}, {other, account}}));
    EXPECT_FALSE(actions.journal_trouble());
}

TEST_F(ActionsTest, TheHistoryThatWaitsForTheDiskIsBounded) {
    break_disk();
    for (int i = 0; i < 1001; ++i) actions.remember({{.reason = core::Reason::away, .text = std::to_string(i)}});
    mend_disk();
    actions.retry();
    ASSERT_THAT(journal.lines(), SizeIs(1000));
    EXPECT_EQ(journal.lines().front().what.text, "1") << "the oldest goes first";
}

TEST_F(ActionsTest, ACallThatWasForAnotherAccountNeverWentOut) {
    for (const auto& [account, called] : std::map<std::string, bool>{{"222222222222", false}, {"111111111111", true}}) {
        events.clear();
        auto wake = act(Verb::wake);
        wake.targets.front().account = AccountId(account);
        actions(wake);
        while (const auto next = cloud.next_event()) cloud.advance_to(*next);
        ASSERT_THAT(events, SizeIs(1));
        EXPECT_EQ(std::get<core::CallReturned>(events.front()).called, called) << account;
    }
}

TEST_F(ActionsTest, ASurveyTellsWhoseItIs) {
    actions(core::List{.kind = core::Kind::ecs, .region = Region("us-east-1")});
    while (const auto next = cloud.next_event()) cloud.advance_to(*next);
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_EQ(std::get<core::Listed>(events.front()).account, AccountId("111111111111"));
}

}  // namespace
}  // namespace doze::executor
