// The promise of the journal on disk: what was written without error is there after the power failed at
// any moment, and what was being written is there wholly or not at all. Also: a disk that fails at any write.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <sqlite3.h>

#include "adapters/store/sqlite_journal.hpp"
#include "entries.hpp"
#include "fakes/temp_dir.hpp"
#include "test_disk.hpp"

namespace doze::journal_contract {
namespace {

namespace fs = std::filesystem;
using store::SqliteJournal;

/// In memory where there is such a folder: what is tested is which syncs are asked for, not the real disk.
fs::path quick_folder() {
    return fs::is_directory("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
}

/// One write of a day: each opens, moves on or closes rows, two at a time.
struct DayWrite {
    std::vector<core::JournalEntry> put;
    std::vector<core::ResourceId> close;
};

std::vector<DayWrite> a_day() {
    std::vector<DayWrite> day;
    for (int round = 0; round < 3; ++round) {
        auto one = instance("i-0abc1234");
        auto two = nodegroup();
        for (const auto step : {core::SleepState::sleeping, core::SleepState::asleep, core::SleepState::waking}) {
            one.sleep_state = two.sleep_state = step;
            day.push_back({.put = {one, two}});
        }
        day.push_back({.close = {one.id, two.id}});
    }
    return day;
}

class PowerCut : public testing::Test {
   protected:
    PowerCut() { TestDisk::get().reset(); }
    ~PowerCut() override { TestDisk::get().reset(); }

    /// Opens what a power cut left, in a folder of its own, and reads the rows.
    std::vector<core::JournalEntry> rows_after(const TestDisk::Image& image) {
        const fakes::TempDir folder(quick_folder());
        for (const auto& [path, content] : image) {
            std::ofstream(folder.path() / fs::path(path).filename(), std::ios::binary) << content;
        }
        const auto journal = SqliteJournal::open(folder.path() / "doze.db");
        if (!journal) {
            ADD_FAILURE() << journal.error().text();
            return {};
        }
        return rows(**journal);
    }

    fakes::TempDir folder_{quick_folder()};
    fakes::Dice dice_{20260314};
};

TEST_F(PowerCut, AtAnyMomentTakesNothingThatWasWritten) {
    auto& disk = TestDisk::get();
    disk.watch();

    std::vector<core::JournalEntry> before;  // What the last write left,
    std::vector<core::JournalEntry> after;   // and what the present one will leave.
    int moments = 0;
    disk.on_moment([&] {
        if (HasFailure()) return;
        ++moments;
        for (const auto unsynced : {TestDisk::Unsynced::none, TestDisk::Unsynced::all, TestDisk::Unsynced::some}) {
            EXPECT_THAT(rows_after(disk.image(unsynced, dice_)), testing::AnyOf(before, after))
                << "moment " << moments << ", unsynced writes " << static_cast<int>(unsynced);
        }
    });
    const auto journal = SqliteJournal::open(folder_.path() / "doze.db");
    ASSERT_TRUE(journal) << journal.error().text();
    for (const auto& write : a_day()) {
        after = sorted(write.put);  // Every write of the day puts all rows that are open after it.
        ASSERT_TRUE((*journal)->write(write.put, write.close));
        before = after;
        disk.moment();
        ASSERT_FALSE(HasFailure());
    }
    EXPECT_GT(moments, 100);
}

/// One disk failure at the n-th write or sync, for every n: the journal is as before, and works again.
class FailingDisk : public PowerCut, public testing::WithParamInterface<int> {};

TEST_P(FailingDisk, AtAnyWriteChangesNothingAndMayBeRepaired) {
    auto& disk = TestDisk::get();
    auto journal = SqliteJournal::open(folder_.path() / "doze.db").value();
    const auto first = sorted({instance("i-0abc1234"), nodegroup()});
    ASSERT_TRUE(put(*journal, first));

    const auto second = sorted({instance("i-0abc1234"), service(3)});
    const auto write = [&] { return journal->write(std::vector{service(3)}, std::vector{nodegroup().id}); };
    int writes = 0;
    for (;; ++writes) {
        disk.fail_after(writes, GetParam());
        const auto result = write();
        const bool failed = disk.has_failed();
        disk.repair();
        ASSERT_EQ(result.has_value(), !failed) << "at write " << writes;
        if (!failed) break;
        EXPECT_EQ(result.error().recovery, Recovery::retry);
        if (rows(*journal) == first) continue;

        // Only the sync after which the commit is done may leave it done, and repeating it does no harm.
        ASSERT_EQ(rows(*journal), second) << "after a failure at write " << writes;
        EXPECT_TRUE(write());
        ASSERT_TRUE(journal->write(std::vector{nodegroup()}, std::vector{service(3).id}));
        disk.fail_after(writes + 1, GetParam());
        EXPECT_TRUE(write());
        EXPECT_FALSE(disk.has_failed()) << "there was another write after it";
        disk.repair();
        break;
    }
    EXPECT_GT(writes, 3);
    EXPECT_EQ(rows(*journal), second);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, FailingDisk, testing::Values(SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC));

}  // namespace
}  // namespace doze::journal_contract
