// The journal of the daemon on bad days of its files. What every journal does is in tests/contract/journal.
#include "adapters/store/lasting_journal.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "base/handle.hpp"
#include "fakes/temp_dir.hpp"

namespace doze::store {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

core::WallTime minute(int number) {
    return core::WallTime(std::chrono::minutes(29'000'000 + number));
}

core::JournalEntry row(int number, int opened = 0) {
    return {.id = core::ecs(Region("us-east-1"), ClusterName("web"), ServiceName("s" + std::to_string(number))),
            .sleep_state = core::SleepState::asleep,
            .snapshot = {.desired = number},
            .opened_at = minute(opened)};
}

const core::PresenceRecord away{.state = core::PresenceState::away, .since = minute(0)};

class LastingJournalTest : public testing::Test {
   protected:
    LastingJournalTest() { start(); }

    void start() {
        journal_.reset();
        auto opened = open();
        ASSERT_TRUE(opened) << opened.error().text();
        journal_ = std::move(*opened);
    }
    void stop() { journal_.reset(); }

    [[nodiscard]] Result<std::unique_ptr<LastingJournal>> open() {
        return LastingJournal::open(
            state_, [this](core::Level, const std::string& text) { told_.push_back(text); },
            std::chrono::milliseconds(0));
    }

    void put(std::vector<core::JournalEntry> rows) { ASSERT_TRUE(journal_->write(rows, {})); }
    void close(const core::JournalEntry& row) { ASSERT_TRUE(journal_->write({}, std::vector{row.id})); }

    /// What another program would find on disk.
    [[nodiscard]] std::vector<core::JournalEntry> on_disk() const { return salvaged(file_); }
    [[nodiscard]] static std::vector<core::JournalEntry> salvaged(const fs::path& file) {
        std::vector<core::JournalEntry> rows;
        for (const auto& [id, entry] : salvage(file).contents.rows) rows.push_back(entry);
        return rows;
    }
    [[nodiscard]] std::vector<core::JournalEntry> rows() const { return journal_->entries().value(); }

    void sql(const std::string& text) const {
        sqlite3* raw = nullptr;
        ASSERT_EQ(sqlite3_open(file_.c_str(), &raw), SQLITE_OK);
        const Handle<sqlite3, sqlite3_close> db(raw);
        ASSERT_EQ(sqlite3_exec(raw, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(raw);
    }

    /// The files that were put aside.
    [[nodiscard]] std::vector<fs::path> kept() const {
        std::vector<fs::path> files;
        for (const auto& each : fs::directory_iterator(state_)) {
            const auto name = each.path().filename().string();
            if (name.starts_with("doze.db.damaged-") && !name.ends_with("-journal")) files.push_back(each.path());
        }
        return files;
    }

    fakes::TempDir folder_;
    fs::path state_ = folder_.path() / "state";
    fs::path file_ = state_ / "doze.db";
    std::vector<std::string> told_;
    std::unique_ptr<LastingJournal> journal_;
};

TEST_F(LastingJournalTest, BeginsQuietly) {
    EXPECT_THAT(rows(), IsEmpty());
    EXPECT_FALSE(journal_->trouble());
    EXPECT_THAT(told_, IsEmpty());
    EXPECT_EQ(fs::status(state_).permissions(), fs::perms(0700));
    EXPECT_EQ(fs::status(file_).permissions(), fs::perms(0600));
    put({row(1)});
    start();
    EXPECT_THAT(rows(), ElementsAre(row(1)));
    EXPECT_THAT(told_, IsEmpty());
}

/// What may happen to the files while doze runs, each with all rows on disk afterwards.
struct Mishap {
    const char* name;
    void (*happens)(const fs::path& state);
};

void overwrite(const fs::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

constexpr Mishap mishaps[] = {
    {"FolderRemoved", [](const fs::path& state) { fs::remove_all(state); }},
    {"FolderRenamed", [](const fs::path& state) { fs::rename(state, state.string() + ".old"); }},
    {"FolderReplaced",
     [](const fs::path& state) {
         fs::rename(state, state.string() + ".old");
         fs::create_directory(state);
         fs::permissions(state, fs::perms(0700));
     }},
    {"FileRemoved", [](const fs::path& state) { fs::remove(state / "doze.db"); }},
    {"AllFilesRemoved",
     [](const fs::path& state) {
         for (const auto& each : fs::directory_iterator(state)) fs::remove(each);
     }},
    {"CutToNothing", [](const fs::path& state) { fs::resize_file(state / "doze.db", 0); }},
    {"CutToOneByte", [](const fs::path& state) { fs::resize_file(state / "doze.db", 1); }},
    {"CutInTheMiddle", [](const fs::path& state) { fs::resize_file(state / "doze.db", 5000); }},
    {"NoDatabase", [](const fs::path& state) { overwrite(state / "doze.db", std::string(5000, 'x')); }},
    {"ReplacedByACopy",
     [](const fs::path& state) {
         fs::copy_file(state / "doze.db", state / "copy");
         fs::rename(state / "copy", state / "doze.db");
     }},
};

class LastingJournalMishap : public LastingJournalTest, public testing::WithParamInterface<Mishap> {};

TEST_P(LastingJournalMishap, IsMendedByTheNextWrite) {
    put({row(1), row(2)});
    ASSERT_TRUE(journal_->save(away));
    GetParam().happens(state_);
    put({row(3)});
    close(row(1));
    EXPECT_FALSE(journal_->trouble());
    EXPECT_THAT(on_disk(), UnorderedElementsAre(row(2), row(3)));
    EXPECT_EQ(fs::status(state_).permissions(), fs::perms(0700));
    EXPECT_TRUE(fs::exists(state_ / "doze.lock"));
    EXPECT_FALSE(open()) << "locked again";
    start();
    EXPECT_THAT(rows(), UnorderedElementsAre(row(2), row(3)));
    EXPECT_EQ(journal_->presence().value(), away);
    EXPECT_FALSE(fs::exists(state_ / "doze.db.new"));
}

TEST_P(LastingJournalMishap, LosesNothingElseThatIsRemembered) {
    const core::HoldRecord held{.held = true};
    const AccountId one("111111111111"), other("222222222222");
    ASSERT_TRUE(journal_->save(held));
    ASSERT_TRUE(journal_->save(row(1).id, one));
    ASSERT_TRUE(journal_->save(row(2).id, one));
    ASSERT_TRUE(journal_->save(row(2).id, other));
    ASSERT_TRUE(journal_->save(row(3).id, one));
    ASSERT_TRUE(journal_->save(row(3).id, AccountId()));
    GetParam().happens(state_);
    journal_->tend();
    start();
    EXPECT_EQ(journal_->holds().value(), held);
    EXPECT_THAT(journal_->accounts().value(),
                UnorderedElementsAre(testing::Pair(row(1).id, one), testing::Pair(row(2).id, other)));
}

TEST_P(LastingJournalMishap, IsNoticedAndMendedWhileNothingIsWritten) {
    put({row(1), row(2)});
    GetParam().happens(state_);
    journal_->tend();
    EXPECT_FALSE(journal_->trouble());
    EXPECT_THAT(on_disk(), UnorderedElementsAre(row(1), row(2)));
    EXPECT_FALSE(fs::exists(state_ / "doze.db.new"));
    EXPECT_FALSE(fs::exists(state_ / "doze.db.new-journal"));
    EXPECT_THAT(journal_->take_found(), IsEmpty());
    const auto told = told_.size();
    journal_->tend();
    EXPECT_THAT(told_, SizeIs(told)) << "told once";
}

INSTANTIATE_TEST_SUITE_P(Files, LastingJournalMishap, testing::ValuesIn(mishaps),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_F(LastingJournalTest, KnowsWhatWasClosedSinceTheCopyThatWasRestored) {
    put({row(1), row(2)});
    fs::copy_file(file_, state_ / "copy");
    close(row(1));
    put({row(3)});
    fs::rename(state_ / "copy", file_);
    journal_->tend();
    EXPECT_THAT(on_disk(), UnorderedElementsAre(row(2), row(3)));
    EXPECT_THAT(journal_->take_found(), IsEmpty());
    EXPECT_THAT(told_, Contains(HasSubstr("was replaced")));
}

TEST_F(LastingJournalTest, KnowsThatARowOfTheCopyIsAnEarlierOneOfWhatWasClosedSince) {
    put({row(1)});
    fs::copy_file(file_, state_ / "copy");
    close(row(1));
    put({row(1, 5)});
    close(row(1));
    fs::rename(state_ / "copy", file_);
    journal_->tend();
    EXPECT_THAT(on_disk(), IsEmpty());
    EXPECT_THAT(journal_->take_found(), IsEmpty());
}

TEST_F(LastingJournalTest, TakesARowOfAnotherFileThatWasOpenedAfterItsOwnWasClosed) {
    put({row(1, 5)});
    fs::copy_file(file_, state_ / "copy");
    close(row(1));
    put({row(1)});
    close(row(1));
    fs::rename(state_ / "copy", file_);
    journal_->tend();
    EXPECT_THAT(on_disk(), ElementsAre(row(1, 5)));
}

TEST_F(LastingJournalTest, LocksTheFileThatItMadeAnewAtOnce) {
    put({row(1)});
    fs::remove(file_);
    put({row(2)});
    fs::remove(state_ / "doze.lock");
    EXPECT_FALSE(open()) << "the database has a lock of its own";
}

TEST_F(LastingJournalTest, MakesItsFileAnewOfWhatItKnowsAlone) {
    put({row(1)});
    fs::copy_file(file_, state_ / "doze.db.new");  // Of an earlier try.
    close(row(1));
    put({row(2)});
    fs::remove(file_);
    journal_->tend();
    EXPECT_THAT(on_disk(), ElementsAre(row(2)));
}

TEST_F(LastingJournalTest, AtItsStartRemovesWhatAKillLeftHalfMade) {
    stop();
    overwrite(state_ / "doze.db.new", "half");
    overwrite(state_ / "doze.db.new-journal", "half");
    start();
    EXPECT_FALSE(fs::exists(state_ / "doze.db.new"));
    EXPECT_FALSE(fs::exists(state_ / "doze.db.new-journal"));
}

TEST_F(LastingJournalTest, NoticesACopyThatWasWrittenOverItsFile) {
    put({row(1)});
    fs::copy_file(file_, state_ / "copy");
    put({row(2)});
    auto changed = row(1);
    changed.sleep_state = core::SleepState::waking;
    put({changed});
    fs::copy_file(state_ / "copy", file_, fs::copy_options::overwrite_existing);
    journal_->tend();
    EXPECT_THAT(on_disk(), UnorderedElementsAre(changed, row(2)));
}

TEST_F(LastingJournalTest, TakesOverTheRowsOfAFileThatAnotherDozeWrote) {
    put({row(1)});
    fs::rename(state_, folder_.path() / "elsewhere");
    {
        const auto other = open().value();
        ASSERT_TRUE(other->write(std::vector{row(2)}, {}));
        const auto refused = journal_->write(std::vector{row(3)}, {});
        ASSERT_FALSE(refused) << "two never write one journal";
        EXPECT_THAT(refused.error().message, HasSubstr("Another doze"));
        EXPECT_THAT(rows(), ElementsAre(row(1))) << "and it still knows what it owes";
    }
    put({row(3)});
    EXPECT_THAT(on_disk(), UnorderedElementsAre(row(1), row(2), row(3)));
    EXPECT_THAT(journal_->take_found(), ElementsAre(row(2)));
    EXPECT_THAT(journal_->take_found(), IsEmpty());
}

TEST_F(LastingJournalTest, AtItsStartKeepsAFileThatWasCutAndSaysSo) {
    put({row(1)});
    for (const auto size : {0, 1}) {
        stop();
        told_.clear();
        fs::resize_file(file_, static_cast<std::uintmax_t>(size));
        start();
        EXPECT_THAT(told_, ElementsAre(AllOf(HasSubstr("was damaged"), HasSubstr("kept as"))));
        EXPECT_THAT(journal_->notes(), SizeIs(1));
        EXPECT_FALSE(journal_->trouble());
        put({row(2)});
        close(row(2));
    }
    EXPECT_THAT(kept(), SizeIs(2));
}

TEST_F(LastingJournalTest, AtItsStartUsesTheGoodRowsAndKeepsTheBadOnes) {
    put({row(1), row(2), row(3)});
    ASSERT_TRUE(journal_->save(away));
    ASSERT_TRUE(journal_->add(std::vector<core::Announce>{{.reason = core::Reason::away, .text = "Away."}}, minute(0)));
    for (const auto* damage : {"step = 'snoring'", "resource = 'ecs:us-east-1:web/s9'"}) {
        stop();
        told_.clear();
        sql(std::string("UPDATE intents SET ") + damage + " WHERE resource = 'ecs:us-east-1:web/s2'");
        start();
        EXPECT_THAT(rows(), UnorderedElementsAre(row(1), row(3)));
        EXPECT_THAT(told_, ElementsAre(AllOf(HasSubstr("can't be read"), HasSubstr("kept as"))));
        EXPECT_EQ(journal_->presence().value(), away);
        EXPECT_THAT(journal_->history({}).value(), SizeIs(1));
        put({row(2)});  // Is not in its own way.
        start();
        EXPECT_THAT(rows(), UnorderedElementsAre(row(1), row(2), row(3)));
    }
    ASSERT_THAT(kept(), SizeIs(2));
    EXPECT_THAT(salvage(kept().front()).bad, SizeIs(1)) << "nothing of it is lost";
}

TEST_F(LastingJournalTest, AtItsStartReadsWhatIsLeftOfADamagedFile) {
    std::vector<core::JournalEntry> many;
    for (int i = 0; i < 300; ++i) many.push_back(row(i));
    put(many);
    ASSERT_TRUE(journal_->save(away));
    stop();
    {
        std::fstream bytes(file_, std::ios::binary | std::ios::in | std::ios::out);
        bytes.seekp(static_cast<std::streamoff>(fs::file_size(file_)) / 2);
        bytes << std::string(100, '\x5a');
    }
    const auto damaged = fs::file_size(file_);
    start();
    EXPECT_GT(rows().size(), 200U);
    for (const auto& each : rows()) EXPECT_THAT(many, Contains(each));
    EXPECT_FALSE(journal_->trouble());
    ASSERT_THAT(kept(), SizeIs(1));
    EXPECT_EQ(fs::file_size(kept().front()), damaged);
    put({row(1000)});
    EXPECT_THAT(on_disk(), SizeIs(rows().size()));
}

TEST_F(LastingJournalTest, LeavesAloneWhatANewerDozeWroteAndSaysSo) {
    put({row(1)});
    stop();
    sql("PRAGMA user_version = 99");
    start();
    EXPECT_THAT(rows(), IsEmpty());
    ASSERT_TRUE(journal_->trouble());
    EXPECT_THAT(journal_->trouble()->message, HasSubstr("newer doze"));
    EXPECT_FALSE(journal_->write(std::vector{row(2)}, {}));
    EXPECT_THAT(kept(), IsEmpty());
    sql("PRAGMA user_version = 4");  // The person puts the right one there.
    journal_->tend();
    EXPECT_FALSE(journal_->trouble());
    EXPECT_THAT(journal_->take_found(), ElementsAre(row(1)));
    EXPECT_THAT(on_disk(), ElementsAre(row(1)));
}

TEST_F(LastingJournalTest, IsOneEvenIfItsLockIsRemoved) {
    put({row(1)});
    fs::remove(state_ / "doze.lock");
    const auto second = open();
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr("Another doze"));
    journal_->tend();
    EXPECT_EQ(StateLock::holder(state_), ::getpid()) << "made anew";
    EXPECT_FALSE(journal_->trouble());
    put({row(2)});
}

TEST_F(LastingJournalTest, TakesItsLockFromOneThatCouldNotStart) {
    fs::remove(state_ / "doze.lock");
    {
        const auto starting = StateLock::take(state_);
        ASSERT_TRUE(starting);
        journal_->tend();
    }
    journal_->tend();
    EXPECT_EQ(StateLock::holder(state_), ::getpid());
    EXPECT_FALSE(journal_->trouble());
}

TEST_F(LastingJournalTest, WaitsBetweenTwoTries) {
    journal_.reset();
    journal_ = LastingJournal::open(
                   state_, [](auto, const auto&) {}, std::chrono::hours(1))
                   .value();
    put({row(1)});
    fs::remove_all(state_);
    overwrite(state_, "in the way");
    EXPECT_FALSE(journal_->write(std::vector{row(2)}, {}));
    fs::remove(state_);
    EXPECT_FALSE(journal_->write(std::vector{row(2)}, {}));
    EXPECT_FALSE(fs::exists(state_));
}

/// An ordinary user for as long as it lives: root may write what nobody may.
class Ordinary {
   public:
    explicit Ordinary(const fs::path& below) : was_(::geteuid()) {
        if (was_ != 0) return;
        for (const auto& each : fs::recursive_directory_iterator(below))
            [[maybe_unused]] const int given = ::chown(each.path().c_str(), 65534, 65534);
        [[maybe_unused]] const int given = ::chown(below.c_str(), 65534, 65534);
        [[maybe_unused]] const int changed = ::seteuid(65534);
    }
    Ordinary(const Ordinary&) = delete;
    Ordinary& operator=(const Ordinary&) = delete;
    ~Ordinary() { [[maybe_unused]] const int changed = ::seteuid(was_); }

   private:
    uid_t was_;
};

TEST_F(LastingJournalTest, MendsABadRowThatItKnowsThoughNoCopyOfTheFileCanBeKept) {
    put({row(1), row(2)});
    const Ordinary user(folder_.path());
    fs::permissions(state_, fs::perms(0500));
    sql("PRAGMA journal_mode = PERSIST; UPDATE intents SET desired = 7 WHERE resource = 'ecs:us-east-1:web/s2'");
    journal_->tend();
    EXPECT_FALSE(journal_->trouble());
    EXPECT_THAT(on_disk(), UnorderedElementsAre(row(1), row(2)));
    EXPECT_THAT(kept(), IsEmpty());
    fs::permissions(state_, fs::perms(0700));
}

TEST_F(LastingJournalTest, TellsItsHistoryThoughItsFileMayOnlyBeRead) {
    ASSERT_TRUE(journal_->add(std::vector<core::Announce>{{.reason = core::Reason::away, .text = "Away."}}, minute(0)));
    stop();
    const Ordinary user(folder_.path());
    fs::permissions(file_, fs::perms(0400));
    start();
    EXPECT_THAT(journal_->history({}).value(), SizeIs(1));
    EXPECT_FALSE(journal_->write(std::vector{row(1)}, {}));
}

class SickStart : public LastingJournalTest, public testing::WithParamInterface<const char*> {};

TEST_P(SickStart, OnAReadOnlyDiskKnowsWhatItOwesAndGoesOnWhenTheDiskIsWell) {
    stop();
    for (const auto& each : fs::directory_iterator(state_)) fs::remove(each);
    fs::copy_file(fs::path(DOZE_SAVED_FILES) / GetParam(), file_);
    const auto owed = salvaged(file_);
    ASSERT_THAT(owed.size(), testing::Ge(5U));
    const Ordinary user(folder_.path());
    fs::permissions(file_, fs::perms(0400));
    fs::permissions(state_, fs::perms(0500));
    start();
    EXPECT_EQ(rows(), owed);
    EXPECT_EQ(journal_->presence().value()->state, core::PresenceState::away);
    EXPECT_FALSE(journal_->write(std::vector{row(1)}, {}));
    EXPECT_TRUE(journal_->trouble());
    fs::permissions(state_, fs::perms(0700));
    fs::permissions(file_, fs::perms(0600));
    journal_->tend();
    EXPECT_FALSE(journal_->trouble());
    EXPECT_THAT(journal_->take_found(), IsEmpty()) << "it knew them";
    EXPECT_EQ(on_disk(), owed);
    EXPECT_THAT(kept(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Schemas, SickStart,
                         testing::Values("schema-1.db", "schema-2.db", "schema-3.db", "schema-4.db"));

}  // namespace
}  // namespace doze::store
