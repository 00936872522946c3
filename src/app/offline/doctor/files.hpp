#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "app/offline/doctor/finding.hpp"
#include "base/paths.hpp"
#include "config/loaded.hpp"
#include "config/services.hpp"
#include "config/settings_file.hpp"

namespace doze::doctor {

/// The current content of both files. Creates nothing, unlike the daemon's config::Store.
struct Configuration {
    config::Settings settings;            ///< The defaults if the file is missing or broken.
    config::Registrations registrations;  ///< Empty if the file is broken.
    Findings findings;                    ///< One for each file, and one for each remarkable thing in it.

    /// Why the registrations are not known; empty if they are.
    std::optional<Error> services_trouble;

    /// The profile in settings.json; empty if it leaves the choice to the environment.
    [[nodiscard]] std::string profile() const { return settings.use_profile ? settings.profile_name : std::string(); }
};

[[nodiscard]] Configuration read_configuration(const std::filesystem::path& dir);

// Checks of permissions of doze's files and the AWS CLI's, of the journal, and of the disk.

/// Checks both folders of doze and the files of the AWS CLI. Missing files are skipped. `settings_are_public`:
/// settings.json contains no token, so others may read it.
[[nodiscard]] Findings check_modes(const std::filesystem::path& config_dir, const std::filesystem::path& state_dir,
                                   bool settings_are_public, const Environment& environment);

/// `forbidden`: mode bits that must not be set. A finding only if one of them is.
[[nodiscard]] std::optional<Finding> judge_mode(const std::filesystem::path& path, ::mode_t mode, ::mode_t forbidden);

/// A finding only if edits in `config_dir` can't be watched, for example because this user's inotify limit is reached.
[[nodiscard]] std::optional<Finding> check_watch(const std::filesystem::path& config_dir);

/// Reads doze.db without changing it.
[[nodiscard]] Finding check_journal(const std::filesystem::path& state_dir);

[[nodiscard]] Finding check_disk(const std::filesystem::path& state_dir);

/// `free`: bytes that this user can still write.
[[nodiscard]] Finding judge_disk(const std::filesystem::path& state_dir, std::uintmax_t free);

}  // namespace doze::doctor
