// A person who works in another X session than the one that doze was started in.
#include "adapters/activity/other_sessions.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <optional>

#include "adapters/activity/x11/x11_input.hpp"
#include "fakes/temp_dir.hpp"
#include "on_xvfb.hpp"

namespace doze::activity::other_sessions_test {
namespace {

namespace fs = std::filesystem;
using core::SessionEvent;
using core::SourceState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class OtherSessionsOnXvfb : public testing::OnXvfb {
   protected:
    OtherSessionsOnXvfb() {
        serve();
        options_.x11 = environment_;
        options_.x11_sockets = folder_.path();
        show(environment_.display);
    }
    /// The folder of all servers has those of the tests beside this one, too.
    void show(const std::string& display) {
        const auto name = "X" + display.substr(1);
        fs::create_hard_link(fs::path("/tmp/.X11-unix") / name, folder_.path() / name);
    }
    void hide(const std::string& display) { fs::remove(folder_.path() / ("X" + display.substr(1))); }
    void watch() {
        source_.emplace(io_, clock_, options_);
        source_->start(sink());
    }
    void until_detail(const std::string& part) {
        until([&] { return !statuses_.empty() && statuses_.back().detail.find(part) != std::string::npos; });
    }

    fakes::TempDir folder_;
    OtherSessionsOptions options_;
    std::optional<OtherSessions> source_;
};

TEST_F(OtherSessionsOnXvfb, SayNothingWhereThereAreNone) {
    watch();
    pass(std::chrono::seconds(1));
    EXPECT_THAT(statuses_, IsEmpty());
    server_->run({"xdotool", "key", "a"});
    pass(std::chrono::seconds(1));
    EXPECT_THAT(signals_, IsEmpty()) << "that is for this session's own source";
}

TEST_F(OtherSessionsOnXvfb, SeeTypingInAServerThatStartsLater) {
    watch();
    pass(std::chrono::milliseconds(500));
    std::optional<testing::Xvfb> other(std::in_place);
    show(other->display());
    until_detail("Watches " + other->display());
    EXPECT_EQ(statuses_.back().state, SourceState::running);
    EXPECT_TRUE(statuses_.back().partial) << "what it does not see may be elsewhere";
    pass(std::chrono::seconds(3));  // What its start looks like is over.
    signals_.clear();
    other->run({"xdotool", "key", "a"});
    until_signals(2);
    EXPECT_EQ(signals_.front().kind, core::ActivityKind::input);
    EXPECT_EQ(signals_.front().source, "other-sessions " + other->display());
    EXPECT_TRUE(signals_.front().ongoing);
    EXPECT_FALSE(signals_.back().ongoing);

    const auto display = other->display();
    other.reset();
    hide(display);
    until_state(SourceState::standby);
}

TEST_F(OtherSessionsOnXvfb, AreOpenedByTheCookieThatTheirServerWasStartedWith) {
    const std::string file = folder_.path() / "authority";
    const std::string name = "MIT-MAGIC-COOKIE-1";
    std::ofstream(file) << std::string("\xff\xff\0\0\0\0\0\x12", 8) << name << std::string("\0\x10", 2)
                        << "0123456789abcdef";
    const testing::Xvfb other("", {"-auth", file});
    show(other.display());
    watch();
    until_detail("Watches " + other.display());
}

TEST_F(OtherSessionsOnXvfb, ThatLetNobodyInHideThePerson) {
    const std::string file = folder_.path() / "authority";
    const std::string name = "XDM-AUTHORIZATION-1";  // No cookie that could be shown.
    std::ofstream(file) << std::string("\xff\xff\0\0\0\0\0\x13", 8) << name << std::string("\0\x10", 2)
                        << "0123456789abcdef";
    std::optional<testing::Xvfb> other(std::in_place, "", std::vector<std::string>{"-auth", file});
    show(other->display());
    watch();
    until_detail("another X server, " + other->display());
    EXPECT_TRUE(statuses_.back().hides);
    EXPECT_EQ(statuses_.back().state, SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, HasSubstr("refuses doze"));

    const auto display = other->display();
    other.reset();
    hide(display);
    until_state(SourceState::standby);
    EXPECT_FALSE(statuses_.back().hides);
}

/// XScreenSaver tells by a property of the root window.
class X11SaverOnXvfb : public testing::OnXvfb {
   protected:
    void say(const std::string& word) {
        server_->run({"xprop", "-root", "-f", "_SCREENSAVER_STATUS", "32a", "-set", "_SCREENSAVER_STATUS", word});
    }
};

TEST_F(X11SaverOnXvfb, TellsWhatCoversAndWhatLocks) {
    serve();
    X11Saver saver(io_, environment_);
    saver.start(sink());
    until_state(SourceState::running);
    EXPECT_THAT(events_, ElementsAre(SessionEvent::uncovered, SessionEvent::lock_forgotten));
    events_.clear();
    say("BLANK");
    until([&] { return events_.size() == 1; });
    say("LOCK");
    until([&] { return events_.size() == 2; });
    server_->run({"xprop", "-root", "-remove", "_SCREENSAVER_STATUS"});
    until([&] { return events_.size() == 4; });
    EXPECT_THAT(events_, ElementsAre(SessionEvent::covered, SessionEvent::locked, SessionEvent::uncovered,
                                     SessionEvent::unlocked));
}

TEST_F(X11SaverOnXvfb, ALockGoesWithItsServerAndNobodyUnlockedIt) {
    serve();
    say("LOCK");
    X11Saver saver(io_, environment_);
    saver.start(sink());
    until([&] { return events_.size() == 2; });
    server_.reset();
    until([&] { return events_.size() == 4; });
    EXPECT_THAT(events_, ElementsAre(SessionEvent::covered, SessionEvent::locked, SessionEvent::uncovered,
                                     SessionEvent::lock_forgotten));
}

}  // namespace
}  // namespace doze::activity::other_sessions_test
