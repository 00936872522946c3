// Journals that earlier versions of doze wrote, with things asleep and on their way: one saved file a schema.
#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <string>
#include <vector>

#include "adapters/store/sqlite_journal.hpp"
#include "base/handle.hpp"
#include "fakes/temp_dir.hpp"

namespace doze::store {
namespace {

namespace fs = std::filesystem;
using core::SleepState;
using testing::HasSubstr;
using testing::IsSubsetOf;
using testing::SizeIs;
using testing::UnorderedElementsAreArray;

const fs::path saved = DOZE_SAVED_FILES;

core::WallTime at(std::int64_t milliseconds) {
    return core::WallTime(core::Duration(milliseconds));
}

/// What every saved file holds of the first three kinds.
std::vector<core::JournalEntry> first_kinds() {
    const auto instance = [](const char* region, const char* id, std::int64_t opened) {
        return core::JournalEntry{.id = core::ec2(Region(region), InstanceId(id)),
                                  .sleep_state = SleepState::asleep,
                                  .snapshot = {.desired = 1},
                                  .opened_at = at(opened),
                                  .called_at = at(opened),
                                  .left_size = core::Size{},
                                  .left_changed_at = at(1'796'053'326'000)};
    };
    return {instance("ap-northeast-2", "i-d1f2bddb3ffa460c8", 1'796'053'326'862),
            instance("us-east-1", "i-1af40949bfd280aa8", 1'796'053'326'903),
            instance("us-east-1", "i-fa70132cd8a409dd7", 1'796'053'326'903),
            {.id = core::eks(Region("ap-northeast-2"), ClusterName("dev"), NodegroupName("workers")),
             .sleep_state = SleepState::sleeping,
             .snapshot = {.desired = 2, .min = 1, .max = 4},
             .opened_at = at(1'796'053'326'903),
             .called_at = at(1'796'053'326'903)},
            {.id = core::ecs(Region("us-east-1"), ClusterName("dev"), ServiceName("web")),
             .sleep_state = SleepState::asleep,
             .snapshot = {.desired = 3},
             .opened_at = at(1'796'053'326'982),
             .called_at = at(1'796'053'326'982),
             .left_size = core::Size{}}};
}

/// What came with the second schema.
std::vector<core::JournalEntry> all_kinds() {
    auto all = first_kinds();
    const auto database = [](core::ResourceId id, SleepState step, std::int64_t called) {
        return core::JournalEntry{.id = std::move(id),
                                  .sleep_state = step,
                                  .snapshot = {.desired = 1},
                                  .opened_at = at(1'796'053'326'903),
                                  .called_at = at(called),
                                  .left_size = core::Size{},
                                  .restarts_at = at(1'796'658'126'903)};
    };
    const Region region("ap-northeast-2");
    all.push_back(database(core::rds(region, DatabaseName("orders")), SleepState::asleep, 1'796'053'326'903));
    all.push_back(database(core::rds_cluster(region, DatabaseName("ledger")), SleepState::waking, 1'796'053'327'922));
    all.push_back({.id = core::asg(Region("us-east-1"), GroupName("fleet")),
                   .sleep_state = SleepState::asleep,
                   .snapshot = {.desired = 2, .min = 1, .max = 4, .suspended = 16},
                   .opened_at = at(1'796'053'326'903),
                   .called_at = at(1'796'053'326'903),
                   .left_size = core::Size{.desired = 0, .min = 0, .max = 0, .suspended = 472}});
    return all;
}

/// What came with the fourth.
std::vector<core::JournalEntry> all_of_accounts() {
    auto all = all_kinds();
    for (auto& entry : all) entry.account = AccountId("123456789012 aws");
    auto& group = all.back();
    group.created_at = at(1'796'000'000'000);
    group.requested = true;
    group.goal = core::Size{.desired = 3, .min = 1, .max = 5, .suspended = 16};
    return all;
}

class SavedJournal : public testing::TestWithParam<int> {
   protected:
    SavedJournal() { fs::copy_file(saved / ("schema-" + std::to_string(GetParam()) + ".db"), file_); }

    fakes::TempDir folder_;
    fs::path file_ = folder_.path() / "doze.db";
};

TEST_P(SavedJournal, IsReadWhole) {
    const auto expected = GetParam() == 1 ? first_kinds() : GetParam() < 4 ? all_kinds() : all_of_accounts();
    EXPECT_EQ(count_open_rows(file_).value(), static_cast<std::int64_t>(expected.size())) << "before it is changed";
    for (int start = 0; start < 2; ++start) {
        const auto journal = SqliteJournal::open(file_);
        ASSERT_TRUE(journal) << journal.error().text();
        EXPECT_THAT((*journal)->entries().value(), UnorderedElementsAreArray(expected));
        const core::PresenceRecord away{.state = core::PresenceState::away, .since = at(1'796'053'326'744)};
        EXPECT_EQ((*journal)->presence().value(), away);
        EXPECT_THAT((*journal)->accounts().value(), SizeIs(GetParam() < 4 ? 0 : expected.size()));
    }
}

TEST_P(SavedJournal, HasItsRowsMovedOnAndClosed) {
    const auto journal = SqliteJournal::open(file_).value();
    for (auto entry : journal->entries().value()) {
        entry.sleep_state = SleepState::waking;
        entry.account = AccountId("123456789012 aws");
        ASSERT_TRUE(journal->write(std::vector{entry}, {}));
    }
    EXPECT_THAT(journal->entries().value(), SizeIs(GetParam() == 1 ? 5 : 8));
    for (const auto& entry : journal->entries().value()) ASSERT_TRUE(journal->write({}, std::vector{entry.id}));
    EXPECT_THAT(journal->entries().value(), SizeIs(0));
}

TEST_P(SavedJournal, HasItsSnoozeAsALength) {
    const auto holds = SqliteJournal::open(file_).value()->holds().value();
    if (GetParam() < 3) {
        EXPECT_EQ(holds, std::nullopt);
    } else {
        ASSERT_TRUE(holds && holds->snooze_left);
        // Until its end, which may be over by the time of this test.
        const core::Duration left = at(1'796'056'927'955) - holds->noted_at;
        EXPECT_LE(*holds->snooze_left, std::max(left, core::Duration::zero()) + std::chrono::seconds(2));
        EXPECT_GE(*holds->snooze_left, core::Duration::zero());
    }
}

TEST_P(SavedJournal, NoticesFromThenOnThatARowWasChanged) {
    ASSERT_TRUE(SqliteJournal::open(file_));
    {
        sqlite3* raw = nullptr;
        ASSERT_EQ(sqlite3_open(file_.c_str(), &raw), SQLITE_OK);
        const Handle<sqlite3, sqlite3_close> db(raw);
        ASSERT_EQ(sqlite3_exec(raw, "UPDATE intents SET desired = desired + 1", nullptr, nullptr, nullptr), SQLITE_OK);
    }
    const auto entries = SqliteJournal::open(file_).value()->entries();
    ASSERT_FALSE(entries);
    EXPECT_THAT(entries.error().message, HasSubstr("checksum"));
}

INSTANTIATE_TEST_SUITE_P(Schemas, SavedJournal, testing::Values(1, 2, 3, 4));

}  // namespace
}  // namespace doze::store
