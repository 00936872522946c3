#pragma once

#include <filesystem>
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

}  // namespace doze::doctor
