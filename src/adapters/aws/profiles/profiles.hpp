#pragma once

#include <cstddef>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>
#include <vector>

#include "adapters/aws/profiles/ini.hpp"
#include "base/paths.hpp"
#include "base/result.hpp"

namespace doze::aws {

/// Sections by name.
using NamedSections = std::map<std::string, IniSection>;

/// The sections of a config file by their botocore types: [default], [profile X], [sso-session X], [services X].
struct ConfigSections {
    NamedSections profiles;
    NamedSections sso_sessions;
    NamedSections services;
};

/// Sorts sections by their titles, in which X may be quoted as in a shell. Of two with the same name the later wins.
[[nodiscard]] ConfigSections sections_of_config(std::vector<IniSection> sections);

/// The sections of a credentials file, each of which is a profile.
[[nodiscard]] NamedSections sections_of_credentials(std::vector<IniSection> sections);

/// A profile, with the settings of both files.
struct Profile {
    std::string name;
    bool found = false;                  ///< Whether either file has it, even if empty.
    ProfileSettings credentials;         ///< Of the credentials file.
    ProfileSettings config;              ///< Of the config file.
    std::optional<IniSection> services;  ///< The config file's [services X] that the profile names, if it is there.
    ProfileSettings sso_session;         ///< Of the config file's [sso-session X] that the profile names.
    std::string credentials_file;        ///< For messages: "~/.aws/credentials".
    std::string config_file;             ///< For messages: "~/.aws/config".

    /// The setting, with the credentials file taking precedence over the config file; empty if neither has it.
    [[nodiscard]] std::string_view get(const std::string& key) const;
};

/// Reads the current profile: `explicit_name`, else $AWS_PROFILE, else $AWS_DEFAULT_PROFILE, else "default". Its files
/// are $AWS_SHARED_CREDENTIALS_FILE (else ~/.aws/credentials) and $AWS_CONFIG_FILE (else ~/.aws/config), which are
/// reread when they change. Anything but a regular file counts as an empty file. If a file becomes unreadable or
/// invalid, its last valid content stays in use.
class Profiles {
   public:
    explicit Profiles(Environment environment = process_environment(), std::string explicit_name = {});

    /// The current profile, or another one. Fails if a file was never readable or valid (`no_credentials`). Blocks
    /// while it reads two small files.
    [[nodiscard]] Result<Profile> load() { return load(chosen()); }
    [[nodiscard]] Result<Profile> load(const std::string& name);

    /// The names of all profiles in both files, in order. Fails and blocks like load().
    [[nodiscard]] Result<std::vector<std::string>> names();

    /// Why a file can't be reread, if its last readable content is used instead.
    [[nodiscard]] std::optional<Error> trouble() const;

    /// Stays the same as long as the files' content for the current profile and its source profiles does. Reads and
    /// blocks like load().
    [[nodiscard]] std::size_t fingerprint();

    /// Sets another explicit name; empty leaves the choice to the environment.
    void choose(std::string explicit_name) { explicit_name_ = std::move(explicit_name); }

    /// The name of the current profile.
    [[nodiscard]] std::string chosen() const { return named().value_or("default"); }

    /// The name if one was chosen, by any means including the environment.
    [[nodiscard]] std::optional<std::string> named() const;

    /// Whether the profile was chosen by name, not by the environment.
    [[nodiscard]] bool is_explicit() const { return !explicit_name_.empty(); }

    /// The files, which need not exist.
    [[nodiscard]] std::string credentials_path() const;
    [[nodiscard]] std::string config_path() const;

    /// Real files have a few kilobytes, those of a large organization a megabyte.
    static constexpr std::size_t largest_file = std::size_t{16} << 20;

   private:
    /// Identifies one state of a file.
    struct Stamp {
        std::timespec changed;
        off_t size;
        ino_t inode;
        bool operator==(const Stamp& other) const;
    };
    struct File {
        std::string path = {};
        std::optional<Stamp> stamp = {};
        bool is_known = false;  ///< Its content was read, now or earlier.
        bool is_absent = false;
        std::optional<Error> trouble = {};
    };

    [[nodiscard]] std::string path_of(const char* variable, const char* below_home) const;
    [[nodiscard]] std::string shown(const std::string& path) const;
    [[nodiscard]] Result<std::optional<std::vector<IniSection>>> read_changed(File& file, std::string path) const;
    [[nodiscard]] Result<std::vector<IniSection>> read(const std::string& path, std::optional<Stamp>& stamp) const;
    [[nodiscard]] Result<void> refresh();
    [[nodiscard]] Profile assemble(const std::string& name) const;

    Environment environment_;
    std::string explicit_name_;
    File credentials_file_;
    File config_file_;
    NamedSections credentials_;
    ConfigSections config_;

    /// The last fingerprint and its profile; reset when a file's content changes.
    std::optional<std::pair<std::string, std::size_t>> fingerprint_;
};

/// Splits a command line into words as the AWS CLI does (Python's shlex.split): at whitespace, except in quotes or
/// after a backslash; nothing else is special. Empty if a quote is not closed or a backslash ends the line.
[[nodiscard]] std::optional<std::vector<std::string>> split_words(std::string_view line);

}  // namespace doze::aws
