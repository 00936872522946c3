// The Wayland idle source against real compositors, with real input, and a compositor of the test's own.
#include "adapters/activity/wayland/wayland_idle.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "client.hpp"
#include "tiny_compositor.hpp"
#include "watching.hpp"

namespace doze::activity::wayland_idle_test {
namespace {

using core::ActivitySignal;
using core::SourceState;
using core::SourceStatus;
using testing::begins;
using testing::Client;
using ::testing::ElementsAre;
using testing::ends;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using testing::TinyCompositor;
using namespace std::chrono_literals;

const SourceStatus running = {"wayland-idle", core::ActivityKind::input, SourceState::running};

class IdleWatching : public testing::Watching<WaylandIdle, WaylandIdleOptions> {
   protected:
    /// The notification of a seat is idle for the first time, so that the next input is told.
    void rest() { pass(2500ms); }
};

class WaylandIdleOnSway : public IdleWatching {
   protected:
    WaylandIdleOnSway() { desktop_.start_sway(); }

    void type() { desktop_.run({"wtype", "-k", "Return"}); }
    void move() { desktop_.run({"swaymsg", "seat - cursor move 10 10"}); }
};

TEST_F(WaylandIdleOnSway, RunsOnceTheCompositorTookItsRequests) {
    watch_until_it_runs();
    EXPECT_THAT(statuses_, ElementsAre(running));
    EXPECT_THAT(signals_, IsEmpty());
}

TEST_F(WaylandIdleOnSway, TypingBeginsAndEndsAndTheEndIsDatedBackToIt) {
    watch_until_it_runs();
    rest();
    const core::TimePoint before = clock_.now().boot;
    type();
    until_signals(2);
    EXPECT_THAT(signals_, ElementsAre(begins(), ends()));
    EXPECT_GE(signals_.back().at, before);
    EXPECT_LE(signals_.back().at, clock_.now().boot - options_.idle_threshold / 2);
}

TEST_F(WaylandIdleOnSway, MovingThePointerIsInput) {
    watch_until_it_runs();
    rest();
    move();
    until_signals(1);
    EXPECT_THAT(signals_, ElementsAre(begins()));
}

TEST_F(WaylandIdleOnSway, SilenceIsNoSignal) {
    options_.inhibitor_pause = 100ms;
    watch_until_it_runs();
    pass(4s);
    EXPECT_THAT(signals_, IsEmpty());
    EXPECT_THAT(inhibited_, IsEmpty());
    EXPECT_THAT(statuses_, ElementsAre(running));
}

TEST_F(WaylandIdleOnSway, AnInhibitorIsToldAndHidesInputUntilItEnds) {
    options_.inhibitor_pause = 100ms;
    watch_until_it_runs();
    rest();
    type();
    until_signals(1);
    {
        Client film(desktop_.socket());
        film.open_window("a film");
        film.inhibit_idle();
        until([this] { return inhibited_.size() == 1; });
        EXPECT_THAT(signals_, ElementsAre(begins(), ends()));
        EXPECT_EQ(statuses_.back().state, SourceState::running);
        EXPECT_TRUE(statuses_.back().partial);
        EXPECT_THAT(detail(), StartsWith("Something keeps the desktop from becoming idle (a film, a presentation)"));
    }
    until([this] { return inhibited_.size() == 2; });
    EXPECT_THAT(inhibited_, ElementsAre(true, false));
    EXPECT_EQ(statuses_.back(), running);
    rest();
    signals_.clear();
    type();
    until_signals(1);
    EXPECT_THAT(signals_, ElementsAre(begins()));
}

TEST_F(WaylandIdleOnSway, ACompositorThatDiesAndComesBackIsFoundAgain) {
    watch_until_it_runs();
    rest();
    type();
    until_signals(1);
    desktop_.kill();
    until_state(SourceState::unavailable);
    EXPECT_THAT(detail(), StartsWith("The Wayland compositor at " + desktop_.socket().string() + " went away."));
    EXPECT_THAT(signals_, ElementsAre(begins(), ends()));

    desktop_.start_sway();
    until_state(SourceState::running);
    rest();
    type();
    until_signals(3);
    EXPECT_THAT(signals_, ElementsAre(begins(), ends(), begins()));
}

class WaylandIdleOnKwin : public IdleWatching {
   protected:
    WaylandIdleOnKwin() { desktop_.start_kwin(); }
};

TEST_F(WaylandIdleOnKwin, TypingBeginsAndEnds) {
    watch_until_it_runs();
    rest();
    Client person(desktop_.socket());
    const core::TimePoint before = clock_.now().boot;
    person.type();
    until_signals(2);
    EXPECT_THAT(signals_, ElementsAre(begins(), ends()));
    EXPECT_GE(signals_.back().at, before);
    EXPECT_THAT(statuses_, ElementsAre(running));
}

TEST_F(WaylandIdleOnKwin, MovingThePointerIsInput) {
    watch_until_it_runs();
    rest();
    Client person(desktop_.socket());
    person.move();
    until_signals(1);
    EXPECT_THAT(signals_, ElementsAre(begins()));
}

TEST_F(WaylandIdleOnKwin, AnInhibitorIsToldAndHidesInputUntilItEnds) {
    options_.inhibitor_pause = 100ms;
    watch_until_it_runs();
    rest();
    Client person(desktop_.socket());
    {
        Client film(desktop_.socket());
        film.open_window("a film");
        film.inhibit_idle();
        until([this] { return inhibited_.size() == 1; });
        EXPECT_TRUE(statuses_.back().partial);
        person.type();
    }
    until([this] { return inhibited_.size() == 2; });
    EXPECT_EQ(statuses_.back(), running);
    rest();
    signals_.clear();
    person.type();
    until_signals(1);
    EXPECT_THAT(signals_, ElementsAre(begins()));
}

TEST_F(WaylandIdleOnKwin, ACompositorThatComesBackUnderAnotherNameIsFound) {
    options_.environment.display = "wayland-kwin";
    watch_until_it_runs();
    desktop_.kill();
    until_state(SourceState::unavailable);
    desktop_.start_kwin("wayland-7");
    until_state(SourceState::running);
}

/// With a compositor of the test's own.
class WaylandIdleOnTiny : public IdleWatching {
   protected:
    void serve(int version, int seats = 1) {
        compositor_.emplace(desktop_.runtime_dir() / "wayland-tiny", seats, version);
    }
    void between() override {
        if (compositor_) compositor_->run();
    }

    std::optional<TinyCompositor> compositor_;
};

TEST_F(WaylandIdleOnTiny, Version2SeesInputThroughAnInhibitorAndTellsOfIt) {
    serve(2);
    options_.inhibitor_pause = 100ms;
    watch_until_it_runs();
    rest();
    compositor_->inhibit(true);
    until([this] { return inhibited_.size() == 1; });
    EXPECT_THAT(signals_, IsEmpty());
    compositor_->touch();
    until_signals(2);
    EXPECT_THAT(signals_, ElementsAre(begins(), ends()));
    compositor_->inhibit(false);
    until([this] { return inhibited_.size() == 2; });
    EXPECT_THAT(inhibited_, ElementsAre(true, false));
    EXPECT_THAT(statuses_, ElementsAre(running));
}

TEST_F(WaylandIdleOnTiny, Version1TakesNoInhibitorForInput) {
    serve(1);
    watch_until_it_runs();
    rest();
    compositor_->inhibit(true);
    until([this] { return inhibited_.size() == 1; });
    EXPECT_TRUE(statuses_.back().partial);
    compositor_->inhibit(false);
    until([this] { return inhibited_.size() == 2; });
    rest();
    EXPECT_THAT(signals_, IsEmpty());
    compositor_->touch();
    until_signals(2);
    EXPECT_THAT(signals_, ElementsAre(begins(), ends()));
}

TEST_F(WaylandIdleOnTiny, InputGoingOnAtTheStartIsKnownAtItsFirstPause) {
    serve(2);
    watch_until_it_runs();
    for (int i = 0; i < 8; ++i) {
        compositor_->touch();
        pass(200ms);
    }
    until_signals(1);
    EXPECT_THAT(signals_, ElementsAre(ends()));
}

TEST_F(WaylandIdleOnTiny, ACompositorWithoutIdleInterfaceIsSaid) {
    serve(0);
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(detail(), StartsWith("This compositor has no idle interface"));
    EXPECT_THAT(detail(), HasSubstr("USER_ACTIVITY"));
}

TEST_F(WaylandIdleOnTiny, ACompositorWithoutSeatIsSaid) {
    serve(2, 0);
    watch();
    until_state(SourceState::unavailable);
    EXPECT_EQ(detail(), "This compositor has no seat, that is no keyboard or mouse.");
}

TEST_F(WaylandIdleOnTiny, ASeatThatIsUnpluggedEndsItsInput) {
    serve(2);
    watch_until_it_runs();
    rest();
    compositor_->touch();
    until_signals(1);
    compositor_->unplug_seat();
    until_state(SourceState::unavailable);
    EXPECT_THAT(signals_, ElementsAre(begins(), ends()));
}

TEST_F(WaylandIdleOnTiny, ACompositorThatHangsIsSaid) {
    serve(2);
    watch();
    // Nobody runs it.
    while (statuses_.empty()) io_.run_one();
    EXPECT_THAT(detail(), HasSubstr("does not answer"));
}

TEST_F(WaylandIdleOnTiny, MayBeDestroyedFromWithinItsOwnSignal) {
    serve(2);
    bool destroyed = false;
    source_.emplace(io_, clock_, options_);
    source_->start({.signal =
                        [&](const ActivitySignal&) {
                            source_.reset();
                            destroyed = true;
                        },
                    .status = [this](const SourceStatus& status) { statuses_.push_back(status); }});
    until_state(SourceState::running);
    rest();
    compositor_->touch();
    until([&] { return destroyed; });
    io_.restart();
    io_.run();  // Nothing is left to do.
}

TEST_F(WaylandIdleOnTiny, MayBeDestroyedFromWithinItsOwnStatus) {
    serve(2);
    std::optional<SourceState> last;
    source_.emplace(io_, clock_, options_);
    source_->start({.signal = {}, .status = [&](const SourceStatus& status) {
                        last = status.state;
                        if (status.state == SourceState::unavailable) source_.reset();
                    }});
    until([&] { return last == SourceState::running; });
    compositor_.reset();
    until([&] { return last == SourceState::unavailable; });
    io_.restart();
    io_.run();
}

using WaylandIdleWithoutADesktop = WaylandIdleOnTiny;

TEST_F(WaylandIdleWithoutADesktop, NoSocketIsSaidAndOneThatComesIsFound) {
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(detail(), StartsWith("No Wayland session: no compositor answers in "));
    serve(2);
    until_state(SourceState::running);
}

TEST_F(WaylandIdleWithoutADesktop, ASocketThatItsCompositorLeftBehindDoesNotHideAnotherOne) {
    serve(2);
    const std::string path = (desktop_.runtime_dir() / "wayland-0").string();
    ASSERT_EQ(::mknod(path.c_str(), S_IFSOCK | 0700, 0), 0);
    options_.environment.display = "wayland-0";
    watch_until_it_runs();
}

TEST_F(WaylandIdleWithoutADesktop, ASocketThatRefusesIsNotCalledAbsent) {
    serve(2);
    ASSERT_EQ(::chmod((desktop_.runtime_dir() / "wayland-tiny").c_str(), 0), 0);
    const bool root = ::geteuid() == 0;
    if (root) {
        ASSERT_EQ(::seteuid(testing::ordinary_user), 0);
    }
    watch();
    until_state(SourceState::unavailable);
    if (root) {
        ASSERT_EQ(::seteuid(0), 0);
    }
    EXPECT_THAT(detail(), HasSubstr("refuses doze: Permission denied."));
    EXPECT_THAT(detail(), HasSubstr("Run doze as the user who is logged in"));
}

TEST_F(WaylandIdleWithoutADesktop, NoRuntimeFolderIsSaidWithWhatToDo) {
    options_.environment.runtime_dir.clear();
    watch();
    io_.run();  // It does not try again.
    EXPECT_THAT(detail(), StartsWith("No Wayland session: XDG_RUNTIME_DIR is not set."));
}

TEST_F(WaylandIdleWithoutADesktop, SwitchedOffItConnectsToNothing) {
    options_.enabled = false;
    watch();
    io_.run();
    EXPECT_EQ(statuses_.back().state, SourceState::disabled);
}

TEST_F(WaylandIdleWithoutADesktop, MayBeDestroyedRightAfterItsStart) {
    serve(2);
    watch();
    source_.reset();
    io_.run();
    EXPECT_THAT(statuses_, IsEmpty());
}

}  // namespace
}  // namespace doze::activity::wayland_idle_test
