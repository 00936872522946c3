// Changes of the screen, seen on a real X server that a client draws on.
#include "adapters/activity/x11/x11_screen.hpp"

#include <gmock/gmock.h>

#include "on_xvfb.hpp"
#include "painter.hpp"

namespace doze::activity {
namespace {

using core::ActivityKind;
using core::ActivitySignal;
using core::SourceState;
using core::SourceStatus;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Painter;
using ::testing::SizeIs;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr std::uint32_t red = 0xff0000;
constexpr std::uint32_t green = 0x00ff00;

class X11ScreenOnXvfb : public testing::OnXvfb {
   protected:
    X11ScreenOnXvfb() { options_.interval = 50ms; }

    void watch() {
        options_.environment = environment_;
        source_.emplace(io_, clock_, options_);
        source_->start(sink());
    }

    void serve_paint_and_watch(const std::vector<std::string>& server_options = {}) {
        serve("", server_options);
        painter_.emplace(server_->display());
        painter_->fill_all(red);
        watch();
        until_state(SourceState::running);
        a_look_later();
    }

    /// Whatever was drawn has been looked at.
    void a_look_later() { pass(10 * options_.interval); }

    X11ScreenOptions options_;
    std::optional<Painter> painter_;
    std::optional<X11Screen> source_;
};

TEST_F(X11ScreenOnXvfb, WhatWasThereAtTheStartIsNoChange) {
    serve_paint_and_watch();
    EXPECT_THAT(statuses_, ElementsAre(SourceStatus{"x11-screen", ActivityKind::screen, SourceState::running}));
    EXPECT_THAT(signals_, IsEmpty());
}

TEST_F(X11ScreenOnXvfb, ALargeChangeIsOneSignal) {
    serve_paint_and_watch();
    const core::TimePoint before = clock_.now().boot;
    painter_->fill_all(green);
    until_signals(1);
    a_look_later();
    EXPECT_THAT(signals_, ElementsAre(::testing::AllOf(Field(&ActivitySignal::kind, ActivityKind::screen),
                                                       Field(&ActivitySignal::ongoing, false),
                                                       Field(&ActivitySignal::at, ::testing::Ge(before)))));
}

TEST_F(X11ScreenOnXvfb, ABlinkingCursorIsNone) {
    serve_paint_and_watch();
    for (const std::uint32_t colour : {green, red, green, red}) {
        painter_->fill(100, 100, 10, 20, colour);
        a_look_later();
    }
    EXPECT_THAT(signals_, IsEmpty());
    painter_->fill_all(green);
    until_signals(1);
}

TEST_F(X11ScreenOnXvfb, DrawingTheSameAgainIsNone) {
    serve_paint_and_watch();
    painter_->fill_all(red);
    a_look_later();
    EXPECT_THAT(signals_, IsEmpty());
    painter_->fill_all(green);
    until_signals(1);
}

TEST_F(X11ScreenOnXvfb, WhatReallyChangedIsWhatCounts) {
    options_.diff_threshold = 0.5;
    serve_paint_and_watch();
    painter_->fill_all(red);
    painter_->fill(0, 0, painter_->width(), painter_->height() / 3, green);
    a_look_later();
    EXPECT_THAT(signals_, IsEmpty());
    painter_->fill(0, 0, painter_->width(), painter_->height() * 4 / 5, 0x0000ff);
    until_signals(1);
}

TEST_F(X11ScreenOnXvfb, AScreenThatGoesOnChangingIsASignalPerInterval) {
    serve_paint_and_watch();
    const core::TimePoint begun = clock_.now().boot;
    std::uint32_t colour = 0;
    until([&] {
        painter_->fill_all(++colour);
        return signals_.size() >= 3;
    });
    const auto intervals = (clock_.now().boot - begun + 1ms) / options_.interval;
    EXPECT_LE(signals_.size(), static_cast<std::size_t>(intervals + 1));
}

TEST_F(X11ScreenOnXvfb, AStillScreenCostsNothing) {
    serve_paint_and_watch();
    io_.restart();
    EXPECT_EQ(io_.run_for(1s), 0U) << "handlers that ran";
}

TEST_F(X11ScreenOnXvfb, AScreenOfAnotherSizeIsLookedAtAnew) {
    serve_paint_and_watch();
    // The timings are those of VESA; Xvfb does not mind.
    server_->run({"xrandr", "--newmode", "smaller", "40", "800", "840", "968", "1056", "600", "601", "605", "628"});
    server_->run({"xrandr", "--addmode", "screen", "smaller"});
    server_->run({"xrandr", "--output", "screen", "--mode", "smaller"});
    a_look_later();
    EXPECT_THAT(signals_, IsEmpty());
    // A change before its first look at the new size is none.
    std::uint32_t colour = red;
    until([&] {
        colour = colour == red ? green : red;
        painter_->fill(0, 0, 800, 600, colour);
        a_look_later();
        return !signals_.empty();
    });
    EXPECT_EQ(statuses_.back().state, SourceState::running);
    EXPECT_EQ(statuses_.back().detail, "");
}

TEST_F(X11ScreenOnXvfb, AServerThatDiesAndComesBackIsFoundAgain) {
    serve_paint_and_watch();
    const std::string display = server_->display();
    painter_.reset();
    server_.reset();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, StartsWith("The X server at " + display + " went away."));

    serve(display);
    until_state(SourceState::running);
    a_look_later();
    EXPECT_THAT(signals_, IsEmpty());
    painter_.emplace(display);
    painter_->fill_all(green);
    until_signals(1);
}

TEST_F(X11ScreenOnXvfb, AServerThatTellsNothingOfRepaintsIsSaid) {
    serve("", {"-extension", "DAMAGE"});
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, StartsWith("The X server has no DAMAGE extension"));
}

TEST_F(X11ScreenOnXvfb, WithoutSharedMemoryWhatIsRepaintedCounts) {
    serve_paint_and_watch({"-extension", "MIT-SHM"});
    EXPECT_THAT(statuses_.back().detail, HasSubstr("shares no memory"));
    EXPECT_THAT(signals_, IsEmpty());
    painter_->fill(100, 100, 10, 20, green);
    a_look_later();
    EXPECT_THAT(signals_, IsEmpty());
    painter_->fill_all(red);
    until_signals(1);
}

TEST_F(X11ScreenOnXvfb, AScreenOfOtherPixelsIsWatchedWithoutThem) {
    serve_paint_and_watch({"-screen", "0", "640x480x16"});
    EXPECT_THAT(statuses_.back().detail, HasSubstr("counts as changed"));
    painter_->fill_all(0x1234);
    until_signals(1);
}

TEST_F(X11ScreenOnXvfb, MayBeDestroyedFromWithinItsOwnSignal) {
    serve("");
    painter_.emplace(server_->display());
    options_.environment = environment_;
    source_.emplace(io_, clock_, options_);
    source_->start({.signal = [this](const ActivitySignal&) { source_.reset(); },
                    .status = [this](const SourceStatus& status) { statuses_.push_back(status); }});
    until_state(SourceState::running);
    painter_->fill_all(green);
    until([this] { return !source_; });
    io_.restart();
    io_.run();  // Nothing is left to do.
}

TEST_F(X11ScreenOnXvfb, SwitchedOffItSaysSoAndConnectsToNothing) {
    environment_.display = ":0";
    options_.enabled = false;
    watch();
    io_.run();
    EXPECT_THAT(statuses_, ElementsAre(SourceStatus{"x11-screen", ActivityKind::screen, SourceState::disabled}));
}

TEST_F(X11ScreenOnXvfb, AWaylandSessionIsNotLookedAt) {
    serve("");
    environment_.wayland_display = "wayland-0";
    watch();
    io_.run();
    ASSERT_THAT(statuses_, SizeIs(1));
    EXPECT_EQ(statuses_[0].state, SourceState::unavailable);
    EXPECT_THAT(statuses_[0].detail, StartsWith("Wayland compositors show the screen only to programs"));
}

}  // namespace
}  // namespace doze::activity
