#include "adapters/activity/dbus/inhibitors.hpp"

#include <algorithm>
#include <array>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/activity/dbus/person_session.hpp"
#include "adapters/dbus/bus.hpp"

namespace doze::activity {

namespace {

using dbus::Member;

/// The services that may know of inhibitors.
enum class Asked { logind, gnome, power_management, count };

constexpr const char* gnome = "org.gnome.SessionManager";
constexpr std::uint32_t gnome_idle =
    8;  // gsm-inhibitor-flag.h of gnome-session: "Inhibit the session being marked as idle"

constexpr const char* power_management = "org.freedesktop.PowerManagement";
constexpr const char* policy_agent = "org.kde.Solid.PowerManagement.PolicyAgent";
constexpr std::uint32_t kde_screen = 4;  // ChangeScreenSettings in powerdevilpolicyagent.h: the screen must stay on

Member gnome_member(const char* name) {
    return {gnome, "/org/gnome/SessionManager", gnome, name};
}

Member power_member(const char* name) {
    return {power_management, "/org/freedesktop/PowerManagement/Inhibit", "org.freedesktop.PowerManagement.Inhibit",
            name};
}

bool has_idle(const std::string& blocked) {
    std::vector<std::string> what;
    boost::split(what, blocked, boost::is_any_of(":"));
    return std::ranges::find(what, "idle") != what.end();
}

}  // namespace

class Inhibitors::Watcher final : public SingleSource {
   public:
    Watcher(boost::asio::io_context& io, const dbus::BusEnvironment& environment)
        : SingleSource(io, {.name = "inhibitors", .kind = core::ActivityKind::session}),
          system_(io, "system bus", environment.system_address),
          session_(io, "session bus", environment.session_address) {}

   private:
    void begin() override {
        system_.start(weak_from_this(), {.connected = [this] { listen_to_logind(); },
                                         .lost = [this](const Error&) { forget(Asked::logind); }});
        session_.start(weak_from_this(), {.connected =
                                              [this] {
                                                  listen_to_gnome();
                                                  listen_to_power_management();
                                              },
                                          .lost =
                                              [this](const Error&) {
                                                  forget(Asked::gnome);
                                                  forget(Asked::power_management);
                                              }});
    }

    void listen_to_logind() {
        const auto ask = [this] {
            const Member blocked{logind, logind_path, logind_manager, "BlockInhibited"};
            system_.get<std::string>(blocked, [this](Result<std::string> what) {
                answered(Asked::logind, what ? Result<bool>(has_idle(*what)) : what.error());
            });
        };
        system_.on_properties(logind, logind_path, logind_manager,
                              [ask](const dbus::Properties& changed, const auto& invalidated) {
                                  const char* const name = "BlockInhibited";
                                  if (changed.contains(name) || std::ranges::count(invalidated, name) > 0) ask();
                              });
        watch(system_, logind, Asked::logind, ask);
        system_.succeeded();
    }

    void listen_to_gnome() {
        const auto ask = [this] {
            session_.call<bool>(
                gnome_member("IsInhibited"), [this](Result<bool> answer) { answered(Asked::gnome, answer); },
                gnome_idle);
        };
        for (const char* change : {"InhibitorAdded", "InhibitorRemoved"}) {
            session_.on_signal<sdbus::ObjectPath>(gnome_member(change), [ask](const sdbus::ObjectPath&) { ask(); });
        }
        watch(session_, gnome, Asked::gnome, ask);
        session_.succeeded();
    }

    void listen_to_power_management() {
        // KDE's HasInhibit is also true while files are copied; its PolicyAgent distinguishes these cases.
        const auto ask = [this] {
            session_.call<bool>(
                {policy_agent, "/org/kde/Solid/PowerManagement/PolicyAgent", policy_agent, "HasInhibition"},
                [this](Result<bool> answer) {
                    if (answer) return answered(Asked::power_management, answer);
                    session_.call<bool>(power_member("HasInhibit"),
                                        [this](Result<bool> other) { answered(Asked::power_management, other); });
                },
                kde_screen);
        };
        session_.on_signal<bool>(power_member("HasInhibitChanged"), [ask](bool) { ask(); });
        watch(session_, power_management, Asked::power_management, ask);
    }

    template <class Ask>
    void watch(dbus::Bus& bus, const char* service, Asked whom, Ask ask) {
        bus.watch_service(service, [this, whom, ask](bool is_there) {
            if (is_there) return ask();
            forget(whom);
        });
    }

    void answered(Asked whom, const Result<bool>& is_inhibited) {
        heard(whom, is_inhibited ? std::optional(*is_inhibited) : std::nullopt);
    }

    void forget(Asked whom) { heard(whom, std::nullopt); }

    void heard(Asked whom, std::optional<bool> is_inhibited) {
        answers_[static_cast<std::size_t>(whom)] = is_inhibited;
        heard_.insert(whom);
        // One answer alone does not show that the others have none.
        if (heard_.size() == static_cast<std::size_t>(Asked::count)) tell_all();
    }

    void tell_all() {
        if (std::ranges::none_of(answers_, [](const auto& one) { return one.has_value(); })) {
            tell_unavailable(
                "Nobody here tells what keeps the desktop from becoming idle (systemd-logind, GNOME, KDE, Xfce).");
        } else {
            tell_running();
        }
        const bool is_inhibited = std::ranges::any_of(answers_, [](const auto& one) { return one.value_or(false); });
        if (std::exchange(told_, is_inhibited) != is_inhibited) tell_inhibited(is_inhibited);
    }

    dbus::Bus system_;
    dbus::Bus session_;
    /// Whether something inhibits, by Asked; none: not known.
    std::array<std::optional<bool>, static_cast<std::size_t>(Asked::count)> answers_;
    std::set<Asked> heard_;
    bool told_ = false;
};

Inhibitors::Inhibitors(boost::asio::io_context& io, const dbus::BusEnvironment& environment)
    : SourceHandle(std::make_shared<Watcher>(io, environment)) {}

}  // namespace doze::activity
