// The idle hint of a session, as a mock of systemd-logind tells of it.
#include "adapters/activity/dbus/dbus_idle.hpp"
#include "on_a_bus.hpp"

namespace doze::activity {
namespace {

using core::SourceState;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Logind;
using namespace std::chrono_literals;

class LogindIdleOnABus : public testing::OnABus {
   protected:
    void watch() {
        source_.emplace(io_, clock_, environment_);
        listen(*source_);
    }
    void hint(bool idle, std::chrono::microseconds ago = 0us) {
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC, &now);
        const std::chrono::microseconds at = std::chrono::seconds(now.tv_sec) - ago;
        logind_->change({{"IdleHint", sdbus::Variant(idle)},
                         {"IdleSinceHintMonotonic", sdbus::Variant(static_cast<std::uint64_t>(at.count()))}});
    }

    std::optional<Logind> logind_{bus_};
    std::optional<LogindIdle> source_;
};

TEST_F(LogindIdleOnABus, BeginsAndEndsWithTheHint) {
    hint(true, 20s);
    watch();
    until_state(SourceState::running);
    a_while();
    EXPECT_THAT(signals_, IsEmpty()) << "nobody is there";
    hint(false);
    until_signals(1);
    EXPECT_EQ(signals_.back().kind, core::ActivityKind::input);
    EXPECT_TRUE(signals_.back().ongoing);
    hint(true, 5s);
    until_signals(2);
    EXPECT_FALSE(signals_.back().ongoing);
    EXPECT_LE(signals_.back().at, clock_.now().boot - 5s) << "dated back";
}

TEST_F(LogindIdleOnABus, DoesNotBelieveADesktopThatNeverTold) {
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, HasSubstr("IdleHint"));
    EXPECT_THAT(signals_, IsEmpty());
    hint(true);
    until_state(SourceState::running);
}

TEST_F(LogindIdleOnABus, EndsWithTheSession) {
    hint(false);
    watch();
    until_signals(1);
    logind_->show("");
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, HasSubstr("not logged in"));
    EXPECT_FALSE(signals_.back().ongoing);
}

TEST_F(LogindIdleOnABus, ComesBackWithLogind) {
    hint(true);
    watch();
    until_state(SourceState::running);
    logind_->kill();
    until([this] { return statuses_.back().detail.find("systemd-logind does not run") != std::string::npos; });
    logind_.reset();
    logind_.emplace(bus_);
    hint(true);
    until_state(SourceState::running);
}

}  // namespace
}  // namespace doze::activity
