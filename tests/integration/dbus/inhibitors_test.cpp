// What keeps the desktop from becoming idle, as mocks of logind, GNOME and KDE tell of it.
#include "adapters/activity/dbus/inhibitors.hpp"

#include "on_a_bus.hpp"

namespace doze::activity {
namespace {

using core::SourceState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Logind;
using testing::Mock;

constexpr const char* gnome = "org.gnome.SessionManager";
constexpr const char* power = "org.freedesktop.PowerManagement";
constexpr const char* power_path = "/org/freedesktop/PowerManagement/Inhibit";
constexpr const char* power_interface = "org.freedesktop.PowerManagement.Inhibit";
constexpr const char* agent = "org.kde.Solid.PowerManagement.PolicyAgent";

class InhibitorsOnABus : public testing::OnABus {
   protected:
    void watch() {
        source_.emplace(io_, environment_);
        listen(*source_);
    }
    void until_told(std::size_t count) {
        until([&] { return inhibited_.size() >= count; });
    }
    [[nodiscard]] static testing::Properties blocked(const std::string& what) {
        return {{"BlockInhibited", sdbus::Variant(what)}};
    }

    std::optional<Inhibitors> source_;
};

TEST_F(InhibitorsOnABus, AreReadFromLogind) {
    Logind logind(bus_);
    watch();
    until_state(SourceState::running);
    EXPECT_EQ(statuses_.size(), 1U) << "nothing is said until all were heard";
    logind.change_manager(blocked("sleep:idle"));
    until_told(1);
    logind.change_manager(blocked("sleep:idle:shutdown"));
    logind.change_manager(blocked("sleep"));
    until_told(2);
    EXPECT_THAT(inhibited_, ElementsAre(true, false));
}

TEST_F(InhibitorsOnABus, AreAskedOfGnome) {
    Mock mock = Mock::bare(bus_, gnome, "/org/gnome/SessionManager", gnome);
    mock.answer(gnome, "IsInhibited", "u", "b", "ret = args[0] == 8");
    watch();
    until_told(1);
    mock.answer(gnome, "IsInhibited", "u", "b", "ret = False");
    mock.emit(gnome, "InhibitorRemoved", "o", {sdbus::Variant(sdbus::ObjectPath("/org/gnome/SessionManager/I1"))});
    until_told(2);
    EXPECT_THAT(inhibited_, ElementsAre(true, false));
}

TEST_F(InhibitorsOnABus, AreAskedOfKdeWhichTellsAFileCopyFromAFilm) {
    Mock inhibit = Mock::bare(bus_, power, power_path, power_interface);
    inhibit.answer(power_interface, "HasInhibit", "", "b", "ret = True");
    Mock policy = Mock::bare(bus_, agent, "/org/kde/Solid/PowerManagement/PolicyAgent", agent);
    policy.answer(agent, "HasInhibition", "u", "b", "ret = False");
    watch();
    until_state(SourceState::running);
    EXPECT_THAT(inhibited_, IsEmpty());
    policy.answer(agent, "HasInhibition", "u", "b", "ret = args[0] == 4");
    inhibit.emit(power_interface, "HasInhibitChanged", "b", {sdbus::Variant(true)});
    until_told(1);
    EXPECT_THAT(inhibited_, ElementsAre(true));
}

TEST_F(InhibitorsOnABus, AreAskedOfOtherDesktopsAsFarAsTheyKnow) {
    Mock inhibit = Mock::bare(bus_, power, power_path, power_interface);
    inhibit.answer(power_interface, "HasInhibit", "", "b", "ret = True");
    watch();
    until_told(1);
    EXPECT_THAT(inhibited_, ElementsAre(true));
}

TEST_F(InhibitorsOnABus, EndWithWhoToldOfThem) {
    std::optional<Mock> mock = Mock::bare(bus_, gnome, "/org/gnome/SessionManager", gnome);
    mock->answer(gnome, "IsInhibited", "u", "b", "ret = True");
    watch();
    until_told(1);
    mock->kill();
    until_told(2);
    EXPECT_THAT(inhibited_, ElementsAre(true, false));
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_.back().detail, HasSubstr("Nobody here tells"));
}

TEST_F(InhibitorsOnABus, ComeBackWithTheBus) {
    std::optional<Logind> logind(bus_);
    watch();
    until_state(SourceState::running);
    bus_.stop();
    until_state(SourceState::unavailable);
    logind.reset();
    bus_.start();
    logind.emplace(bus_);
    logind->change_manager(blocked("idle"));
    until_told(1);
    EXPECT_THAT(inhibited_, ElementsAre(true));
    EXPECT_EQ(statuses_.back().state, SourceState::running);
}

}  // namespace
}  // namespace doze::activity
