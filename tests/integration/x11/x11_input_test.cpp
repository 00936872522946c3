// The X11 source against a real X server, with real events.
#include "adapters/activity/x11/x11_input.hpp"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <optional>
#include <xcb/xcb.h>
#include <xcb/xinput.h>

#include "adapters/activity/x11/x11_client.hpp"
#include "base/handle.hpp"
#include "on_xvfb.hpp"
#include "without_extension.hpp"

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
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr auto keyboard = ActivityKind::keyboard;
constexpr auto pointer = ActivityKind::pointer;

auto begins(ActivityKind kind) {
    return ::testing::AllOf(Field(&ActivitySignal::kind, kind), Field(&ActivitySignal::ongoing, true));
}
auto ends(ActivityKind kind) {
    return ::testing::AllOf(Field(&ActivitySignal::kind, kind), Field(&ActivitySignal::ongoing, false));
}

class X11InputOnXvfb : public testing::OnXvfb {
   protected:
    void watch() {
        options_.environment = environment_;
        source_.emplace(io_, clock_, options_);
        source_->start(sink());
    }

    /// A server and a source that runs.
    void serve_and_watch() {
        serve();
        watch();
        until([this] { return is_state(SourceState::running); });
        a_moment_later();
    }

    /// Whoever acts within a few ms of what resets all counters (a heartbeat, the start of the server) is
    /// not noticed. Runs the loop on past them.
    void a_moment_later() { pass(50ms); }

    /// Whether both kinds last reported `state`.
    [[nodiscard]] bool is_state(SourceState state) const {
        return status(keyboard) && status(pointer) && status(keyboard)->state == state &&
               status(pointer)->state == state;
    }
    [[nodiscard]] std::optional<SourceStatus> status(ActivityKind kind) const {
        std::optional<SourceStatus> last;
        for (const SourceStatus& one : statuses_) {
            if (one.kind == kind) last = one;
        }
        return last;
    }

    void type() { server_->run({"xdotool", "key", "a"}); }
    void click() { server_->run({"xdotool", "click", "1"}); }
    void move(int pixels) { server_->run({"xdotool", "mousemove_relative", std::to_string(pixels), "0"}); }
    void heartbeat() { server_->run({"xset", "s", "reset"}); }

    X11InputOptions options_;
    std::optional<X11Input> source_;
};

TEST_F(X11InputOnXvfb, RunsOnceItHasReadTheCounters) {
    serve_and_watch();
    EXPECT_THAT(statuses_, ElementsAre(SourceStatus{"x11-keyboard", keyboard, SourceState::running},
                                       SourceStatus{"x11-pointer", pointer, SourceState::running}));
}

TEST_F(X11InputOnXvfb, TypingIsAKeyboardSignalOnly) {
    serve_and_watch();
    server_->run({"xdotool", "type", "doze"});
    until_signals(2);
    EXPECT_THAT(signals_, ElementsAre(begins(keyboard), ends(keyboard)));
}

TEST_F(X11InputOnXvfb, TheEndIsDatedBackToTheLastKey) {
    serve_and_watch();
    const core::TimePoint before = clock_.now().boot;
    type();
    until_signals(2);
    EXPECT_GE(signals_.back().at, before);
    EXPECT_LE(signals_.back().at, clock_.now().boot - options_.idle_threshold);
}

TEST_F(X11InputOnXvfb, MovingIsAPointerSignalOnly) {
    serve_and_watch();
    move(100);
    until_signals(2);
    EXPECT_THAT(signals_, ElementsAre(begins(pointer), ends(pointer)));
}

TEST_F(X11InputOnXvfb, AShakenDeskIsNoSignalButMovementThatFollowsIs) {
    options_.idle_threshold = 20s;  // One burst, however slow the machine.
    serve_and_watch();
    move(2);
    type();
    until_signals(1);
    // The look that found the key has seen the shake as well.
    EXPECT_THAT(signals_, ElementsAre(begins(keyboard)));
    move(100);
    until_signals(2);
    EXPECT_THAT(signals_, ElementsAre(begins(keyboard), begins(pointer)));
}

TEST_F(X11InputOnXvfb, AClickIsAPointerSignal) {
    serve_and_watch();
    click();
    until_signals(2);
    EXPECT_THAT(signals_, ElementsAre(begins(pointer), ends(pointer)));
}

TEST_F(X11InputOnXvfb, AScrollIsAPointerSignal) {
    serve_and_watch();
    server_->run({"xdotool", "click", "5"});
    until_signals(1);
    EXPECT_THAT(signals_, ElementsAre(begins(pointer)));
}

TEST_F(X11InputOnXvfb, AClickAfterAShakeIsAPointerSignal) {
    options_.idle_threshold = 20s;
    serve_and_watch();
    move(2);
    type();
    until_signals(1);
    click();
    until_signals(2);
    EXPECT_THAT(signals_, ElementsAre(begins(keyboard), begins(pointer)));
}

TEST_F(X11InputOnXvfb, AProgramThatKeepsTheScreenOnIsNoPerson) {
    serve_and_watch();
    heartbeat();
    a_moment_later();
    click();
    until_signals(2);
    EXPECT_THAT(signals_, ElementsAre(begins(pointer), ends(pointer)));
}

TEST_F(X11InputOnXvfb, AProgramThatMovesThePointerIsNoPerson) {
    serve_and_watch();
    server_->run({"xdotool", "mousemove", "10", "10"});
    type();
    until_signals(2);
    EXPECT_THAT(signals_, ElementsAre(begins(keyboard), ends(keyboard)));
}

TEST_F(X11InputOnXvfb, ADisabledDeviceDoesNotMakeAHeartbeatAPerson) {
    serve_and_watch();
    {
        const Handle<xcb_connection_t, xcb_disconnect> client(xcb_connect(server_->display().c_str(), nullptr));
        constexpr std::string_view name = "Device Enabled";
        const Handle<xcb_intern_atom_reply_t, std::free> atom(
            xcb_intern_atom_reply(client.get(), xcb_intern_atom(client.get(), 0, name.size(), name.data()), nullptr));
        constexpr std::uint32_t off = 0;
        const int xvfb_mouse = 6;
        const auto cookie = xcb_input_xi_change_property_checked(client.get(), xvfb_mouse, XCB_PROP_MODE_REPLACE, 8,
                                                                 atom->atom, XCB_ATOM_INTEGER, 1, &off);
        const Handle<xcb_generic_error_t, std::free> error(xcb_request_check(client.get(), cookie));
        ASSERT_FALSE(error);
    }
    type();
    until_signals(2);
    heartbeat();
    a_moment_later();
    click();
    until_signals(3);
    EXPECT_THAT(signals_, ElementsAre(begins(keyboard), ends(keyboard), begins(pointer)));
}

TEST_F(X11InputOnXvfb, TheFirstSignalIsTheLastKeyBeforeTheStart) {
    serve();
    const core::TimePoint before = clock_.now().boot;
    a_moment_later();
    type();
    watch();
    until_signals(1);
    EXPECT_THAT(signals_.front(), Field(&ActivitySignal::kind, keyboard));
    EXPECT_GE(signals_.front().at, before);
    EXPECT_LE(signals_.front().at, clock_.now().boot);
}

TEST_F(X11InputOnXvfb, AServerThatDiesAndComesBackIsFoundAgain) {
    serve_and_watch();
    const std::string display = server_->display();
    type();
    until_signals(1);

    server_.reset();
    until([this] { return is_state(SourceState::unavailable); });
    EXPECT_THAT(status(keyboard)->detail, StartsWith("The X server at " + display + " went away."));
    EXPECT_THAT(signals_, ElementsAre(begins(keyboard), ends(keyboard)));

    serve(display);
    until([this] { return is_state(SourceState::running); });
    a_moment_later();
    type();
    until_signals(3);
    EXPECT_THAT(signals_, ElementsAre(begins(keyboard), ends(keyboard), begins(keyboard)));
}

TEST_F(X11InputOnXvfb, AServerThatStartsLaterIsFound) {
    serve();
    const std::string display = server_->display();
    server_.reset();
    watch();
    until([this] { return is_state(SourceState::unavailable); });
    EXPECT_EQ(status(pointer)->detail, "No X server answers at " + display + ". doze tries again by itself.");
    serve(display);
    until([this] { return is_state(SourceState::running); });
}

TEST_F(X11InputOnXvfb, AServerThatRefusesIsNotCalledAbsent) {
    // Xauthority(5): family "any", then address, display number, name and key, each with its length.
    const std::string file = ::testing::TempDir() + "doze-xauthority";
    const std::string name = "MIT-MAGIC-COOKIE-1";
    std::ofstream(file) << std::string("\xff\xff\0\0\0\0\0\x12", 8) << name << std::string("\0\x10", 2)
                        << "0123456789abcdef";
    serve("", {"-auth", file});
    watch();
    until([this] { return is_state(SourceState::unavailable); });
    EXPECT_THAT(status(keyboard)->detail, StartsWith("The X server at " + server_->display() + " refuses doze."));
    EXPECT_THAT(status(keyboard)->detail, HasSubstr("XAUTHORITY"));
}

TEST_F(X11InputOnXvfb, AServerThatIsFullIsSaidToBeSo) {
    serve("", {"-maxclients", "64"});
    std::vector<x11::Connection> taken;
    while (taken.size() < 64) {
        auto connection = x11::Connection::open(server_->display());
        if (!connection) break;
        taken.push_back(std::move(*connection));
    }
    watch();
    until([this] { return is_state(SourceState::unavailable); });
    EXPECT_THAT(status(keyboard)->detail, HasSubstr("is full: \"Maximum number of clients reached\""));
    taken.clear();
    until([this] { return is_state(SourceState::running); });
}

TEST_F(X11InputOnXvfb, WhatIsSwitchedOffSaysSoAndIsSilent) {
    options_.pointer_enabled = false;
    serve();
    watch();
    until([this] { return status(keyboard) && status(keyboard)->state == SourceState::running; });
    EXPECT_EQ(status(pointer)->state, SourceState::disabled);
    a_moment_later();
    click();
    type();
    until_signals(2);
    EXPECT_THAT(signals_, ElementsAre(begins(keyboard), ends(keyboard)));
}

TEST_F(X11InputOnXvfb, MayBeDestroyedFromWithinItsOwnSignal) {
    serve();
    options_.environment = environment_;
    bool destroyed = false;
    source_.emplace(io_, clock_, options_);
    source_->start({.signal =
                        [&](const ActivitySignal&) {
                            source_.reset();
                            destroyed = true;
                        },
                    .status = [this](const SourceStatus& status) { statuses_.push_back(status); }});
    until([this] { return is_state(SourceState::running); });
    a_moment_later();
    type();
    until([&] { return destroyed; });
}

TEST_F(X11InputOnXvfb, MayBeDestroyedFromWithinItsOwnStatusWhenTheServerDies) {
    serve_and_watch();
    source_.emplace(io_, clock_, options_);
    std::optional<SourceState> last;
    source_->start({.signal = {}, .status = [&](const SourceStatus& status) {
                        last = status.state;
                        if (status.state == SourceState::unavailable) source_.reset();
                    }});
    until([&] { return last == SourceState::running; });
    server_.reset();
    until([&] { return last == SourceState::unavailable; });
    io_.restart();
    io_.run();  // Nothing is left to do.
}

class X11InputOnAnOldServer : public X11InputOnXvfb {
   protected:
    void watch_it() {
        serve();
        old_.emplace(server_->display(), "XInputExtension");
        environment_.display = old_->display();
        watch();
        until_state(SourceState::running);
        a_moment_later();
    }

    std::optional<testing::WithoutExtension> old_;
};

TEST_F(X11InputOnAnOldServer, InputThatCannotBeToldApartIsCalledSo) {
    watch_it();
    EXPECT_THAT(statuses_, ElementsAre(SourceStatus{"x11-input", ActivityKind::input, SourceState::running}));
    // With one counter, the start of the server looks like input.
    until_signals(2);
    signals_.clear();
    type();
    until_signals(2);
    click();
    until_signals(3);
    EXPECT_THAT(signals_,
                ElementsAre(begins(ActivityKind::input), ends(ActivityKind::input), begins(ActivityKind::input)));
}

TEST_F(X11InputOnAnOldServer, SaysOfWhatItLookedForBeforeWhereItIsCounted) {
    serve();
    const std::string display = server_->display();
    environment_.display = testing::WithoutExtension::display_beside(display);
    watch();
    until([this] { return is_state(SourceState::unavailable); });
    old_.emplace(display, "XInputExtension");
    until_state(SourceState::running);
    EXPECT_THAT(statuses_.back().name, "x11-input");
    EXPECT_TRUE(is_state(SourceState::unavailable));
    EXPECT_THAT(status(keyboard)->detail, HasSubstr("counted as input"));
}

class X11InputWithoutAServer : public X11InputOnXvfb {
   protected:
    /// What both kinds say when nothing is to be had.
    void expect_unavailable(const std::string& beginning) {
        watch();
        until([this] { return statuses_.size() >= 2; });
        EXPECT_TRUE(is_state(SourceState::unavailable));
        EXPECT_THAT(statuses_, Each(Field(&SourceStatus::detail, StartsWith(beginning))));
        EXPECT_THAT(signals_, IsEmpty());
        io_.restart();
        io_.run();  // It does not try again.
    }
};

TEST_F(X11InputWithoutAServer, NoDisplayIsSaidWithWhatToDo) {
    expect_unavailable("No X display: DISPLAY is not set. Start doze from within the graphical session");
}

TEST_F(X11InputWithoutAServer, TheXServerOfAWaylandSessionIsNotTrusted) {
    serve();
    environment_.wayland_display = "wayland-0";
    expect_unavailable("Wayland session: X11's counters only see X windows there");
}

TEST_F(X11InputWithoutAServer, AWaylandSessionIsKnownByItsTypeAsWell) {
    environment_.display = ":0";
    environment_.session_type = "wayland";
    expect_unavailable("Wayland session:");
}

TEST_F(X11InputWithoutAServer, ANameThatIsNoDisplayIsSaid) {
    environment_.display = "nonsense";
    watch();
    until([this] { return is_state(SourceState::unavailable); });
    EXPECT_THAT(status(keyboard)->detail, StartsWith("DISPLAY is \"nonsense\", which is not the name"));
}

TEST_F(X11InputWithoutAServer, WithBothKindsOffItConnectsToNothing) {
    options_.keyboard_enabled = options_.pointer_enabled = false;
    environment_.display = ":0";
    watch();
    io_.run();
    EXPECT_TRUE(is_state(SourceState::disabled));
}

TEST_F(X11InputWithoutAServer, MayBeDestroyedRightAfterItsStart) {
    serve();
    watch();
    source_.reset();
    io_.run();
    EXPECT_THAT(statuses_, IsEmpty());
}

}  // namespace
}  // namespace doze::activity
