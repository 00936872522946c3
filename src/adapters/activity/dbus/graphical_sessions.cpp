#include "adapters/activity/dbus/graphical_sessions.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "adapters/activity/dbus/person_session.hpp"

namespace doze::activity {
namespace {

using Listed = sdbus::Struct<std::string, std::uint32_t, std::string, std::string, sdbus::ObjectPath>;

std::string text_of(const dbus::Properties& all, const char* name) {
    const auto found = all.find(name);
    if (found == all.end()) return {};
    const auto value = dbus::Bus::unpack<std::string>(found->second, name);
    return value ? *value : std::string();
}

/// sd_session_get_class(3): what else there is is no place for a person to work at.
bool is_a_persons(const std::string& session_class) {
    return session_class != "greeter" && session_class != "lock-screen" && session_class != "background" &&
           session_class != "background-light" && !session_class.starts_with("manager") && session_class != "none";
}

}  // namespace

void GraphicalSessions::follow(Told told) {
    told_ = std::move(told);
    for (const char* change : {"SessionNew", "SessionRemoved"}) {
        bus_.on_signal<std::string>({logind, logind_path, logind_manager, change},
                                    [this](const std::string&) { list(); });
    }
    list();
}

void GraphicalSessions::list() {
    bus_.call<std::vector<Listed>>({logind, logind_path, logind_manager, "ListSessions"},
                                   [this, round = ++round_](Result<std::vector<Listed>> all) {
                                       if (!all || round != round_) return;
                                       found_.clear();
                                       open_ = 1;
                                       for (const auto& one : *all) {
                                           if (one.get<1>() != static_cast<std::uint32_t>(environment_.user)) continue;
                                           ++open_;
                                           read(one.get<0>(), one.get<4>());
                                       }
                                       answered();
                                   });
}

void GraphicalSessions::read(const std::string& id, const std::string& path) {
    bus_.call<dbus::Properties>(
        {logind, path, "org.freedesktop.DBus.Properties", "GetAll"},
        [this, id, round = round_](Result<dbus::Properties> all) {
            if (round != round_) return;
            if (all) {
                const auto type = text_of(*all, "Type");
                const bool is_graphical = type != "tty" && type != "unspecified" && type != "web" && !type.empty();
                const bool is_over = text_of(*all, "State") == "closing";
                if (is_graphical && !is_over && is_a_persons(text_of(*all, "Class")))
                    found_.push_back({.id = id, .display = text_of(*all, "Display")});
            }
            answered();
        },
        std::string("org.freedesktop.login1.Session"));
}

void GraphicalSessions::answered() {
    if (--open_ == 0) told_(found_);
}

}  // namespace doze::activity
