// Changes of the active window, told by a pretended window manager and by a real one.
#include "adapters/activity/x11/x11_window.hpp"

#include <gmock/gmock.h>

#include "on_xvfb.hpp"
#include "painter.hpp"

namespace doze::activity {
namespace {

using core::ActivityKind;
using core::ActivitySignal;
using core::SourceState;
using core::SourceStatus;
using testing::Child;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using testing::Painter;
using ::testing::SizeIs;
using ::testing::StartsWith;
using namespace std::chrono_literals;

class X11WindowOnXvfb : public testing::OnXvfb {
   protected:
    X11WindowOnXvfb() { options_.pause = 20ms; }

    void watch() {
        options_.environment = environment_;
        source_.emplace(io_, clock_, options_);
        source_->start(sink());
    }

    /// A window manager says that it is there.
    void manage() {
        manager_.emplace(server_->display());
        proof_ = manager_->make_window();
        manager_->set(proof_, "_NET_SUPPORTING_WM_CHECK", proof_);
        manager_->set_on_root("_NET_SUPPORTING_WM_CHECK", proof_);
    }

    void activate(xcb_window_t window) { manager_->set_on_root("_NET_ACTIVE_WINDOW", window); }

    void serve_manage_and_watch() {
        serve();
        manage();
        activate(one);
        watch();
        until_state(SourceState::running);
        a_pause_later();
    }

    /// Whatever happened has been asked for.
    void a_pause_later() { pass(10 * options_.pause); }

    static constexpr xcb_window_t one = 0x1001;
    static constexpr xcb_window_t two = 0x1002;
    static constexpr xcb_window_t none = XCB_NONE;

    X11WindowOptions options_;
    std::optional<Painter> manager_;
    xcb_window_t proof_ = XCB_NONE;
    std::optional<X11Window> source_;
};

TEST_F(X11WindowOnXvfb, ThatSomeWindowIsActiveIsNoSignal) {
    serve_manage_and_watch();
    EXPECT_THAT(statuses_, ElementsAre(SourceStatus{"x11-window", ActivityKind::window, SourceState::running}));
    EXPECT_THAT(signals_, IsEmpty());
}

TEST_F(X11WindowOnXvfb, AnotherActiveWindowIsASignal) {
    serve_manage_and_watch();
    const core::TimePoint before = clock_.now().boot;
    activate(two);
    until_signals(1);
    EXPECT_THAT(signals_, ElementsAre(::testing::AllOf(Field(&ActivitySignal::kind, ActivityKind::window),
                                                       Field(&ActivitySignal::ongoing, false),
                                                       Field(&ActivitySignal::at, ::testing::Ge(before)))));
}

TEST_F(X11WindowOnXvfb, TheSameWindowAgainIsNone) {
    serve_manage_and_watch();
    activate(one);
    a_pause_later();
    activate(none);
    a_pause_later();
    activate(one);
    a_pause_later();
    EXPECT_THAT(signals_, IsEmpty());
}

TEST_F(X11WindowOnXvfb, TheFirstWindowOnAnEmptyDesktopIsASignal) {
    serve();
    manage();
    watch();
    until_state(SourceState::running);
    a_pause_later();
    activate(one);
    until_signals(1);
}

TEST_F(X11WindowOnXvfb, ManyChangesAtOnceAreASignalPerPause) {
    options_.pause = 300ms;
    serve_manage_and_watch();
    const core::TimePoint begun = clock_.now().boot;
    for (int i = 0; i < 100; ++i) {
        activate(i % 2 == 0 ? two : one);
        pass(5ms);
    }
    const auto pauses = (clock_.now().boot - begun + 1ms) / options_.pause;
    EXPECT_LE(signals_.size(), static_cast<std::size_t>(pauses + 1));
    // And the last change is not lost.
    a_pause_later();
    const std::size_t before = signals_.size();
    activate(two);
    activate(one);
    activate(two);
    until_signals(before + 1);
}

TEST_F(X11WindowOnXvfb, OtherPropertiesOfTheDesktopAreNotAskedFor) {
    serve_manage_and_watch();
    manager_->set_on_root("_NET_CLIENT_LIST", two);
    a_pause_later();
    EXPECT_THAT(signals_, IsEmpty());
    io_.restart();
    EXPECT_EQ(io_.run_for(500ms), 0U) << "handlers that ran";
}

TEST_F(X11WindowOnXvfb, WithoutAWindowManagerItSaysSoUntilOneStarts) {
    serve();
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, StartsWith("No window manager on this display tells"));
    manage();
    until_state(SourceState::running);
    activate(one);
    until_signals(1);
}

TEST_F(X11WindowOnXvfb, WhatADeadWindowManagerLeftIsNoProof) {
    serve_manage_and_watch();
    manager_->destroy(proof_);
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, StartsWith("No window manager on this display tells"));
    manage();
    until_state(SourceState::running);
}

TEST_F(X11WindowOnXvfb, AServerThatDiesAndComesBackIsFoundAgain) {
    serve_manage_and_watch();
    const std::string display = server_->display();
    manager_.reset();
    server_.reset();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, StartsWith("The X server at " + display + " went away."));

    serve(display);
    manage();
    activate(one);
    until_state(SourceState::running);
    a_pause_later();
    EXPECT_THAT(signals_, IsEmpty());
    activate(two);
    until_signals(1);
}

TEST_F(X11WindowOnXvfb, ARealWindowManagerIsUnderstood) {
    serve();
    watch();
    until_state(SourceState::unavailable);
    const Child openbox({"openbox", "--sm-disable", "--config-file", "/dev/null"}, server_->display());
    until_state(SourceState::running);

    const Child first({"xterm"}, server_->display());
    until_signals(1);
    a_pause_later();
    const std::size_t before = signals_.size();
    const Child second({"xterm"}, server_->display());
    until_signals(before + 1);
}

TEST_F(X11WindowOnXvfb, SwitchedOffItSaysSoAndConnectsToNothing) {
    environment_.display = ":0";
    options_.enabled = false;
    watch();
    io_.run();
    EXPECT_THAT(statuses_, ElementsAre(SourceStatus{"x11-window", ActivityKind::window, SourceState::disabled}));
}

TEST_F(X11WindowOnXvfb, MayBeDestroyedFromWithinItsOwnSignal) {
    serve();
    manage();
    activate(one);
    options_.environment = environment_;
    source_.emplace(io_, clock_, options_);
    source_->start({.signal = [this](const ActivitySignal&) { source_.reset(); },
                    .status = [this](const SourceStatus& status) { statuses_.push_back(status); }});
    until_state(SourceState::running);
    activate(two);
    until([this] { return !source_; });
    io_.restart();
    io_.run();  // Nothing is left to do.
}

}  // namespace
}  // namespace doze::activity
