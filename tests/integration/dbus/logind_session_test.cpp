// Locks, suspends and shutdowns, as a mock of systemd-logind, UPower and a screensaver tells of them.
#include "adapters/activity/dbus/logind_session.hpp"

#include "adapters/activity/other_sessions.hpp"
#include "on_a_bus.hpp"

namespace doze::activity {
namespace {

using core::SessionEvent;
using core::SourceState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Logind;
using testing::Mock;

constexpr const char* upower = "org.freedesktop.UPower";
constexpr const char* upower_path = "/org/freedesktop/UPower";

class LogindSessionOnABus : public testing::OnABus {
   protected:
    void watch() {
        source_.emplace(io_, clock_, environment_);
        listen(*source_);
    }
    void serve_and_watch() {
        logind_.emplace(bus_);
        watch();
        until_inhibitors(1);
        until_state(SourceState::running);
        a_while();
    }
    void until_inhibitors(std::size_t count) {
        until([&] { return logind_->inhibitors() == count; });
    }
    void close_lid(Mock& mock, bool closed) {
        mock.change(upower_path, upower, {{"LidIsClosed", sdbus::Variant(closed)}});
    }
    [[nodiscard]] Mock mock_upower() {
        Mock mock = Mock::bare(bus_, upower, upower_path, upower);
        mock.add(upower, {{"LidIsClosed", sdbus::Variant(false)}});
        return mock;
    }
    [[nodiscard]] Mock mock_screensaver() {
        return Mock::from_template(bus_, "gnome_screensaver", "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver");
    }
    void cover(bool active) {
        bus_.call("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "SetActive", active);
    }

    std::optional<Logind> logind_;
    std::optional<LogindSession> source_;
};

TEST_F(LogindSessionOnABus, IsQuietWhileNothingHappens) {
    serve_and_watch();
    EXPECT_THAT(events_, IsEmpty());
    EXPECT_THAT(signals_, IsEmpty());
    EXPECT_THAT(statuses_,
                ElementsAre(core::SourceStatus{"logind-session", core::ActivityKind::session, SourceState::running}));
}

TEST_F(LogindSessionOnABus, TellsLockAndUnlock) {
    serve_and_watch();
    logind_->lock(true);
    until_events(1);
    logind_->lock(false);
    until_events(2);
    EXPECT_THAT(events_, ElementsAre(SessionEvent::locked, SessionEvent::unlocked));
}

TEST_F(LogindSessionOnABus, SeesAtTheStartThatItIsLocked) {
    logind_.emplace(bus_);
    logind_->lock(true);
    watch();
    until_events(1);
    EXPECT_THAT(events_, ElementsAre(SessionEvent::locked));
}

TEST_F(LogindSessionOnABus, FindsTheSessionThatTheEnvironmentNames) {
    logind_.emplace(bus_);
    logind_->show("");
    environment_.session_id = "c1";
    watch();
    until_state(SourceState::running);
    logind_->lock(true);
    until_events(1);
    EXPECT_THAT(events_, ElementsAre(SessionEvent::locked));
}

TEST_F(LogindSessionOnABus, PassesOverTheSessionOfATerminal) {
    logind_.emplace(bus_, "tty");
    logind_->add_session("c2");
    logind_->show("c2");
    environment_.session_id = "c1";
    watch();
    until_state(SourceState::running);
    logind_->lock(true);
    a_while();
    EXPECT_THAT(events_, IsEmpty()) << "that one is not graphical";
}

TEST_F(LogindSessionOnABus, TellsThatAnotherUserIsInFront) {
    serve_and_watch();
    logind_->change({{"Active", sdbus::Variant(false)}});
    until_events(1);
    logind_->change({{"Active", sdbus::Variant(true)}});
    until_events(2);
    EXPECT_THAT(events_, ElementsAre(SessionEvent::locked, SessionEvent::unlocked));
}

TEST_F(LogindSessionOnABus, FollowsALogOutAndALogIn) {
    serve_and_watch();
    logind_->show("");
    until_events(1);
    logind_->add_session("c2");
    logind_->show("c2");
    until_events(2);
    EXPECT_THAT(events_, ElementsAre(SessionEvent::locked, SessionEvent::unlocked));
}

TEST_F(LogindSessionOnABus, HoldsASuspendUntilReleased) {
    serve_and_watch();
    logind_->emit("PrepareForSleep", true);
    until_events(1);
    a_while();
    EXPECT_EQ(logind_->inhibitors(), 1U);
    source_->release();
    until_inhibitors(0);
    logind_->emit("PrepareForSleep", false);
    until_inhibitors(1);
    EXPECT_THAT(events_, ElementsAre(SessionEvent::suspending, SessionEvent::resumed));
}

TEST_F(LogindSessionOnABus, LetsGoOfTheSuspendWhenItEnds) {
    serve_and_watch();
    source_.reset();
    until_inhibitors(0);
}

TEST_F(LogindSessionOnABus, KeepsTheInhibitorFromProgramsThatDozeStarts) {
    serve_and_watch();
    const testing::Child child({"sleep", "1000"}, "");
    source_->release();
    until_inhibitors(0);
}

TEST_F(LogindSessionOnABus, TellsAShutdownAndThatItWasCalledOff) {
    serve_and_watch();
    logind_->emit("PrepareForShutdown", true);
    logind_->emit("PrepareForShutdown", false);
    until_events(2);
    EXPECT_THAT(events_, ElementsAre(SessionEvent::shutting_down, SessionEvent::resumed));
}

TEST_F(LogindSessionOnABus, GoesOnWithoutAnInhibitorWhereItIsRefused) {
    logind_.emplace(bus_);
    logind_->refuse_inhibitors();
    watch();
    until([&] { return !statuses_.empty() && !statuses_.back().detail.empty(); });
    EXPECT_EQ(statuses_.back().state, SourceState::running);
    EXPECT_THAT(statuses_.back().detail, HasSubstr("refuses Inhibit"));
    logind_->emit("PrepareForSleep", true);
    until_events(1);
    EXPECT_THAT(events_, ElementsAre(SessionEvent::suspending));
}

TEST_F(LogindSessionOnABus, TakesAClosedLidForALockAndAnOpenedOneForAPerson) {
    auto lid = mock_upower();
    serve_and_watch();
    close_lid(lid, true);
    until_events(1);
    logind_->lock(true);
    a_while();
    close_lid(lid, false);
    until_signals(1);
    EXPECT_THAT(events_, ElementsAre(SessionEvent::locked));
    EXPECT_EQ(signals_.front().kind, core::ActivityKind::session);
    EXPECT_FALSE(signals_.front().ongoing);
}

TEST_F(LogindSessionOnABus, PassesOverTheLidOfADockedMachine) {
    auto lid = mock_upower();
    serve_and_watch();
    logind_->change_manager({{"Docked", sdbus::Variant(true)}});
    close_lid(lid, true);
    close_lid(lid, false);
    a_while();
    EXPECT_THAT(events_, IsEmpty());
}

TEST_F(LogindSessionOnABus, TakesAScreensaverForNoLockWhereLogindTells) {
    const auto screensaver = mock_screensaver();
    serve_and_watch();
    cover(true);
    until_events(1);
    cover(false);
    until_events(2);
    EXPECT_THAT(events_, ElementsAre(SessionEvent::covered, SessionEvent::uncovered));
}

TEST_F(LogindSessionOnABus, TakesAScreensaverForALockWhereLogindDoesNotTell) {
    const auto screensaver = mock_screensaver();
    watch();
    until_state(SourceState::unavailable);
    a_while();
    cover(true);
    until_events(2);
    cover(false);
    until_events(4);
    EXPECT_THAT(events_, ElementsAre(SessionEvent::covered, SessionEvent::locked, SessionEvent::uncovered,
                                     SessionEvent::unlocked));
}

TEST_F(LogindSessionOnABus, SaysWhoSaysThatItIsLocked) {
    serve_and_watch();
    logind_->lock(true);
    until([&] { return !statuses_.back().detail.empty(); });
    EXPECT_THAT(statuses_.back().detail, HasSubstr("logind says that the session is locked"));
    logind_->lock(false);
    until([&] { return statuses_.back().detail.empty(); });
}

TEST_F(LogindSessionOnABus, SaysThatThereIsNoLogind) {
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, HasSubstr("systemd-logind does not run"));
    logind_.emplace(bus_);
    until_state(SourceState::running);
}

TEST_F(LogindSessionOnABus, DoesNotTakeARestartOfLogindForALogOut) {
    serve_and_watch();
    // The question that this raises is still open when logind goes: the loop does not run in between.
    logind_->change({{"IdleHint", sdbus::Variant(true)}});
    logind_->kill();
    until_state(SourceState::unavailable);
    a_while();
    logind_.reset();
    logind_.emplace(bus_);
    until_state(SourceState::running);
    EXPECT_THAT(events_, IsEmpty());
}

TEST_F(LogindSessionOnABus, ComesBackWithTheBus) {
    serve_and_watch();
    bus_.stop();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, HasSubstr("went away"));
    logind_.reset();
    bus_.start();
    logind_.emplace(bus_);
    until_inhibitors(1);
    until_state(SourceState::running);
    logind_->lock(true);
    until_events(1);
    EXPECT_THAT(events_, ElementsAre(SessionEvent::locked));
}

TEST_F(LogindSessionOnABus, AnotherSessionThatIsNowhereToBeFoundHidesThePerson) {
    const fakes::TempDir nowhere;
    logind_.emplace(bus_);
    OtherSessions others(
        io_, clock_,
        {.x11 = {.display = ":0"}, .wayland = {}, .bus = environment_, .x11_sockets = nowhere.path() / "none"});
    listen(others);
    a_while(std::chrono::milliseconds(1000));
    EXPECT_THAT(statuses_, IsEmpty()) << "the one is that of the display";
    logind_->add_session("c2");
    bus_.call(Logind::service, Logind::path, "org.freedesktop.DBus.Mock", "EmitSignal", std::string(Logind::manager),
              std::string("SessionNew"), std::string("s"),
              std::vector<sdbus::Variant>{sdbus::Variant(std::string("c2"))});
    until([&] { return !statuses_.empty() && statuses_.back().hides; });
    EXPECT_THAT(statuses_.back().detail, HasSubstr("logind knows of 2 desktop sessions of yours"));
}

TEST_F(LogindSessionOnABus, MayBeDestroyedByWhoHearsOfIt) {
    logind_.emplace(bus_);
    source_.emplace(io_, clock_, environment_);
    source_->start({.status = [this](const core::SourceStatus&) { source_.reset(); }});
    until([this] { return !source_; });
    a_while();
}

}  // namespace
}  // namespace doze::activity
