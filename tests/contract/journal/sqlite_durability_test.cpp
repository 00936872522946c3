// The journal on a real disk: a process that is killed, a disk that is full, a file that can't be written.
#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <string>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/store/sqlite_journal.hpp"
#include "base/handle.hpp"
#include "entries.hpp"
#include "fakes/temp_dir.hpp"

namespace doze::journal_contract {
namespace {

namespace fs = std::filesystem;
using store::SqliteJournal;
using testing::HasSubstr;

core::JournalEntry numbered(int number) {
    return {.id = core::ecs(Region("us-east-1"), ClusterName("c"), ServiceName("s" + std::to_string(number))),
            .snapshot = {.desired = number},
            .opened_at = noon()};
}

struct Pipe {
    UniqueFd read;
    UniqueFd write;
    Pipe() {
        std::array<int, 2> ends = {};
        if (::pipe2(ends.data(), O_CLOEXEC) == 0) {
            read.reset(ends[0]);
            write.reset(ends[1]);
        }
    }
};

/// Writes pairs of rows until it is killed, and tells each pair's number once it is written.
[[noreturn]] void write_until_killed(const fs::path& file, int tell) {
    auto journal = SqliteJournal::open(file);
    if (!journal) ::_exit(1);
    for (int number = 0;; number += 2) {
        if (!put(**journal, {numbered(number), numbered(number + 1)})) ::_exit(2);
        if (::write(tell, &number, sizeof number) != sizeof number) ::_exit(3);
    }
}

TEST(SqliteJournalOnDisk, KeepsWhatItWroteWhenTheProcessIsKilled) {
    for (int kill_after = 1; kill_after <= 8; ++kill_after) {
        const fakes::TempDir folder;
        const auto file = folder.path() / "doze.db";
        Pipe pipe;
        const auto child = ::fork();
        if (child == 0) write_until_killed(file, pipe.write.get());
        ASSERT_GT(child, 0);
        pipe.write.reset();
        int number = -2;
        for (int i = 0; i < kill_after; ++i) ASSERT_EQ(::read(pipe.read.get(), &number, sizeof number), 4);
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        ASSERT_EQ(::waitpid(child, nullptr, 0), child);
        while (::read(pipe.read.get(), &number, sizeof number) == sizeof number) continue;

        auto journal = SqliteJournal::open(file);
        ASSERT_TRUE(journal) << journal.error().text();
        const auto kept = (*journal)->entries();
        ASSERT_TRUE(kept) << kept.error().text();
        const auto known = static_cast<std::size_t>(number) + 2;
        // The pair whose telling was cut off may be there, but never half of one.
        EXPECT_THAT(kept->size(), testing::AnyOf(known, known + 2));
        for (int i = 0; i < static_cast<int>(kept->size()); ++i) EXPECT_THAT(*kept, testing::Contains(numbered(i)));
    }
}

/// Runs `body` in a process of its own, in a mount namespace of its own with a small disk on `folder`.
/// Yields its exit status; 77 if this machine does not let us mount.
template <class Body>
int on_small_disk(const fs::path& folder, Body body) {
    const auto child = ::fork();
    if (child == 0) {
        const bool own = ::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
        if (!own || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=128k") != 0) {
            ::_exit(77);
        }
        body();
        // A failed expectation counts as a failure of the child.
        ::_exit(testing::Test::HasFailure() ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

void expect_full_disk_is_survived(const fs::path& folder) {
    auto opened = SqliteJournal::open(folder / "doze.db");
    ASSERT_TRUE(opened) << opened.error().text();
    auto& journal = **opened;
    ASSERT_TRUE(put(journal, {service(3), nodegroup()}));
    ASSERT_TRUE(journal.save({.state = core::PresenceState::active, .since = noon()}));

    std::ofstream filler(folder / "filler", std::ios::binary);
    while (filler << std::string(4096, 'x') && filler.flush()) continue;
    filler.close();

    std::vector<core::JournalEntry> many;
    for (int i = 0; i < 500; ++i) many.push_back(numbered(i));
    const auto full = put(journal, many);
    ASSERT_FALSE(full);
    EXPECT_THAT(full.error().message, HasSubstr("The disk is full: "));
    EXPECT_EQ(full.error().recovery, Recovery::retry);
    EXPECT_EQ(rows(journal), sorted({service(3), nodegroup()}));

    // The space of the rows that are there, and of SQLite's journal, is doze's own: waking goes on.
    auto waking = service(3);
    waking.sleep_state = core::SleepState::waking;
    EXPECT_TRUE(put(journal, {waking}));
    EXPECT_TRUE(journal.save({.state = core::PresenceState::away, .since = noon()}));
    EXPECT_TRUE(close(journal, nodegroup().id));

    opened->reset();
    opened = SqliteJournal::open(folder / "doze.db");
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_EQ(rows(**opened), sorted({waking}));

    fs::remove(folder / "filler");
    EXPECT_TRUE(put(**opened, {instance("i-0abc1234")}));
    EXPECT_EQ(rows(**opened), sorted({instance("i-0abc1234"), waking}));
}

TEST(SqliteJournalOnDisk, SurvivesAFullDisk) {
    const fakes::TempDir folder;
    const int status = on_small_disk(folder.path(), [&] { expect_full_disk_is_survived(folder.path()); });
    if (status == 77) GTEST_SKIP() << "mounting a small disk is not allowed here; FailingDisk covers the rest";
    EXPECT_EQ(status, 0) << "see the output above";
}

TEST(SqliteJournalOnDisk, SaysThatTheDiskIsFullWhenItCanNotEvenBeCreated) {
    const fakes::TempDir folder;
    const int status = on_small_disk(folder.path(), [&] {
        std::ofstream filler(folder.path() / "filler", std::ios::binary);
        while (filler << std::string(4096, 'x') && filler.flush()) continue;
        const auto opened = SqliteJournal::open(folder.path() / "doze.db");
        ASSERT_FALSE(opened);
        EXPECT_THAT(opened.error().message, HasSubstr("The disk is full: "));
        EXPECT_EQ(opened.error().recovery, Recovery::retry);
    });
    if (status == 77) GTEST_SKIP() << "mounting a small disk is not allowed here";
    EXPECT_EQ(status, 0) << "see the output above";
}

/// An ordinary user for as long as it lives: root may write what nobody may.
class OrdinaryUser {
   public:
    OrdinaryUser() : was_(::geteuid()) {
        if (was_ == 0) [[maybe_unused]]
            const int changed = ::seteuid(65534);
    }
    OrdinaryUser(const OrdinaryUser&) = delete;
    OrdinaryUser& operator=(const OrdinaryUser&) = delete;
    ~OrdinaryUser() { [[maybe_unused]] const int changed = ::seteuid(was_); }

   private:
    uid_t was_;
};

TEST(SqliteJournalOnDisk, IsReadButNotWrittenWhereItIsReadOnly) {
    const fakes::TempDir folder;
    const auto file = folder.path() / "doze.db";
    ASSERT_TRUE(put(*SqliteJournal::open(file).value(), {service(3)}));
    for (const auto& each : fs::directory_iterator(folder.path())) {
        if (::geteuid() == 0) {
            ASSERT_EQ(::chown(each.path().c_str(), 65534, 65534), 0);
        }
        fs::permissions(each.path(), fs::perms(0400));
    }
    fs::permissions(folder.path(), fs::perms(0555));
    {
        const OrdinaryUser user;
        auto journal = SqliteJournal::open(file);
        ASSERT_TRUE(journal) << journal.error().text();
        EXPECT_EQ(rows(**journal), std::vector{service(3)});
        const auto refused = put(**journal, {nodegroup()});
        ASSERT_FALSE(refused);
        EXPECT_THAT(refused.error().message, HasSubstr("read-only"));
        EXPECT_FALSE(refused.error().next_step.empty());
        EXPECT_EQ(refused.error().recovery, Recovery::tell);
        EXPECT_EQ(rows(**journal), std::vector{service(3)});
    }
    fs::permissions(folder.path(), fs::perms(0755));
}

TEST(SqliteJournalOnDisk, SaysThatItCanNotBeCreatedInAReadOnlyFolder) {
    const fakes::TempDir folder;
    fs::permissions(folder.path(), fs::perms(0555));
    {
        const OrdinaryUser user;
        const auto journal = SqliteJournal::open(folder.path() / "doze.db");
        ASSERT_FALSE(journal);
        EXPECT_THAT(journal.error().message, HasSubstr("can't be created"));
        EXPECT_THAT(journal.error().next_step, HasSubstr("--state-dir"));
    }
    fs::permissions(folder.path(), fs::perms(0755));
}

TEST(SqliteJournalOnDisk, NoticesThatItsFileWasDeleted) {
    const fakes::TempDir folder;
    auto journal = SqliteJournal::open(folder.path() / "doze.db").value();
    ASSERT_TRUE(put(*journal, {service(3)}));
    fs::remove(folder.path() / "doze.db");
    const auto refused = put(*journal, {nodegroup()});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("moved or deleted"));
}

}  // namespace
}  // namespace doze::journal_contract
