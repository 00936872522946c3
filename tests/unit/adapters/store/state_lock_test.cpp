#include "adapters/store/state_lock.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <signal.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "fakes/temp_dir.hpp"

namespace doze::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class StateLockTest : public testing::Test {
   protected:
    [[nodiscard]] Result<StateLock> take() const { return StateLock::take(folder_.path()); }

    [[nodiscard]] std::string content() const {
        std::ifstream in(folder_.path() / "doze.lock");
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }

    fakes::TempDir folder_;
};

TEST_F(StateLockTest, IsTakenByOneAndNamesIt) {
    const auto first = take();
    ASSERT_TRUE(first) << first.error().text();
    EXPECT_EQ(content(), std::to_string(::getpid()) + "\n");
    EXPECT_EQ(std::filesystem::status(folder_.path() / "doze.lock").permissions(), std::filesystem::perms(0600));
    const auto second = take();
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, AllOf(HasSubstr("Another doze (process " + std::to_string(::getpid()) + ")"),
                                              HasSubstr(folder_.path().string())));
    EXPECT_THAT(second.error().next_step, HasSubstr("kill " + std::to_string(::getpid())));
}

TEST_F(StateLockTest, IsFreeAgainAtTheEnd) {
    {
        const auto first = take();
        ASSERT_TRUE(first);
    }
    EXPECT_EQ(content(), "");
    EXPECT_TRUE(take());
}

TEST_F(StateLockTest, MovesWithItsOwner) {
    auto first = take();
    ASSERT_TRUE(first);
    const std::optional<StateLock> kept(std::move(*first));
    EXPECT_FALSE(take());
}

TEST_F(StateLockTest, IgnoresAFileThatNobodyHolds) {
    std::ofstream(folder_.path() / "doze.lock") << "1\nleft behind, and longer than a number\n";
    const auto lock = take();
    ASSERT_TRUE(lock) << lock.error().text();
    EXPECT_EQ(content(), std::to_string(::getpid()) + "\n");
}

TEST_F(StateLockTest, NamesNobodyWhereTheFileNamesNobody) {
    const auto first = take();
    ASSERT_TRUE(first);
    for (const auto* text : {"", "nonsense", "-5", "99999999999999999999"}) {
        std::ofstream(folder_.path() / "doze.lock") << text;
        const auto second = take();
        ASSERT_FALSE(second);
        EXPECT_THAT(second.error().message, HasSubstr("Another doze already uses"));
    }
}

TEST_F(StateLockTest, IsFreeAgainWhenItsHolderIsKilled) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const auto child = ::fork();
    if (child == 0) {
        const auto lock = take();
        const char ok = lock ? 'y' : 'n';
        if (::write(ends[1], &ok, 1) != 1) ::_exit(1);
        ::pause();
        ::_exit(0);
    }
    char ok = '?';
    ASSERT_EQ(::read(ends[0], &ok, 1), 1);
    ASSERT_EQ(ok, 'y');
    const auto second = take();
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr("(process " + std::to_string(child) + ")"));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_TRUE(take());
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_F(StateLockTest, IsNotInheritedByProgramsThatAreStarted) {
    const auto lock = take();
    ASSERT_TRUE(lock);
    bool seen = false;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        if (std::filesystem::read_symlink(each, gone) != folder_.path() / "doze.lock") continue;
        seen = true;
        EXPECT_NE(::fcntl(std::stoi(each.path().filename()), F_GETFD) & FD_CLOEXEC, 0);
    }
    EXPECT_TRUE(seen);
}

TEST_F(StateLockTest, TellsWhoHoldsItWithoutTakingIt) {
    EXPECT_EQ(StateLock::holder(folder_.path()), std::nullopt);
    {
        const auto lock = take();
        ASSERT_TRUE(lock);
        EXPECT_EQ(StateLock::holder(folder_.path()), ::getpid());
    }
    EXPECT_EQ(StateLock::holder(folder_.path()), std::nullopt);
}

TEST_F(StateLockTest, IsHeldByNobodyAfterItsHolderWasKilled) {
    std::ofstream(folder_.path() / "doze.lock") << ::getppid() << '\n';
    EXPECT_EQ(StateLock::holder(folder_.path()), std::nullopt);
}

TEST_F(StateLockTest, SaysWhatIsWrongWithTheFolder) {
    const auto lock = StateLock::take(folder_.path() / "missing");
    ASSERT_FALSE(lock);
    EXPECT_THAT(lock.error().message, HasSubstr("No such file or directory"));
    EXPECT_FALSE(lock.error().next_step.empty());
}

class DatabaseLockTest : public StateLockTest {
   protected:
    [[nodiscard]] Result<std::optional<DatabaseLock>> lock() const { return DatabaseLock::take(file_, folder_.path()); }

    std::filesystem::path file_ = folder_.path() / "doze.db";
};

TEST_F(DatabaseLockTest, IsTakenByOneWhateverHappensToTheOtherFile) {
    std::ofstream(file_) << "a database";
    auto first = lock();
    ASSERT_TRUE(first && *first);
    std::filesystem::remove(folder_.path() / "doze.lock");
    const auto second = lock();
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr("Another doze"));
    EXPECT_EQ(second.error().recovery, Recovery::tell);
    first->reset();
    const auto third = lock();
    EXPECT_TRUE(third && *third);
}

TEST_F(DatabaseLockTest, IsNoneWhereThereIsNoFileAndKnowsWhenItsFileWasReplaced) {
    const auto none = lock();
    ASSERT_TRUE(none);
    EXPECT_FALSE(*none);
    std::ofstream(file_) << "a database";
    const auto held = lock();
    ASSERT_TRUE(held && *held);
    EXPECT_TRUE((*held)->is_in_place(file_));
    std::ofstream(folder_.path() / "copy") << "another";
    std::filesystem::rename(folder_.path() / "copy", file_);
    EXPECT_FALSE((*held)->is_in_place(file_));
    EXPECT_TRUE(lock()) << "another file is another lock";
}

}  // namespace
}  // namespace doze::store
