// The terminals source with real pseudo-terminals.
#include "adapters/activity/terminals/terminals.hpp"

#include <array>
#include <chrono>
#include <gmock/gmock.h>
#include <optional>
#include <pty.h>
#include <stdexcept>
#include <sys/resource.h>
#include <termios.h>

#include "base/handle.hpp"
#include "fakes/temp_dir.hpp"
#include "integration/listening.hpp"

namespace doze::activity {
namespace {

using core::ActivityKind;
using core::ActivitySignal;
using core::SourceState;
using core::SourceStatus;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using namespace std::chrono_literals;

/// A terminal window with a program in it that reads and prints.
class Terminal {
   public:
    Terminal() {
        int window = -1;
        int program = -1;
        std::array<char, 64> name{};
        if (::openpty(&window, &program, name.data(), nullptr, nullptr) != 0) throw std::runtime_error("no pty");
        window_.reset(window);
        program_.reset(program);
        name_ = name.data();
        termios raw{};
        ::tcgetattr(program, &raw);
        ::cfmakeraw(&raw);
        ::tcsetattr(program, TCSANOW, &raw);
    }

    [[nodiscard]] const std::string& name() const { return name_; }

    void type(const std::string& text) { pass(window_.get(), program_.get(), text); }
    void print(const std::string& text) { pass(program_.get(), window_.get(), text); }

   private:
    static void pass(int from, int to, const std::string& text) {
        if (::write(from, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            throw std::runtime_error("write");
        std::array<char, 4096> buffer{};
        for (std::size_t left = text.size(); left > 0;) {
            const ssize_t count = ::read(to, buffer.data(), buffer.size());
            if (count <= 0) throw std::runtime_error("read");
            left -= static_cast<std::size_t>(count);
        }
    }

    UniqueFd window_;
    UniqueFd program_;
    std::string name_;
};

/// Sees only the terminals that the test puts into its folder, by links to the real ones.
class TerminalsInAFolder : public testing::Listening {
   protected:
    TerminalsInAFolder() {
        std::filesystem::create_directory(folder_.path() / "pts");
        options_.devices = folder_.path();
    }

    void open(const Terminal& terminal, const std::string& name = "pts/0") {
        std::filesystem::create_symlink(terminal.name(), folder_.path() / name);
    }
    void close(const std::string& name = "pts/0") { std::filesystem::remove(folder_.path() / name); }

    void watch() {
        if (!source_) source_.emplace(io_, clock_, options_);
        source_->start(sink());
        until([this] { return !statuses_.empty(); });
    }

    /// How many handlers had something to do.
    std::size_t run_all() {
        io_.restart();
        return io_.run_for(50ms);
    }

    fakes::TempDir folder_;
    TerminalsOptions options_;
    std::optional<Terminals> source_;
};

TEST_F(TerminalsInAFolder, TypingIsInput) {
    Terminal terminal;
    open(terminal);
    watch();
    const auto before = clock_.now().boot;
    terminal.type("l");
    until([this] { return !signals_.empty(); });
    EXPECT_THAT(signals_, ElementsAre(Field(&ActivitySignal::kind, ActivityKind::input)));
    EXPECT_GE(signals_[0].at, before);
    EXPECT_FALSE(signals_[0].ongoing);
    EXPECT_THAT(statuses_,
                ElementsAre(SourceStatus{
                    .name = "terminals", .kind = ActivityKind::input, .state = SourceState::running, .partial = true}));
}

TEST_F(TerminalsInAFolder, WhatIsPrintedIsNoneAndDoesNotEvenWakeIt) {
    Terminal terminal;
    open(terminal);
    watch();
    run_all();
    for (int line = 0; line < 1000; ++line) terminal.print("A program that prints very much.\r\n");
    EXPECT_EQ(run_all(), 0U);
    EXPECT_THAT(signals_, IsEmpty());
    terminal.type("l");
    until([this] { return !signals_.empty(); });
}

TEST_F(TerminalsInAFolder, ALongTextIsOneSignalAndOneWakeUp) {
    Terminal terminal;
    open(terminal);
    watch();
    run_all();
    for (int key = 0; key < 1000; ++key) terminal.type("x");
    EXPECT_EQ(run_all(), 1U);
    terminal.type("x");
    EXPECT_EQ(run_all(), 0U) << "not before the interval is over";
    EXPECT_THAT(signals_, SizeIs(1));
}

TEST_F(TerminalsInAFolder, TypingIsSeenAgainAfterAnInterval) {
    Terminal terminal;
    open(terminal);
    options_.interval = 20ms;
    watch();
    until([&] {
        terminal.type("x");
        return signals_.size() == 3;
    });
    EXPECT_GE(signals_[1].at - signals_[0].at, 20ms);
    EXPECT_GE(signals_[2].at - signals_[1].at, 20ms);
}

TEST_F(TerminalsInAFolder, EachTerminalIsWatched) {
    std::array<Terminal, 3> terminals;
    options_.interval = 10ms;
    open(terminals[0], "pts/7");
    open(terminals[1], "pts/12");
    open(terminals[2], "tty3");  // A virtual console.
    watch();
    for (std::size_t i = 0; i < terminals.size(); ++i) {
        until([&] {
            terminals[i].type("x");
            return signals_.size() > i;
        });
        signals_.resize(i + 1);
        run_all();
    }
}

TEST_F(TerminalsInAFolder, WhatIsNoTerminalIsNotWatched) {
    Terminal terminal;
    open(terminal, "pts/ptmx");
    open(terminal, "ttyS0");
    open(terminal, "tty");
    watch();
    EXPECT_THAT(statuses_, ElementsAre(Field(&SourceStatus::state, SourceState::unavailable)));
}

TEST_F(TerminalsInAFolder, TerminalsThatComeAndGoAreFollowed) {
    watch();
    EXPECT_THAT(statuses_, ElementsAre(SourceStatus{.name = "terminals",
                                                    .kind = ActivityKind::input,
                                                    .state = SourceState::unavailable,
                                                    .detail = "No terminal of yours is open.",
                                                    .partial = true}));
    Terminal terminal;
    open(terminal);
    until_state(SourceState::running);
    EXPECT_THAT(signals_, IsEmpty()) << "a terminal that opens is no input";
    terminal.type("l");
    until([this] { return !signals_.empty(); });
    close();
    until_state(SourceState::unavailable);
}

TEST_F(TerminalsInAFolder, WithoutADesktopWhoeverHasNoTerminalIsNotThere) {
    options_.partial = false;
    watch();
    EXPECT_THAT(statuses_, ElementsAre(Field(&SourceStatus::state, SourceState::running)));
}

TEST_F(TerminalsInAFolder, TheTerminalsOfOthersAreNotWatched) {
    Terminal terminal;
    open(terminal);
    options_.person = ::getuid() + 1;
    watch();
    EXPECT_THAT(statuses_.back().detail, StartsWith("No terminal of yours"));
    terminal.type("l");
    run_all();
    EXPECT_THAT(signals_, IsEmpty());
}

TEST_F(TerminalsInAFolder, WithoutADesktopTheirSilenceSaysSomething) {
    Terminal terminal;
    open(terminal);
    options_.partial = false;
    watch();
    EXPECT_THAT(statuses_, ElementsAre(Field(&SourceStatus::partial, false)));
}

TEST_F(TerminalsInAFolder, ALimitIsSaidAndTriedAgain) {
    Terminal terminal;
    open(terminal);
    source_.emplace(io_, clock_, options_);
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    const rlimit none{.rlim_cur = 3, .rlim_max = limit.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    watch();
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    EXPECT_EQ(statuses_.back().state, SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, StartsWith("Terminals can't be watched: Too many open files."));
    until_state(SourceState::running);
    terminal.type("l");
    until([this] { return !signals_.empty(); });
}

TEST_F(TerminalsInAFolder, MayBeDestroyedFromWithinItsOwnSignal) {
    Terminal terminal;
    open(terminal);
    source_.emplace(io_, clock_, options_);
    std::optional<SourceState> state;
    source_->start({.signal = [this](const ActivitySignal&) { source_.reset(); },
                    .status = [&](const SourceStatus& status) { state = status.state; }});
    until([&] { return state == SourceState::running; });
    terminal.type("l");
    until([this] { return !source_; });
    io_.restart();
    io_.run();  // Nothing is left to do.
}

TEST_F(TerminalsInAFolder, TheRealFolderIsWatchedByDefault) {
    options_.devices = TerminalsOptions().devices;
    options_.interval = 10ms;
    watch();
    Terminal terminal;
    until_state(SourceState::running);
    until([&] {
        terminal.type("l");
        return !signals_.empty();
    });
    EXPECT_THAT(signals_, Each(Field(&ActivitySignal::kind, ActivityKind::input)));
}

}  // namespace
}  // namespace doze::activity
