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

/// The two files as they are now. Creates nothing, unlike the daemon's config::Store.
struct Configuration {
    config::Settings settings;            ///< The defaults where there is no file, or a broken one.
    config::Registrations registrations;  ///< Empty where the file is broken.
    Findings findings;                    ///< A line for each file, and for each thing worth telling about one.

    /// Why the registrations are not known, if so.
    std::optional<Error> services_trouble;

    /// Of settings.json; empty where it leaves the choice to the environment.
    [[nodiscard]] std::string profile() const { return settings.use_profile ? settings.profile_name : std::string(); }
};

[[nodiscard]] Configuration read_configuration(const std::filesystem::path& dir);

/// Who may read and write doze's files and the AWS ones; the journal; the disk.
/// Of both folders of doze and of the files of the AWS CLI. Nothing is said of what is not there.
/// `settings_are_public`: no token stands in settings.json, so that others may read it.
[[nodiscard]] Findings check_modes(const std::filesystem::path& config_dir, const std::filesystem::path& state_dir,
                                   bool settings_are_public, const Environment& environment);

/// `forbidden`: the bits of its mode that it must not have. A line only where it has one of them.
[[nodiscard]] std::optional<Finding> judge_mode(const std::filesystem::path& path, ::mode_t mode, ::mode_t forbidden);

/// A line only where the system tells nobody of edits in `config_dir`, as when this user's inotify is used up.
[[nodiscard]] std::optional<Finding> check_watch(const std::filesystem::path& config_dir);

/// Looks into doze.db without changing it.
[[nodiscard]] Finding check_journal(const std::filesystem::path& state_dir);

[[nodiscard]] Finding check_disk(const std::filesystem::path& state_dir);

/// `free`: bytes that this user may still write.
[[nodiscard]] Finding judge_disk(const std::filesystem::path& state_dir, std::uintmax_t free);

}  // namespace doze::doctor
