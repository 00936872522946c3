#include "adapters/activity/dbus/person_session.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace doze::activity {

namespace {

using Listed = sdbus::Struct<std::string, std::uint32_t, std::string, std::string, sdbus::ObjectPath>;

std::string text_of(const dbus::Properties& all, const char* name) {
    const auto found = all.find(name);
    if (found == all.end()) return {};
    const auto value = dbus::Bus::unpack<std::string>(found->second, name);
    return value ? *value : std::string();
}

/// See sd_session_get_class(3): nobody works at a session of another class.
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
            // The session may have ended since its path was read.
            if (!all && all.error().code != ErrorCode::not_found) return events_.failed(all.error());
            events_.told(std::nullopt);
        },
        std::string(session_interface));
}

void PersonSession::watch(const std::string& path) {
    if (path_ == path) return;
    // Single subscriptions can't be cancelled, so the connection starts over.
    if (!std::exchange(path_, path).empty()) return bus_.restart();
    bus_.on_properties(logind, path, session_interface, [this, path](const auto&, const auto&) { read(path, false); });
    read(path, false);  // It may have changed before that.
}

}  // namespace doze::activity
