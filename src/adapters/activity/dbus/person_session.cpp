#include "adapters/activity/dbus/person_session.hpp"

#include <algorithm>
#include <utility>

namespace doze::activity {

namespace {

constexpr const char* session_interface = "org.freedesktop.login1.Session";
constexpr const char* user_interface = "org.freedesktop.login1.User";

using dbus::Bus;
using dbus::Member;
using dbus::Properties;
using IdAndPath = sdbus::Struct<std::string, sdbus::ObjectPath>;

template <class T>
T value_of(const Properties& all, const char* name, T otherwise) {
    const auto found = all.find(name);
    if (found == all.end()) return otherwise;
    const auto value = Bus::unpack<T>(found->second, name);
    return value ? *value : otherwise;
}

SessionFacts facts_of(const Properties& all) {
    const auto type = value_of<std::string>(all, "Type", "");
    return {.is_graphical = type != "tty" && type != "unspecified" && type != "web",
            .is_active = value_of(all, "Active", true),
            .is_locked = value_of(all, "LockedHint", false),
            .is_idle = value_of(all, "IdleHint", false),
            .idle_since = value_of<std::uint64_t>(all, "IdleSinceHintMonotonic", 0)};
}

}  // namespace

void PersonSession::follow(Events events) {
    events_ = std::move(events);
    user_path_.clear();
    path_.clear();
    for (const char* change : {"SessionNew", "SessionRemoved"}) {
        bus_.on_signal<std::string>({logind, logind_path, logind_manager, change},
                                    [this](const std::string&) { find(); });
    }
    find();
}

void PersonSession::find() {
    if (environment_.session_id.empty()) return find_by_user();
    bus_.call<sdbus::ObjectPath>(
        {logind, logind_path, logind_manager, "GetSession"},
        [this](Result<sdbus::ObjectPath> path) {
            if (!path) return find_by_user();
            read(*path, false);
        },
        environment_.session_id);
}

void PersonSession::find_by_user() {
    bus_.call<sdbus::ObjectPath>(
        {logind, logind_path, logind_manager, "GetUser"},
        [this](Result<sdbus::ObjectPath> path) {
            if (path) return read_display(*path);
            if (path.error().code != ErrorCode::not_found) return events_.failed(path.error());
            events_.told(std::nullopt);  // Not logged in at all.
        },
        static_cast<std::uint32_t>(environment_.user));
}

void PersonSession::read_display(const std::string& user_path) {
    if (user_path_ != user_path) {
        user_path_ = user_path;
        bus_.on_properties(
            logind, user_path, user_interface, [this](const Properties& changed, const auto& invalidated) {
                if (changed.contains("Display") || std::ranges::find(invalidated, "Display") != invalidated.end())
                    find();
            });
    }
    bus_.get<IdAndPath>({logind, user_path, user_interface, "Display"}, [this](Result<IdAndPath> display) {
        if (!display) return events_.failed(display.error());
        if (display->get<1>() == "/") return events_.told(std::nullopt);
        read(display->get<1>(), true);
    });
}

void PersonSession::read(const std::string& path, bool is_certain) {
    const Member get_all{logind, path, "org.freedesktop.DBus.Properties", "GetAll"};
    bus_.call<Properties>(
        get_all,
        [this, path, is_certain](Result<Properties> all) {
            const auto facts = all ? std::optional(facts_of(*all)) : std::nullopt;
            if (facts && facts->is_graphical) {
                watch(path);
                return events_.told(facts);
            }
            if (!is_certain) return find_by_user();
            // It may be gone since it was named.
            if (!all && all.error().code != ErrorCode::not_found) return events_.failed(all.error());
            events_.told(std::nullopt);
        },
        std::string(session_interface));
}

void PersonSession::watch(const std::string& path) {
    if (path_ == path) return;
    // What is listened to can only be forgotten as a whole.
    if (!std::exchange(path_, path).empty()) return bus_.restart();
    bus_.on_properties(logind, path, session_interface, [this, path](const auto&, const auto&) { read(path, false); });
    read(path, false);  // It may have changed before that.
}

}  // namespace doze::activity
