#pragma once

#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>
#include <vector>

#include "base/paths.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace doze::cloud::aws {

/// What one section says: keys in lower case; a key nested below another is "outer.inner".
using ProfileSettings = std::map<std::string, Secret>;

/// A file of AWS's INI dialect, by section title with single blanks ("default", "profile dev").
using IniSections = std::map<std::string, ProfileSettings>;

/// Reads AWS's INI dialect: # and ; begin a comment at the start of a line or after a blank, keys in any
/// case, titles with quotes, sections that come twice add up. `name` is the file's, for messages, which
/// never hold a value.
[[nodiscard]] Result<IniSections> parse_ini(std::string_view text, const std::string& name);

/// One profile as both files have it.
struct Profile {
    std::string name;
    bool found = false;            ///< Whether either file has it, be it empty.
    ProfileSettings credentials;   ///< Of the credentials file.
    ProfileSettings config;        ///< Of the config file.
    ProfileSettings services;      ///< Of the config file's [services X] that the profile names.
    ProfileSettings sso_session;   ///< Of the config file's [sso-session X] that the profile names.
    std::string credentials_file;  ///< For messages: "~/.aws/credentials".
    std::string config_file;       ///< For messages: "~/.aws/config".

    /// The setting, where the credentials file outweighs the config file; empty where neither has it.
    [[nodiscard]] std::string_view get(const std::string& key) const;
};

/// The profile that applies: `explicit_name`, else $AWS_PROFILE, else $AWS_DEFAULT_PROFILE, else "default".
/// Its files are $AWS_SHARED_CREDENTIALS_FILE (else ~/.aws/credentials) and $AWS_CONFIG_FILE (else
/// ~/.aws/config), read again whenever they changed. A file that is not there is an empty one.
class Profiles {
   public:
    explicit Profiles(Environment environment = process_environment(), std::string explicit_name = {});

    /// The profile that applies, or another one. Fails where a file can't be read or understood
    /// (`no_credentials`). Blocks for two small files.
    [[nodiscard]] Result<Profile> load() { return load(chosen()); }
    [[nodiscard]] Result<Profile> load(const std::string& name);

    /// The names of all profiles in both files, in order. Fails and blocks like load().
    [[nodiscard]] Result<std::vector<std::string>> names();

    /// Another explicit name from now on; empty leaves the choice to the environment.
    void choose(std::string explicit_name) { explicit_name_ = std::move(explicit_name); }

    /// The name of the profile that applies.
    [[nodiscard]] std::string chosen() const { return named().value_or("default"); }

    /// Its name if somebody asked for one, be it through the environment.
    [[nodiscard]] std::optional<std::string> named() const;

    /// Whether somebody asked for this profile by name other than through the environment.
    [[nodiscard]] bool is_explicit() const { return !explicit_name_.empty(); }

    /// The credentials file, which need not exist.
    [[nodiscard]] std::string credentials_path() const;

   private:
    /// What tells one state of a file from another.
    struct Stamp {
        std::timespec changed;
        off_t size;
        ino_t inode;
        bool operator==(const Stamp& other) const;
    };
    struct File {
        std::string path;
        std::optional<Stamp> stamp;
        IniSections sections;
    };

   public:
    /// Where two of these are equal, load() says the same as before. Looks at the files without reading them.
    struct State {
        std::string name;
        std::optional<Stamp> credentials;
        std::optional<Stamp> config;
        bool operator==(const State& other) const = default;
    };
    [[nodiscard]] State state() const;

   private:
    [[nodiscard]] std::string config_path() const;
    [[nodiscard]] std::string path_of(const char* variable, const char* below_home) const;
    [[nodiscard]] std::string shown(const std::string& path) const;
    [[nodiscard]] static Stamp stamp_of(const struct stat& file);
    [[nodiscard]] static std::optional<Stamp> stamp_at(const std::string& path);
    [[nodiscard]] Result<void> refresh(File& file, std::string path) const;

    Environment environment_;
    std::string explicit_name_;
    File credentials_;
    File config_;
};

}  // namespace doze::cloud::aws
