// The gamepad source on a pretended /dev/input of pipes. What only a real input device can show is not shown here: that
// the kernel leaves out the sticks once it is asked to.
#include "adapters/activity/gamepad/gamepad.hpp"

#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <map>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include "base/handle.hpp"
#include "fakes/temp_dir.hpp"
#include "integration/listening.hpp"

namespace doze::activity {
namespace {

using core::ActivityKind;
using core::ActivitySignal;
using core::SourceState;
using core::SourceStatus;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr auto gamepad_keys = "7cdb000000000000 0 0 0 0\n";
constexpr auto keyboard_keys = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe\n";

class AGamepad : public testing::Listening {
   protected:
    AGamepad() {
        std::filesystem::create_directory(options_.devices);
        options_.deliver_only_buttons = [this](int) {
            ++opened_;
            return masks_;
        };
    }

    void plug_in(const std::string& name, const std::string& keys = gamepad_keys) {
        const auto capabilities = options_.capabilities / name / "device" / "capabilities";
        std::filesystem::create_directories(capabilities);
        std::ofstream(capabilities / "key") << keys;
        const auto device = options_.devices / name;
        ASSERT_EQ(::mkfifo(device.c_str(), 0600), 0);
        kernel_[name].reset(::open(device.c_str(), O_RDWR | O_CLOEXEC));
    }
    void unplug(const std::string& name) {
        std::filesystem::remove(options_.devices / name);
        kernel_.erase(name);
    }
    void press(const std::string& name) { ASSERT_EQ(::write(kernel_[name].get(), "button", 6), 6); }

    void watch() {
        source_.emplace(io_, clock_, options_);
        source_->start(sink());
    }

    /// How many handlers had something to do.
    std::size_t run_all() {
        io_.restart();
        return io_.run_for(50ms);
    }

    fakes::TempDir folder_;
    GamepadOptions options_{.devices = folder_.path() / "input", .capabilities = folder_.path() / "sys"};
    bool masks_ = true;
    int opened_ = 0;
    std::map<std::string, UniqueFd> kernel_;
    std::optional<Gamepad> source_;
};

TEST_F(AGamepad, IsInputByItsButtons) {
    plug_in("event4");
    watch();
    until_state(SourceState::running);
    EXPECT_THAT(signals_, IsEmpty());
    press("event4");
    until([this] { return !signals_.empty(); });
    EXPECT_THAT(signals_, ElementsAre(Field(&ActivitySignal::kind, ActivityKind::input)));
    EXPECT_THAT(statuses_,
                ElementsAre(SourceStatus{
                    .name = "gamepad", .kind = ActivityKind::input, .state = SourceState::running, .partial = true}));
}

TEST_F(AGamepad, OnWhichSomebodyPlaysWakesOnceInAnInterval) {
    plug_in("event4");
    watch();
    until_state(SourceState::running);
    run_all();
    for (int button = 0; button < 1000; ++button) press("event4");
    EXPECT_EQ(run_all(), 1U);
    press("event4");
    EXPECT_EQ(run_all(), 0U);
    EXPECT_THAT(signals_, SizeIs(1));
}

TEST_F(AGamepad, IsSeenAgainAfterAnInterval) {
    options_.interval = 20ms;
    plug_in("event4");
    watch();
    until_state(SourceState::running);
    until([this] {
        press("event4");
        return signals_.size() == 3;
    });
    EXPECT_GE(signals_[1].at - signals_[0].at, 20ms);
    EXPECT_GE(signals_[2].at - signals_[1].at, 20ms);
}

TEST_F(AGamepad, ThatIsNotThereIsNotMissed) {
    plug_in("event0", keyboard_keys);
    watch();
    run_all();
    EXPECT_THAT(statuses_, IsEmpty());
    EXPECT_EQ(opened_, 0) << "a keyboard is never opened";
}

TEST_F(AGamepad, MayComeAndGo) {
    watch();
    run_all();
    plug_in("event4");
    until_state(SourceState::running);
    press("event4");
    until([this] { return !signals_.empty(); });
    unplug("event4");
    until_state(SourceState::unavailable);
    EXPECT_EQ(statuses_.back().detail, "The gamepad was unplugged.");
    plug_in("event4");
    until_state(SourceState::running);
    press("event4");
    until([this] { return signals_.size() == 2; });
}

TEST_F(AGamepad, MayComeWithTheFirstInputDevice) {
    std::filesystem::remove(options_.devices);
    watch();
    run_all();
    std::filesystem::create_directory(options_.devices);
    plug_in("event4");
    until_state(SourceState::running);
}

TEST_F(AGamepad, WhoseSticksCannotBeLeftOutIsNotUsed) {
    masks_ = false;
    plug_in("event4");
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, StartsWith("A gamepad is there, but its buttons can't be watched: "));
    press("event4");
    run_all();
    EXPECT_THAT(signals_, IsEmpty());
}

TEST_F(AGamepad, ThatMayNotBeReadIsSaid) {
    plug_in("event4");
    kernel_.clear();
    // Not a matter of permissions, which a test that runs as root has all of.
    std::filesystem::remove(options_.devices / "event4");
    std::filesystem::create_symlink("event4", options_.devices / "event4");
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, ::testing::HasSubstr("event4: Too many levels of symbolic links."));
}

TEST_F(AGamepad, IsNoPlaceWhereTheKernelCouldBeAskedForButtonsIfItIsAPipe) {
    plug_in("event4");
    EXPECT_FALSE(gamepad::deliver_only_buttons(kernel_["event4"].get()));
}

TEST_F(AGamepad, MayBeDestroyedFromWithinItsOwnSignal) {
    plug_in("event4");
    source_.emplace(io_, clock_, options_);
    bool running = false;
    source_->start({.signal = [this](const ActivitySignal&) { source_.reset(); },
                    .status = [&](const SourceStatus& status) { running = status.state == SourceState::running; }});
    until([&] { return running; });
    press("event4");
    until([this] { return !source_; });
    io_.restart();
    io_.run();  // Nothing is left to do.
}

}  // namespace
}  // namespace doze::activity
