#include "app/daemon/log.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <poll.h>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include "base/handle.hpp"
#include "base/paths.hpp"
#include "fakes/temp_dir.hpp"

namespace doze::daemon {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

std::string content(const fs::path& path) {
    std::ostringstream all;
    all << std::ifstream(path).rdbuf();
    return all.str();
}

class LogFileTest : public ::testing::Test {
   protected:
    fakes::TempDir dir_;
    fs::path state_ = dir_.path() / "state";
    fs::path path_ = log_file(state_);
    LogFile file_{(fs::create_directory(state_), state_), 100, 2};
};

TEST_F(LogFileTest, GoesOnUnderItsNameWhenSomebodyMovedIt) {
    ASSERT_TRUE(file_.open());
    file_.write("one\n");
    fs::rename(path_, dir_.path() / "moved");
    file_.write("two\n");
    EXPECT_EQ(content(dir_.path() / "moved"), "one\n");
    EXPECT_EQ(content(path_), "two\n");
}

TEST_F(LogFileTest, GoesOnWhenItsFolderIsGone) {
    ASSERT_TRUE(file_.open());
    fs::remove_all(state_);
    file_.write("one\n");
    EXPECT_EQ(content(path_), "one\n");
}

TEST_F(LogFileTest, GoesOnAtTheBeginningOfAFileThatWasEmptied) {
    ASSERT_TRUE(file_.open());
    file_.write("one\n");
    fs::resize_file(path_, 0);
    file_.write("two\n");
    EXPECT_EQ(content(path_), "two\n");
}

TEST_F(LogFileTest, KeepsSoManyOldOnes) {
    ASSERT_TRUE(file_.open());
    for (const char c : {'a', 'b', 'c', 'd'}) file_.write(std::string(99, c) + '\n');
    EXPECT_EQ(content(path_)[0], 'd');
    EXPECT_EQ(content(log_file(state_, 1))[0], 'c');
    EXPECT_EQ(content(log_file(state_, 2))[0], 'b');
    EXPECT_FALSE(fs::exists(log_file(state_, 3)));
}

TEST_F(LogFileTest, IsForItsPersonOnly) {
    ASSERT_TRUE(file_.open());
    EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(LogFileTest, FollowsThePersonsOwnLink) {
    fs::create_symlink(dir_.path() / "elsewhere", path_);
    ASSERT_TRUE(file_.open());
    file_.write("one\n");
    EXPECT_EQ(content(dir_.path() / "elsewhere"), "one\n");
    fs::remove(dir_.path() / "elsewhere");
    file_.write("two\n");
    EXPECT_EQ(content(dir_.path() / "elsewhere"), "two\n");
}

TEST_F(LogFileTest, FollowsNobodyElsesLink) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can lay a link for somebody else";
    fs::create_symlink(dir_.path() / "elsewhere", path_);
    ASSERT_EQ(::lchown(path_.c_str(), 65534, 65534), 0);
    EXPECT_FALSE(file_.open());
    file_.write("one\n");
    EXPECT_FALSE(fs::exists(dir_.path() / "elsewhere"));
}

TEST_F(LogFileTest, WaitsForNoReaderOfAPipe) {
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    EXPECT_FALSE(file_.open());
    fs::remove(path_);
    file_.write("two\n");
    EXPECT_EQ(content(path_), "two\n") << "what was in the way is gone";
}

/// A pipe that nobody reads is a terminal that stands still.
class TerminalWriterTest : public ::testing::Test {
   protected:
    TerminalWriterTest() {
        std::signal(SIGPIPE, SIG_IGN);  // As doze does.
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        reading_.reset(ends[0]);
        writing_.reset(ends[1]);
    }
    /// Reads until `last` has come.
    std::string read_until(std::string_view last) {
        std::string all;
        std::array<char, 65536> part{};
        pollfd ready{.fd = reading_.get(), .events = POLLIN, .revents = 0};
        while (all.find(last) == std::string::npos && ::poll(&ready, 1, 30'000) == 1)
            all.append(part.data(), static_cast<std::size_t>(::read(reading_.get(), part.data(), part.size())));
        return all;
    }

    UniqueFd reading_;
    UniqueFd writing_;
};

TEST_F(TerminalWriterTest, WritesInOrder) {
    TerminalWriter writer(writing_.get());
    writer.write("one\n");
    writer.write("two\n");
    EXPECT_EQ(read_until("two\n"), "one\ntwo\n");
}

TEST_F(TerminalWriterTest, NeverHoldsUpWhoWrites) {
    TerminalWriter writer(writing_.get());
    const std::string line = std::string(999, 'x') + '\n';
    for (int i = 0; i < 2000; ++i) writer.write(line);  // More than the pipe and what may wait.
    const auto all = read_until("stood still)\n");
    EXPECT_THAT(all, HasSubstr("lines were lost while the terminal stood still"));
    writer.write("goes on\n");
    EXPECT_EQ(read_until("goes on\n"), "goes on\n");
}

TEST_F(TerminalWriterTest, EndsThoughTheTerminalStandsStill) {
    {
        TerminalWriter writer(writing_.get());
        for (int i = 0; i < 200; ++i) writer.write(std::string(1000, 'x'));
    }
    ::close(reading_.release());  // Lets the thread go.
}

}  // namespace
}  // namespace doze::daemon
