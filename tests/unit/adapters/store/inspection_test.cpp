#include <chrono>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <string>
#include <thread>
#include <vector>

#include "adapters/store/sqlite_journal.hpp"
#include "base/handle.hpp"
#include "fakes/temp_dir.hpp"

namespace doze::store {
namespace {

using testing::HasSubstr;

class Inspection : public testing::Test {
   protected:
    [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "doze.db"; }

    fakes::TempDir folder_;
};

TEST_F(Inspection, CountsWhatIsOpen) {
    auto journal = SqliteJournal::open(file());
    ASSERT_TRUE(journal);
    const std::vector entries{
        core::JournalEntry{.id = core::ec2(Region("us-east-1"), InstanceId("i-0aa10000000000001"))}};
    ASSERT_TRUE((*journal)->write(entries, {}));
    const auto open_rows = count_open_rows(file());  // Beside the journal that is in use.
    ASSERT_TRUE(open_rows) << open_rows.error().text();
    EXPECT_EQ(*open_rows, 1);
}

TEST_F(Inspection, WaitsForADaemonThatIsWriting) {
    ASSERT_TRUE(SqliteJournal::open(file()));
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &raw), SQLITE_OK);
    const Handle<sqlite3, sqlite3_close> writer(raw);
    ASSERT_EQ(sqlite3_exec(raw, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
    const std::jthread commit([raw] {
        std::this_thread::sleep_for(std::chrono::milliseconds(400));  // What a disk may take.
        sqlite3_exec(raw, "COMMIT", nullptr, nullptr, nullptr);
    });
    const auto open_rows = count_open_rows(file());
    EXPECT_TRUE(open_rows) << open_rows.error().text();
}

TEST_F(Inspection, ChangesNothing) {
    ASSERT_TRUE(SqliteJournal::open(file()));
    const auto before = std::filesystem::last_write_time(file());
    std::filesystem::permissions(file(), std::filesystem::perms::owner_read | std::filesystem::perms::group_read);
    ASSERT_TRUE(count_open_rows(file()));
    EXPECT_EQ(std::filesystem::last_write_time(file()), before);
    EXPECT_EQ(std::filesystem::status(file()).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::group_read);
}

TEST_F(Inspection, MakesNoFile) {
    EXPECT_FALSE(count_open_rows(file()));
    EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(Inspection, TakesAnEmptyFileForAJournalThatIsNotMadeYet) {
    std::ofstream(file()).flush();
    const auto open_rows = count_open_rows(file());
    ASSERT_TRUE(open_rows) << open_rows.error().text();
    EXPECT_EQ(*open_rows, 0);
}

TEST_F(Inspection, SaysThatAFileIsDamaged) {
    std::ofstream(file()) << std::string(5000, 'x');
    const auto open_rows = count_open_rows(file());
    ASSERT_FALSE(open_rows);
    EXPECT_THAT(open_rows.error().message, HasSubstr("damaged"));
}

}  // namespace
}  // namespace doze::store
