#include "base/paths.hpp"

#include <cstdlib>
#include <pwd.h>
#include <system_error>
#include <unistd.h>

namespace doze {
namespace {

std::filesystem::path made_absolute(const std::filesystem::path& path) {
    std::error_code ignored;
    auto whole = std::filesystem::absolute(path, ignored);
    return ignored ? path : whole.lexically_normal();
}

std::optional<std::string> home(const Environment& environment) {
    if (auto value = environment("HOME"); value && !value->empty()) return value;
    // Services started without a login have no HOME.
    if (const passwd* entry = ::getpwuid(::geteuid()); entry != nullptr && entry->pw_dir != nullptr) {
        return std::string(entry->pw_dir);
    }
    return std::nullopt;
}

struct Place {
    const char* option;
    const char* own_variable;
    const char* xdg_variable;
    const char* below_home;
};

Result<std::filesystem::path> find(const Place& place, const std::string& option, const Environment& environment) {
    if (!option.empty()) return made_absolute(option);
    if (auto own = environment(place.own_variable); own && !own->empty()) return made_absolute(*own);
    // The XDG base directory specification: a relative path is invalid and to be ignored.
    if (auto xdg = environment(place.xdg_variable); xdg && xdg->starts_with('/')) {
        return made_absolute(std::filesystem::path(*xdg) / "doze");
    }
    if (auto house = home(environment)) return made_absolute(std::filesystem::path(*house) / place.below_home / "doze");
    return Error{.code = ErrorCode::internal,
                 .message = "No home directory is known for this user.",
                 .next_step = std::string("Set HOME, or say where with ") + place.option + "."};
}

}  // namespace

std::optional<std::string> environment_of_process(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return std::string(value);
}

Result<std::filesystem::path> config_dir(const std::string& option, const Environment& environment) {
    return find({"--config-dir", "DOZE_CONFIG_DIR", "XDG_CONFIG_HOME", ".config"}, option, environment);
}

Result<std::filesystem::path> state_dir(const std::string& option, const Environment& environment) {
    return find({"--state-dir", "DOZE_STATE_DIR", "XDG_STATE_HOME", ".local/state"}, option, environment);
}

std::filesystem::path control_socket(const std::filesystem::path& state_dir) {
    return state_dir / "doze.sock";
}

}  // namespace doze
