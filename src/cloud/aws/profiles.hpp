#pragma once

#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/paths.hpp"
#include "base/result.hpp"
#include "cloud/aws/secret.hpp"

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
    ProfileSettings credentials;   ///< Of the credentials file.
    ProfileSettings config;        ///< Of the config file.
    ProfileSettings services;      ///< Of the config file's [services X] that the profile names.
    std::string credentials_file;  ///< For messages: "~/.aws/credentials".
    std::string config_file;       ///< For messages: "~/.aws/config".

    [[nodiscard]] bool found() const { return !credentials.empty() || !config.empty(); }

    /// The setting, where the credentials file outweighs the config file; empty where neither has it.
    [[nodiscard]] std::string_view get(const std::string& key) const;
};

/// The profile that applies: `explicit_name`, else $AWS_PROFILE, else $AWS_DEFAULT_PROFILE, else "default".
/// Its files are $AWS_SHARED_CREDENTIALS_FILE (else ~/.aws/credentials) and $AWS_CONFIG_FILE (else
/// ~/.aws/config), read again whenever they changed. A file that is not there is an empty one.
class Profiles {
   public:
    explicit Profiles(Environment environment = process_environment(), std::string explicit_name = {});

    /// Fails where a file can't be read or understood (`no_credentials`). Blocks for two small files.
    [[nodiscard]] Result<Profile> load();

    /// Another explicit name from now on; empty leaves the choice to the environment.
    void choose(std::string explicit_name) { explicit_name_ = std::move(explicit_name); }

    /// Whether somebody asked for this profile by name other than through the environment.
    [[nodiscard]] bool is_explicit() const { return !explicit_name_.empty(); }

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

    [[nodiscard]] std::string path_of(const char* variable, const char* below_home) const;
    [[nodiscard]] std::string shown(const std::string& path) const;
    [[nodiscard]] Result<void> refresh(File& file, std::string path) const;

    Environment environment_;
    std::string explicit_name_;
    File credentials_;
    File config_;
};

}  // namespace doze::cloud::aws
