// What every journal keeps to, the one in memory and the one on disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "entries.hpp"
#include "homes.hpp"

namespace doze::journal_contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

template <class Home>
class Journal : public testing::Test {
   protected:
    ports::Journal& journal() { return home_.journal(); }
    Home home_;
};

using Homes = testing::Types<MemoryHome, SqliteHome, LastingHome>;

class Names {
   public:
    template <class Home>
    static std::string GetName(int) {
        return std::is_same_v<Home, MemoryHome> ? "Memory" : std::is_same_v<Home, SqliteHome> ? "Sqlite" : "Lasting";
    }
};

TYPED_TEST_SUITE(Journal, Homes, Names);

TYPED_TEST(Journal, IsEmptyAtFirst) {
    EXPECT_THAT(rows(this->journal()), IsEmpty());
    EXPECT_EQ(this->journal().presence().value(), std::nullopt);
}

TYPED_TEST(Journal, GivesBackEveryFieldOfEveryKind) {
    const auto all = sorted({instance("i-0abc1234"), service(3), nodegroup(), group()});
    ASSERT_TRUE(put(this->journal(), all));
    EXPECT_EQ(rows(this->journal()), all);
    this->home_.reopen();
    EXPECT_EQ(rows(this->journal()), all);
}

TYPED_TEST(Journal, KnowsEveryStepAndOwner) {
    for (const auto step : {core::SleepState::sleeping, core::SleepState::asleep, core::SleepState::waking,
                            core::SleepState::left_awake}) {
        for (const auto owner : {core::Initiator::doze, core::Initiator::person}) {
            auto entry = instance("i-0abc1234", step);
            entry.initiator = owner;
            ASSERT_TRUE(put(this->journal(), {entry}));
            EXPECT_THAT(rows(this->journal()), ElementsAre(entry));
        }
    }
}

TYPED_TEST(Journal, TakesARowFromStepToStep) {
    auto entry = instance("i-0abc1234");
    ASSERT_TRUE(put(this->journal(), {entry}));
    entry.sleep_state = core::SleepState::asleep;
    entry.called_at = noon() + std::chrono::seconds(1);
    entry.left_size = core::Size{.desired = 0};
    ASSERT_TRUE(put(this->journal(), {entry}));
    EXPECT_THAT(rows(this->journal()), ElementsAre(entry));
    entry.left_size.reset();
    entry.called_at.reset();
    ASSERT_TRUE(put(this->journal(), {entry}));
    EXPECT_THAT(rows(this->journal()), ElementsAre(entry));
}

TYPED_TEST(Journal, ChangesEveryFieldOfAnOpenRowButItsSnapshot) {
    auto entry = group();
    auto bare = core::JournalEntry{.id = entry.id, .snapshot = entry.snapshot, .opened_at = noon()};
    ASSERT_TRUE(put(this->journal(), {bare}));
    ASSERT_TRUE(put(this->journal(), {entry}));
    this->home_.reopen();
    EXPECT_THAT(rows(this->journal()), ElementsAre(entry));
    ASSERT_TRUE(put(this->journal(), {bare}));
    this->home_.reopen();
    EXPECT_THAT(rows(this->journal()), ElementsAre(bare));
    entry.goal = core::Size{.desired = 1};
    entry.left_size = core::Size{.desired = 1};
    ASSERT_TRUE(put(this->journal(), {entry}));
    EXPECT_THAT(rows(this->journal()), ElementsAre(entry));
}

TYPED_TEST(Journal, RemembersWhoseTheRegistrationsAre) {
    EXPECT_THAT(this->journal().accounts().value(), IsEmpty());
    const AccountId one("111111111111 aws"), other("222222222222 aws");
    ASSERT_TRUE(this->journal().save(service(3).id, one));
    ASSERT_TRUE(this->journal().save(group().id, one));
    ASSERT_TRUE(this->journal().save(group().id, other));
    this->home_.reopen();
    EXPECT_THAT(this->journal().accounts().value(),
                testing::UnorderedElementsAre(testing::Pair(service(3).id, one), testing::Pair(group().id, other)));
    ASSERT_TRUE(this->journal().save(service(3).id, AccountId()));
    this->home_.reopen();
    EXPECT_THAT(this->journal().accounts().value(), ElementsAre(testing::Pair(group().id, other)));
}

TYPED_TEST(Journal, RemembersTheHolds) {
    EXPECT_EQ(this->journal().holds().value(), std::nullopt);
    const core::HoldRecord snoozed{.snooze_left = std::chrono::minutes(59),
                                   .noted_at = noon(),
                                   .noted_boot = core::TimePoint(std::chrono::hours(7))};
    auto both = snoozed;
    both.held = true;
    for (const auto& record : {snoozed, core::HoldRecord{.held = true}, both, core::HoldRecord{}}) {
        ASSERT_TRUE(this->journal().save(record));
        this->home_.reopen();
        EXPECT_EQ(this->journal().holds().value(), record);
    }
}

TYPED_TEST(Journal, TellsItsHistory) {
    const std::vector<core::Announce> lines{
        {.reason = core::Reason::away, .text = "Away."},
        {.level = core::Level::error, .reason = core::Reason::refused, .id = service(3).id, .text = "No."}};
    ASSERT_TRUE(this->journal().add(lines, noon()));
    EXPECT_THAT(this->journal().history({}).value(),
                ElementsAre(core::HistoryLine{2, noon(), "refused", "error", "ecs:eu-west-1:web/api", "No."},
                            core::HistoryLine{1, noon(), "away", "info", "", "Away."}));
    EXPECT_EQ(this->journal().history({.limit = 1}).value().size(), 1U);
    EXPECT_EQ(this->journal().history({.before = 2}).value().at(0).text, "Away.");
}

TYPED_TEST(Journal, RefusesToOverwriteAnOpenSnapshot) {
    ASSERT_TRUE(put(this->journal(), {service(3)}));
    const auto refused = put(this->journal(), {service(0)});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::internal);
    EXPECT_THAT(refused.error().message, HasSubstr("ecs:eu-west-1:web/api"));
    EXPECT_THAT(rows(this->journal()), ElementsAre(service(3)));
}

TYPED_TEST(Journal, RefusesASnapshotThatDiffersOnlyInItsLimits) {
    ASSERT_TRUE(put(this->journal(), {nodegroup()}));
    for (const core::Size other :
         {core::Size{2, 0, 4}, core::Size{2, 1, 5}, core::Size{2, std::nullopt, 4}, core::Size{2}}) {
        auto entry = nodegroup();
        entry.snapshot = other;
        EXPECT_FALSE(put(this->journal(), {entry}));
    }
    EXPECT_THAT(rows(this->journal()), ElementsAre(nodegroup()));

    ASSERT_TRUE(put(this->journal(), {group()}));
    auto other = group();
    other.snapshot.suspended = 0;
    EXPECT_FALSE(put(this->journal(), {other}));
    EXPECT_EQ(rows(this->journal()), sorted({group(), nodegroup()}));
}

TYPED_TEST(Journal, TakesANewSnapshotOnceTheRowIsClosed) {
    ASSERT_TRUE(put(this->journal(), {service(3)}));
    ASSERT_TRUE(close(this->journal(), service(3).id));
    EXPECT_THAT(rows(this->journal()), IsEmpty());
    ASSERT_TRUE(put(this->journal(), {service(5)}));
    EXPECT_THAT(rows(this->journal()), ElementsAre(service(5)));
}

TYPED_TEST(Journal, WritesAllOrNothing) {
    ASSERT_TRUE(put(this->journal(), {service(3), nodegroup()}));
    const std::vector puts = {instance("i-0abc1234"), service(4)};  // The second is refused.
    EXPECT_FALSE(this->journal().write(puts, std::vector{nodegroup().id}));
    EXPECT_EQ(rows(this->journal()), sorted({service(3), nodegroup()}));
}

TYPED_TEST(Journal, PutsAndClosesTogether) {
    ASSERT_TRUE(put(this->journal(), {service(3)}));
    ASSERT_TRUE(this->journal().write(std::vector{instance("i-0abc1234")}, std::vector{service(3).id}));
    EXPECT_THAT(rows(this->journal()), ElementsAre(instance("i-0abc1234")));
}

TYPED_TEST(Journal, ClosesFirstSoThatARowCanBeOpenedAnew) {
    ASSERT_TRUE(put(this->journal(), {service(3)}));
    ASSERT_TRUE(this->journal().write(std::vector{service(5)}, std::vector{service(3).id}));
    EXPECT_THAT(rows(this->journal()), ElementsAre(service(5)));
}

TYPED_TEST(Journal, ClosingWhatIsNotOpenIsNoError) {
    EXPECT_TRUE(close(this->journal(), service(3).id));
    EXPECT_TRUE(this->journal().write({}, {}));
}

TYPED_TEST(Journal, RefusesWhatItCouldNotReadBack) {
    EXPECT_FALSE(put(this->journal(), {instance("not an instance")}));
    EXPECT_FALSE(put(this->journal(), {service(-1)}));
    for (const core::Size bad :
         {core::Size{.desired = -1}, core::Size{.desired = 1, .min = -1}, core::Size{.desired = 1, .max = -1}}) {
        auto entry = service(1);
        entry.snapshot = bad;
        EXPECT_FALSE(put(this->journal(), {entry}));
        entry = service(1);
        entry.left_size = bad;
        EXPECT_FALSE(put(this->journal(), {entry}));
        entry = service(1);
        entry.goal = bad;
        EXPECT_FALSE(put(this->journal(), {entry}));
    }
    EXPECT_THAT(rows(this->journal()), IsEmpty());
}

TYPED_TEST(Journal, RemembersTheNewestPresence) {
    const core::PresenceRecord idle{.state = core::PresenceState::idle, .since = noon()};
    const core::PresenceRecord away{.state = core::PresenceState::away, .since = noon() + std::chrono::minutes(5)};
    ASSERT_TRUE(this->journal().save(idle));
    ASSERT_TRUE(this->journal().save(away));
    this->home_.reopen();
    EXPECT_EQ(this->journal().presence().value(), away);
}

TYPED_TEST(Journal, DoesNotKeepUnknownPresence) {
    const core::PresenceRecord away{.state = core::PresenceState::away, .since = noon()};
    ASSERT_TRUE(this->journal().save(away));
    EXPECT_FALSE(this->journal().save({.state = core::PresenceState::unknown, .since = noon()}));
    EXPECT_EQ(this->journal().presence().value(), away);
}

TYPED_TEST(Journal, AFailedWriteChangesNothingAndTheNextOneWorks) {
    const core::PresenceRecord active{.state = core::PresenceState::active, .since = noon()};
    const core::PresenceRecord away{.state = core::PresenceState::away, .since = noon()};
    ASSERT_TRUE(put(this->journal(), {service(3)}));
    ASSERT_TRUE(this->journal().save(active));

    this->home_.fill_disk();
    const auto failed = put(this->journal(), {instance("i-0abc1234")});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::internal);
    EXPECT_EQ(failed.error().recovery, Recovery::retry);
    EXPECT_THAT(failed.error().message, HasSubstr("The disk is full: "));
    EXPECT_FALSE(close(this->journal(), service(3).id));
    EXPECT_FALSE(this->journal().save(away));
    EXPECT_FALSE(this->journal().check());
    EXPECT_FALSE(
        this->journal().add(std::vector<core::Announce>{{.reason = core::Reason::away, .text = "Away."}}, noon()));
    EXPECT_THAT(rows(this->journal()), ElementsAre(service(3)));
    EXPECT_EQ(this->journal().presence().value(), active);

    this->home_.make_room();
    EXPECT_TRUE(this->journal().check());
    EXPECT_TRUE(put(this->journal(), {instance("i-0abc1234")}));
    EXPECT_TRUE(this->journal().save(away));
    EXPECT_TRUE(
        this->journal().add(std::vector<core::Announce>{{.reason = core::Reason::away, .text = "Away."}}, noon()));
    this->home_.reopen();
    EXPECT_EQ(rows(this->journal()), sorted({instance("i-0abc1234"), service(3)}));
    EXPECT_EQ(this->journal().presence().value(), away);
}

}  // namespace
}  // namespace doze::journal_contract
