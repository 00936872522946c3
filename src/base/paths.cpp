#include "base/paths.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <pwd.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "base/ownership.hpp"

namespace doze {
namespace {

namespace fs = std::filesystem;

struct Place {
    const char* option;
    const char* own_variable;
    const char* xdg_variable;
    const char* below_home;
};

fs::path made_absolute(const fs::path& path) {
    std::error_code error;
    const auto full = fs::absolute(path, error);
    const auto normal = (error ? path : full).lexically_normal();
    return normal.has_filename() ? normal : normal.parent_path();
}

std::optional<fs::path> home(const Environment& environment) {
    if (const auto variable = environment("HOME"); variable && fs::path(*variable).is_absolute()) return *variable;
    // HOME may be unset in a service that was started without a login.
    const passwd* entry = ::getpwuid(::getuid());
    if (entry != nullptr && fs::path(entry->pw_dir).is_absolute()) return entry->pw_dir;
    return std::nullopt;
}

Result<fs::path> find(const Place& place, const std::optional<fs::path>& option, const Environment& environment) {
    if (option && !option->empty()) return made_absolute(*option);
    if (const auto own = environment(place.own_variable); own && !own->empty()) return made_absolute(*own);
    if (const auto xdg = environment(place.xdg_variable); xdg && fs::path(*xdg).is_absolute()) {
        return made_absolute(fs::path(*xdg) / "doze");
    }
    if (const auto house = home(environment)) return made_absolute(*house / place.below_home / "doze");
    return Error{.code = ErrorCode::bad_request,
                 .message = "No home folder is known for this user.",
                 .next_step = std::string("Set HOME, or say where with ") + place.option + "."};
}

}  // namespace

Environment process_environment() {
    return [](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') return std::nullopt;
        return value;
    };
}

std::string expand_user(std::string_view path, const Environment& environment) {
    if (!path.starts_with('~')) return std::string(path);
    const auto end = std::min(path.find('/'), path.size());
    std::string folder;
    if (end == 1) folder = environment("HOME").value_or("");
    if (folder.empty()) {
        const std::string name(path.substr(1, end - 1));
        const passwd* entry = name.empty() ? ::getpwuid(::getuid()) : ::getpwnam(name.c_str());
        if (entry == nullptr) return std::string(path);
        folder = entry->pw_dir;
    }
    while (folder.ends_with('/')) folder.pop_back();
    folder += path.substr(end);
    return folder.empty() ? "/" : folder;
}

Result<fs::path> config_dir(const std::optional<fs::path>& option, const Environment& environment) {
    return find({"--config-dir", "DOZE_CONFIG_DIR", "XDG_CONFIG_HOME", ".config"}, option, environment);
}

Result<fs::path> state_dir(const std::optional<fs::path>& option, const Environment& environment) {
    return find({"--state-dir", "DOZE_STATE_DIR", "XDG_STATE_HOME", ".local/state"}, option, environment);
}

fs::path control_socket(const fs::path& state_dir) {
    return state_dir / "doze.sock";
}

std::filesystem::path log_file(const fs::path& state_dir, int age) {
    return state_dir / (age == 0 ? std::string("aws_monitor.log") : "aws_monitor." + std::to_string(age) + ".log");
}

std::vector<fs::path> state_files(const fs::path& state_dir) {
    std::vector<fs::path> files;
    for (const char* name :
         {"doze.lock", "doze.sock", "doze.db", "doze.db-journal", "doze.db-wal", "doze.db-shm", "web_password"})
        files.push_back(state_dir / name);
    for (int age = 0; age <= old_log_files; ++age) files.push_back(log_file(state_dir, age));
    return files;
}

Result<void> make_private_dir(const std::filesystem::path& dir) {
    std::filesystem::path so_far;
    int failure = 0;
    for (const auto& part : dir) {
        so_far /= part;
        if (::mkdir(so_far.c_str(), 0700) != 0 && errno != EEXIST && failure == 0) failure = errno;
    }
    std::error_code ignored;
    if (std::filesystem::is_directory(dir, ignored)) return check_ownership(dir);
    if (failure == 0) failure = ENOTDIR;  // The name is taken by something other than a folder.
    return Error{
        .code = ErrorCode::internal,
        .message = "Can't create the folder " + dir.string() + ": " + std::generic_category().message(failure) + "."};
}

}  // namespace doze
