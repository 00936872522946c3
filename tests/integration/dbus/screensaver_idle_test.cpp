// The idle time of org.freedesktop.ScreenSaver, played by a mock.
#include "adapters/activity/dbus/dbus_idle.hpp"
#include "on_a_bus.hpp"

namespace doze::activity {
namespace {

using core::SourceState;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Mock;
using namespace std::chrono_literals;

constexpr const char* service = "org.freedesktop.ScreenSaver";
constexpr const char* path = "/org/freedesktop/ScreenSaver";

class ScreenSaverIdleOnABus : public testing::OnABus {
   protected:
    void watch() {
        source_.emplace(io_, clock_, environment_, 2s);
        listen(*source_);
    }
    void serve(const std::string& code) {
        mock_.emplace(Mock::bare(bus_, service, path, service));
        mock_->answer(service, "GetSessionIdleTime", "", "u", code);
    }
    void serve() { serve("import time; ret = dbus.UInt32(time.monotonic() % 60 * 1000)"); }

    std::optional<Mock> mock_;
    std::optional<ScreenSaverIdle> source_;
};

TEST_F(ScreenSaverIdleOnABus, TellsOfInputThatTheAnswersTellOf) {
    serve();
    watch();
    // An idle time that grows: the last input was at the start of it.
    until_signals(1);
    const auto first = signals_.front().at;
    EXPECT_LT(first, clock_.now().boot);
    mock_->answer(service, "GetSessionIdleTime", "", "u", "ret = dbus.UInt32(5)");
    until_signals(2);
    EXPECT_GT(signals_.back().at, first);
    EXPECT_GT(signals_.back().at, clock_.now().boot - 10s);
    EXPECT_EQ(signals_.back().kind, core::ActivityKind::input);
}

TEST_F(ScreenSaverIdleOnABus, SaysThatTheDesktopRefusesToTell) {
    serve("raise dbus.exceptions.DBusException('no', name='org.freedesktop.DBus.Error.NotSupported')");
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, HasSubstr("does not offer GetSessionIdleTime"));
}

TEST_F(ScreenSaverIdleOnABus, WaitsForNoAnswerForEver) {
    serve("import time; time.sleep(8); ret = dbus.UInt32(5)");
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, HasSubstr("does not answer GetSessionIdleTime"));
    mock_.reset();
    serve();
    until_state(SourceState::running);
}

TEST_F(ScreenSaverIdleOnABus, SaysThatThereIsNoneAndFindsIt) {
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, HasSubstr("no org.freedesktop.ScreenSaver"));
    serve();
    until_state(SourceState::running);
    mock_->kill();
    until_state(SourceState::unavailable);
}

}  // namespace
}  // namespace doze::activity
