// The Wayland window source against real compositors, with real windows.
#include "adapters/activity/wayland/wayland_window.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include "client.hpp"
#include "tiny_compositor.hpp"
#include "watching.hpp"

namespace doze::activity::wayland_window_test {
namespace {

using core::ActivityKind;
using core::ActivitySignal;
using core::SourceState;
using core::SourceStatus;
using testing::Client;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using namespace std::chrono_literals;

const SourceStatus running = {"wayland-window", ActivityKind::window, SourceState::running};

struct OnSway {
    static void start(testing::Desktop& desktop) { desktop.start_sway(); }
};
struct OnKwin {
    static void start(testing::Desktop& desktop) { desktop.start_kwin(); }
};

template <class Where>
class WaylandWindowTest : public testing::Watching<WaylandWindow, WaylandWindowOptions> {
   protected:
    WaylandWindowTest() { serve(); }

    void serve() {
        Where::start(desktop_);
        options_.environment.sway_socket = desktop_.sway_socket().string();
    }
};

using WaylandWindowOnKwin = WaylandWindowTest<OnKwin>;
using Desktops = ::testing::Types<OnSway, OnKwin>;
TYPED_TEST_SUITE(WaylandWindowTest, Desktops);

TYPED_TEST(WaylandWindowTest, EachWindowThatBecomesTheActiveOneIsASignal) {
    this->options_.pause = 0ms;
    this->watch_until_it_runs();
    EXPECT_THAT(this->statuses_, ElementsAre(running));
    EXPECT_THAT(this->signals_, IsEmpty());
    std::optional<Client> first(std::in_place, this->desktop_.socket());
    first->open_window("a title");
    this->until_signals(1);
    Client second(this->desktop_.socket());
    second.open_window("another title");
    this->until_signals(2);
    {
        Client third(this->desktop_.socket());
        third.open_window("a third title");
        this->until_signals(3);
    }
    this->until_signals(4);
    EXPECT_THAT(this->signals_, Each(AllOf(Field(&ActivitySignal::kind, ActivityKind::window),
                                           Field(&ActivitySignal::ongoing, false))));
    EXPECT_THAT(this->signals_, SizeIs(4));
}

TYPED_TEST(WaylandWindowTest, ATitleThatChangesIsNone) {
    Client client(this->desktop_.socket());
    client.open_window("a title");
    this->watch_until_it_runs();
    client.rename_window("another title");
    this->pass(500ms);
    EXPECT_THAT(this->signals_, IsEmpty());
}

TYPED_TEST(WaylandWindowTest, ManyAtOnceAreOneSignal) {
    this->options_.pause = 1h;
    this->watch_until_it_runs();
    Client first(this->desktop_.socket());
    first.open_window("a title");
    this->until_signals(1);
    Client second(this->desktop_.socket());
    second.open_window("another title");
    this->pass(500ms);
    EXPECT_THAT(this->signals_, SizeIs(1));
}

TYPED_TEST(WaylandWindowTest, ACompositorThatDiesAndComesBackIsFoundAgain) {
    this->watch_until_it_runs();
    this->desktop_.kill();
    this->until_state(SourceState::unavailable);
    EXPECT_THAT(this->detail(), ::testing::ContainsRegex("^The (sway|Wayland compositor) at .* went away\\."));
    this->serve();
    this->until_state(SourceState::running);
    Client client(this->desktop_.socket());
    client.open_window("a title");
    this->until_signals(1);
}

TEST_F(WaylandWindowOnKwin, AProcessThatKeepsItsMemoryPrivateIsToldNothingAndSaysWhy) {
    if (::geteuid() == 0) GTEST_SKIP() << "root's KWin can identify every program";
    ::prctl(PR_SET_DUMPABLE, 0);
    watch();
    until_state(SourceState::unavailable);
    ::prctl(PR_SET_DUMPABLE, 1);
    EXPECT_THAT(detail(), StartsWith("KWin tells of the active window only to programs that it can identify"));
}

class WaylandWindowWithoutADesktop : public testing::Watching<WaylandWindow, WaylandWindowOptions> {
   protected:
    void between() override {
        if (compositor_) compositor_->run();
    }

    std::optional<testing::TinyCompositor> compositor_;
};

TEST_F(WaylandWindowWithoutADesktop, ACompositorThatDoesNotTellIsSaid) {
    compositor_.emplace(desktop_.runtime_dir() / "wayland-tiny", 1, 2);
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(detail(), StartsWith("This compositor does not tell programs of the active window"));
}

TEST_F(WaylandWindowWithoutADesktop, WhereLibwaylandWouldWriteTitlesItIsNotAsked) {
    compositor_.emplace(desktop_.runtime_dir() / "wayland-tiny", 1, 2);
    options_.environment.debug = "1";
    watch();
    io_.run();
    EXPECT_THAT(detail(), StartsWith("WAYLAND_DEBUG is set"));
}

TEST_F(WaylandWindowWithoutADesktop, NoSocketIsSaid) {
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(detail(), StartsWith("No Wayland session: no compositor answers in "));
}

TEST_F(WaylandWindowWithoutADesktop, SwitchedOffItConnectsToNothing) {
    options_.enabled = false;
    watch();
    io_.run();
    EXPECT_EQ(statuses_.back().state, SourceState::disabled);
}

}  // namespace
}  // namespace doze::activity::wayland_window_test
