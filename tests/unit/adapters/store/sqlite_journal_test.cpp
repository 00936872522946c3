// The file of the journal: what it refuses, what it keeps, how much. What every journal does is in
// tests/contract/journal.
#include "adapters/store/sqlite_journal.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <sqlite3.h>
#include <string>
#include <sys/stat.h>
#include <vector>

#include "base/handle.hpp"
#include "fakes/temp_dir.hpp"

namespace doze::store {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

core::WallTime at(int minute) {
    return core::WallTime(std::chrono::minutes(29'000'000 + minute));
}

core::JournalEntry service(int number) {
    return {.id = core::ecs(Region("us-east-1"), ClusterName("web"), ServiceName("s" + std::to_string(number))),
            .snapshot = {.desired = number},
            .opened_at = at(0)};
}

class SqliteJournalFile : public testing::Test {
   protected:
    [[nodiscard]] auto open(std::int64_t history_lines = SqliteJournal::default_history_lines) const {
        return SqliteJournal::open(file_, history_lines);
    }

    void write(const core::JournalEntry& entry) const {
        ASSERT_TRUE((*open())->write(std::vector{entry}, {})) << "the journal should take this";
    }

    /// Changes the file behind doze's back.
    void sql(const std::string& text) const {
        sqlite3* raw = nullptr;
        ASSERT_EQ(sqlite3_open(file_.c_str(), &raw), SQLITE_OK);
        const Handle<sqlite3, sqlite3_close> db(raw);
        ASSERT_EQ(sqlite3_exec(raw, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(raw);
    }

    [[nodiscard]] int user_version() const {
        // Bytes 60 to 63 of the file, the largest first.
        return static_cast<unsigned char>(content().at(63));
    }

    [[nodiscard]] std::string content() const {
        std::ifstream in(file_, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }

    [[nodiscard]] int mode() const {
        struct stat status = {};
        ::stat(file_.c_str(), &status);
        return static_cast<int>(status.st_mode & 0777);
    }

    fakes::TempDir folder_;
    fs::path file_ = folder_.path() / "doze.db";
};

TEST_F(SqliteJournalFile, IsForItsOwnerOnly) {
    const auto journal = open();
    ASSERT_TRUE(journal) << journal.error().text();
    ASSERT_TRUE((*journal)->write(std::vector{service(1)}, {}));
    for (const auto& each : fs::directory_iterator(folder_.path())) {
        EXPECT_EQ(each.status().permissions(), fs::perms(0600)) << each.path();
    }
}

TEST_F(SqliteJournalFile, IsClosedToOthersWhenItWasOpenToThem) {
    write(service(1));
    fs::permissions(file_, fs::perms(0664));
    ASSERT_TRUE(open());
    EXPECT_EQ(mode(), 0600);
}

TEST_F(SqliteJournalFile, IsRefusedInAFolderThatIsNotThere) {
    const auto journal = SqliteJournal::open(folder_.path() / "missing" / "doze.db");
    ASSERT_FALSE(journal);
    EXPECT_THAT(journal.error().message, AllOf(HasSubstr("can't be created"), HasSubstr("missing/doze.db")));
    EXPECT_FALSE(journal.error().next_step.empty());
    EXPECT_EQ(journal.error().recovery, Recovery::tell);
}

TEST_F(SqliteJournalFile, BeginsAnewWhereACrashLeftItEmpty) {
    std::ofstream(file_).close();
    const auto journal = open();
    ASSERT_TRUE(journal) << journal.error().text();
    EXPECT_TRUE((*journal)->write(std::vector{service(1)}, {}));
}

TEST_F(SqliteJournalFile, IsKeptAsItIsWhenItIsNoDatabase) {
    std::ofstream(file_) << std::string(5000, 'x');
    const auto before = content();
    const auto journal = open();
    ASSERT_FALSE(journal);
    EXPECT_THAT(journal.error().message, HasSubstr("is damaged"));
    EXPECT_THAT(journal.error().next_step, HasSubstr("leaves the file as it is"));
    EXPECT_EQ(content(), before);
}

TEST_F(SqliteJournalFile, IsKeptAsItIsWhenAPageOfItIsDamaged) {
    std::vector<core::JournalEntry> many;
    for (int i = 0; i < 200; ++i) many.push_back(service(i));
    ASSERT_TRUE((*open())->write(many, {}));
    auto bytes = content();
    // Every page but the first, which holds the schema.
    std::fill(bytes.begin() + 4096, bytes.end(), '\x5a');
    std::ofstream(file_, std::ios::binary) << bytes;
    const auto journal = open();
    ASSERT_FALSE(journal);
    EXPECT_THAT(journal.error().message, HasSubstr("is damaged"));
    EXPECT_EQ(content(), bytes);
}

TEST_F(SqliteJournalFile, IsKeptAsItIsWhenItBelongsToAnotherProgram) {
    sql("CREATE TABLE intents (other TEXT)");
    const auto before = content();
    const auto journal = open();
    ASSERT_FALSE(journal);
    EXPECT_THAT(journal.error().message, HasSubstr("not one of doze"));
    EXPECT_EQ(content(), before);
}

TEST_F(SqliteJournalFile, IsKeptAsItIsWhenANewerDozeWroteIt) {
    write(service(1));
    for (const auto version : {user_version() + 1, 99}) {
        sql("PRAGMA user_version = " + std::to_string(version));
        const auto journal = open();
        ASSERT_FALSE(journal);
        EXPECT_THAT(journal.error().message, AllOf(HasSubstr("newer doze"), HasSubstr(std::to_string(version))));
    }
}

struct BadCell {
    const char* column;
    const char* value;
};

class SqliteJournalRow : public SqliteJournalFile, public testing::WithParamInterface<BadCell> {};

TEST_P(SqliteJournalRow, ThatCanNotBeUnderstoodIsNamedAndNotDropped) {
    write(service(1));
    write(service(2));
    sql(std::string("UPDATE intents SET ") + GetParam().column + " = " + GetParam().value +
        " WHERE resource = 'ecs:us-east-1:web/s2'");
    const auto entries = (*open())->entries();
    ASSERT_FALSE(entries);
    EXPECT_THAT(entries.error().message, AllOf(HasSubstr("row '"), HasSubstr(GetParam().column)));
    EXPECT_THAT(entries.error().next_step, HasSubstr("sqlite3"));
    sql("DELETE FROM intents WHERE desired <> 1 OR step <> 'sleeping' OR owner <> 'doze' OR resource NOT LIKE 'ecs%' "
        "OR min IS NOT NULL OR left_max IS NOT NULL");
    EXPECT_THAT((*open())->entries().value(), ElementsAre(service(1)));
}

INSTANTIATE_TEST_SUITE_P(Cells, SqliteJournalRow,
                         testing::Values(BadCell{"resource", "'moon:us-east-1:x'"}, BadCell{"step", "'snoring'"},
                                         BadCell{"step", "''"}, BadCell{"owner", "'?'"}, BadCell{"desired", "-1"},
                                         BadCell{"desired", "99999999999"}, BadCell{"min", "-3"},
                                         BadCell{"left_max", "4294967296"}, BadCell{"goal_min", "-1"},
                                         BadCell{"max", "-1"}, BadCell{"suspended", "-1"},
                                         BadCell{"left_desired", "-1"}, BadCell{"left_min", "-1"},
                                         BadCell{"left_suspended", "-1"}, BadCell{"goal_desired", "-1"},
                                         BadCell{"goal_max", "-1"}, BadCell{"goal_suspended", "-1"}),
                         [](const auto& cell) { return std::string(cell.param.column) + std::to_string(cell.index); });

TEST_F(SqliteJournalFile, NoticesThatARowWasChangedIntoAnotherGoodOne) {
    write(service(1));
    for (const auto* change : {"resource = 'ecs:us-east-1:web/s3'", "desired = 3", "step = 'asleep'", "opened_at = 1",
                               "suspended = 1", "account = '1'", "requested = 1", "left_desired = 0"}) {
        sql(std::string("CREATE TABLE kept AS SELECT * FROM intents; UPDATE intents SET ") + change);
        const auto entries = (*open())->entries();
        ASSERT_FALSE(entries) << change;
        EXPECT_THAT(entries.error().message, HasSubstr("checksum"));
        sql("DELETE FROM intents; INSERT INTO intents SELECT * FROM kept; DROP TABLE kept");
    }
    EXPECT_THAT((*open())->entries().value(), ElementsAre(service(1)));
}

TEST_F(SqliteJournalFile, TakesARowThatAPersonCorrected) {
    write(service(1));
    sql("UPDATE intents SET desired = 3, checksum = NULL");
    EXPECT_EQ((*open())->entries().value().at(0).snapshot.desired, 3);
}

TEST_F(SqliteJournalFile, LearnsAnewWhoseARegistrationIsWhereItsRowWasChanged) {
    ASSERT_TRUE((*open())->save(service(1).id, AccountId("111111111111")));
    sql("UPDATE accounts SET account = '111111111112'");
    EXPECT_THAT((*open())->accounts().value(), IsEmpty());
}

TEST_F(SqliteJournalFile, KnowsTheMachinesTimeOfASnoozeOnlyInTheSameRunOfTheMachine) {
    const core::HoldRecord snoozed{
        .snooze_left = std::chrono::hours(1), .noted_at = at(0), .noted_boot = core::TimePoint(std::chrono::hours(7))};
    const auto open_in = [&](const char* boot) { return SqliteJournal::open(file_, 10, boot).value(); };
    ASSERT_TRUE(open_in("one")->save(snoozed));
    EXPECT_EQ(open_in("one")->holds().value(), snoozed);
    auto by_wall = snoozed;
    by_wall.noted_boot.reset();
    EXPECT_EQ(open_in("two")->holds().value(), by_wall);
    ASSERT_TRUE(open_in("")->save(snoozed));
    EXPECT_EQ(open_in("")->holds().value(), by_wall);
}

class SqliteJournalTable : public SqliteJournalFile, public testing::WithParamInterface<const char*> {};

TEST_P(SqliteJournalTable, ThatIsMissingIsTold) {
    write(service(1));
    sql(std::string("DROP TABLE ") + GetParam());
    const auto journal = open();
    ASSERT_FALSE(journal);
    EXPECT_THAT(journal.error().message, AllOf(HasSubstr("damaged"), HasSubstr(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Tables, SqliteJournalTable, testing::Values("intents", "presence", "holds", "accounts"));

TEST_F(SqliteJournalFile, ThatLacksAColumnIsNotOpened) {
    write(service(1));
    sql("ALTER TABLE history DROP COLUMN text");
    const auto journal = open();
    ASSERT_FALSE(journal);
    EXPECT_THAT(journal.error().message, HasSubstr("text"));
}

TEST_F(SqliteJournalFile, GoesOnAfterAWriteThatItRefused) {
    const auto journal = open().value();
    ASSERT_TRUE(journal->write(std::vector{service(1)}, {}));
    auto other = service(1);
    other.snapshot.desired = 7;
    EXPECT_FALSE(journal->write(std::vector{service(2), other}, {}));
    EXPECT_THAT(journal->entries().value(), ElementsAre(service(1))) << "all of it or nothing";
    EXPECT_TRUE(journal->write(std::vector{service(3)}, {}));
    EXPECT_THAT(journal->entries().value(), ElementsAre(service(1), service(3)));
}

TEST_F(SqliteJournalFile, RefusesAPresenceThatIsNoWord) {
    ASSERT_TRUE((*open())->save({.state = core::PresenceState::away, .since = at(0)}));
    for (const auto* word : {"'asleep'", "'unknown'", "'?'"}) {
        sql(std::string("UPDATE presence SET state = ") + word);
        const auto presence = (*open())->presence();
        ASSERT_FALSE(presence);
        EXPECT_THAT(presence.error().message, HasSubstr("presence"));
    }
}

TEST_F(SqliteJournalFile, SaysThatAnotherProgramUsesItAndGoesOnAfterwards) {
    auto journal = open().value();
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(file_.c_str(), &raw), SQLITE_OK);
    const Handle<sqlite3, sqlite3_close> other(raw);
    ASSERT_EQ(sqlite3_exec(raw, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    const auto busy = journal->write(std::vector{service(1)}, {});
    ASSERT_FALSE(busy);
    EXPECT_THAT(busy.error().message, HasSubstr("Another program is using"));
    EXPECT_EQ(busy.error().recovery, Recovery::retry);
    ASSERT_EQ(sqlite3_exec(raw, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_TRUE(journal->write(std::vector{service(1)}, {}));
}

TEST_F(SqliteJournalFile, ReadsBeforeItsRowsMoveOn) {
    // A statement that was left open would hold a lock and refuse the write.
    auto journal = open().value();
    ASSERT_TRUE(journal->write(std::vector{service(1), service(2)}, {}));
    ASSERT_THAT(journal->entries().value(), SizeIs(2));
    ASSERT_TRUE(journal->presence());
    EXPECT_TRUE(journal->write({}, std::vector{service(1).id}));
}

TEST_F(SqliteJournalFile, TellsItsHistoryNewestFirst) {
    auto journal = open().value();
    EXPECT_THAT(journal->history({.limit = 10}).value(), IsEmpty());
    ASSERT_TRUE(
        journal->add(std::vector<core::Announce>{{.reason = core::Reason::away, .text = "Away since 12:00."}}, at(1)));
    ASSERT_TRUE(journal->add(std::vector<core::Announce>{{.level = core::Level::error,
                                                          .reason = core::Reason::started_by_hand,
                                                          .id = service(1).id,
                                                          .text = "웹 서버를 누군가 켰습니다."}},
                             at(2)));
    EXPECT_THAT(journal->history({.limit = 10}).value(),
                ElementsAre(core::HistoryLine{2, at(2), "started-by-hand", "error", "ecs:us-east-1:web/s1",
                                              "웹 서버를 누군가 켰습니다."},
                            core::HistoryLine{1, at(1), "away", "info", "", "Away since 12:00."}));
    EXPECT_THAT(journal->history({.limit = 1}).value(), SizeIs(1));
    EXPECT_THAT(journal->history({.limit = -1}).value(), IsEmpty());
}

TEST_F(SqliteJournalFile, TellsItsHistoryFromAMomentOnAndPageByPage) {
    auto journal = open().value();
    for (int i = 1; i <= 9; ++i)
        ASSERT_TRUE(journal->add(std::vector<core::Announce>{{.reason = core::Reason::held, .text = std::to_string(i)}},
                                 at(i)));
    const auto texts = [&](const core::HistoryQuery& query) {
        std::string all;
        for (const auto& line : journal->history(query).value()) all += line.text;
        return all;
    };
    EXPECT_EQ(texts({.since = at(7)}), "987");
    EXPECT_EQ(texts({.limit = 2, .before = 8}), "76");
    EXPECT_EQ(texts({.since = at(3), .before = 5}), "43");
    EXPECT_EQ(texts({.since = at(10)}), "");
}

TEST_F(SqliteJournalFile, KeepsOnlyTheNewestLinesOfItsHistory) {
    auto journal = open(5).value();
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(journal->add(
            std::vector<core::Announce>{{.reason = core::Reason::source, .text = std::to_string(i)}}, at(i)));
    }
    const auto lines = journal->history({.limit = 100}).value();
    ASSERT_THAT(lines, SizeIs(5));
    EXPECT_EQ(lines.front().text, "19");
    EXPECT_EQ(lines.back().text, "15");

    journal = open(2).value();
    ASSERT_TRUE(journal->add(std::vector<core::Announce>{{.reason = core::Reason::source, .text = "20"}}, at(20)));
    EXPECT_THAT(journal->history({.limit = 100}).value(), SizeIs(2));

    journal = open(0).value();
    ASSERT_TRUE(journal->add(std::vector<core::Announce>{{.reason = core::Reason::source, .text = "21"}}, at(21)));
    EXPECT_THAT(journal->history({.limit = 100}).value(), SizeIs(1)) << "the newest line is always there";
}

TEST_F(SqliteJournalFile, KeepsTextsAsTheyAre) {
    auto journal = open().value();
    const std::string odd("a\0b'; DROP TABLE history; --\xff", 29);
    ASSERT_TRUE(journal->add(std::vector<core::Announce>{{.reason = core::Reason::refused, .text = odd}}, at(0)));
    ASSERT_TRUE(journal->add(std::vector<core::Announce>{{.reason = core::Reason::refused, .text = ""}}, at(0)));
    const auto lines = journal->history({.limit = 2}).value();
    EXPECT_EQ(lines.at(0).text, "");
    EXPECT_EQ(lines.at(1).text, odd);
}

TEST_F(SqliteJournalFile, TakesLittleMemoryHoweverLongItsHistoryIs) {
    auto journal = open().value();
    ASSERT_TRUE(journal->add(std::vector<core::Announce>{{.reason = core::Reason::source, .text = "first"}}, at(0)));
    sql("WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) "
        "INSERT INTO history SELECT i, i, 'source', 'info', NULL, printf('%.100c', 'x') FROM n");
    ASSERT_THAT(journal->history({.limit = 20'000}).value(), SizeIs(20'000));
    sqlite3_memory_highwater(1);
    ASSERT_TRUE(journal->add(std::vector<core::Announce>{{.reason = core::Reason::source, .text = "last"}}, at(0)));
    ASSERT_THAT(journal->history({.limit = 20'000}).value(), SizeIs(20'000));
    EXPECT_LT(sqlite3_memory_highwater(0), 1'000'000);
}

}  // namespace
}  // namespace doze::store
