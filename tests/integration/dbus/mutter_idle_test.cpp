// The source for GNOME against the real compositor, without a screen, with synthetic input.
#include <fstream>
#include <unistd.h>

#include "adapters/activity/dbus/dbus_idle.hpp"
#include "on_a_bus.hpp"

namespace doze::activity {
namespace {

using core::ActivityKind;
using core::ActivitySignal;
using core::SourceState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

constexpr const char* monitor = "org.gnome.Mutter.IdleMonitor";
constexpr const char* remote = "org.gnome.Mutter.RemoteDesktop";
constexpr const char* remote_session = "org.gnome.Mutter.RemoteDesktop.Session";

class MutterIdleOnMutter : public testing::OnABus {
   protected:
    void serve() {
        compositor_.emplace(bus_.run({"mutter", "--headless", "--wayland", "--no-x11", "--virtual-monitor", "640x480",
                                      "--wayland-display", "wl-doze"}));
        bus_.wait_for(monitor);
        bus_.wait_for(remote);
        session_ = bus_.ask<sdbus::ObjectPath>(remote, "/org/gnome/Mutter/RemoteDesktop", remote, "CreateSession");
        bus_.call(remote, session_, remote_session, "Start");
    }
    void watch() {
        source_.emplace(io_, clock_, environment_);
        listen(*source_);
    }
    /// A compositor with nobody at it, and a source that runs.
    void serve_and_watch() {
        serve();
        watch();
        until_state(SourceState::running);
        // The start of the compositor may count as input, which is over after 2 s.
        until([this] { return signals_.empty() || !signals_.back().ongoing; });
        a_while(2500ms);
        signals_.clear();
    }
    void type() {
        for (const bool down : {true, false}) {
            bus_.call(remote, session_, remote_session, "NotifyKeyboardKeycode", std::uint32_t{30}, down);
        }
    }
    void move() { bus_.call(remote, session_, remote_session, "NotifyPointerMotionRelative", 20.0, 20.0); }

    std::optional<testing::Child> compositor_;
    std::optional<MutterIdle> source_;
    sdbus::ObjectPath session_;
};

TEST_F(MutterIdleOnMutter, TypingBeginsAndEnds) {
    serve_and_watch();
    const auto before = clock_.now().boot;
    type();
    until_signals(1);
    EXPECT_TRUE(signals_.back().ongoing);
    EXPECT_EQ(signals_.back().kind, ActivityKind::input);
    until_signals(2);
    EXPECT_FALSE(signals_.back().ongoing);
    EXPECT_LE(signals_.back().at, clock_.now().boot - 1900ms) << "dated back to the last key";
    EXPECT_GE(signals_.back().at, before - 100ms);
}

TEST_F(MutterIdleOnMutter, MovingThePointerBeginsAndEndsEachTime) {
    serve_and_watch();
    for (const std::size_t times : {1U, 2U}) {
        move();
        until_signals(2 * times);
    }
    std::vector<bool> ongoing;
    for (const ActivitySignal& one : signals_) ongoing.push_back(one.ongoing);
    EXPECT_THAT(ongoing, ElementsAre(true, false, true, false));
}

TEST_F(MutterIdleOnMutter, LosesTheCompositorAndFindsItAgain) {
    serve_and_watch();
    type();
    until_signals(1);
    compositor_.reset();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, HasSubstr("Mutter"));
    until_signals(2);
    EXPECT_FALSE(signals_.back().ongoing) << "what was lost goes on no longer";
    serve();
    until_state(SourceState::running);
    move();
    until([this] { return signals_.back().ongoing; });
}

TEST_F(MutterIdleOnMutter, ComesBackWithTheBus) {
    serve_and_watch();
    bus_.stop();
    until_state(SourceState::unavailable);
    compositor_.reset();
    bus_.start();
    serve();
    until_state(SourceState::running);
}

TEST_F(MutterIdleOnMutter, SaysThatThereIsNone) {
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, HasSubstr("not on the session bus"));
}

TEST(MutterIdle, SaysThatThereIsNoBus) {
    boost::asio::io_context io;
    const ports::SystemClock clock;
    MutterIdle source(io, clock, dbus::BusEnvironment{});
    std::vector<core::SourceStatus> statuses;
    source.start({.status = [&](const core::SourceStatus& status) { statuses.push_back(status); }});
    io.run();
    ASSERT_EQ(statuses.size(), 1U);
    EXPECT_EQ(statuses.front().state, SourceState::unavailable);
    EXPECT_THAT(statuses.front().detail, HasSubstr("There is no session bus here."));
}

}  // namespace
}  // namespace doze::activity
