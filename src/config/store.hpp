#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/loaded.hpp"
#include "config/services.hpp"
#include "config/settings_file.hpp"
#include "core/event.hpp"

namespace doze::config {

inline constexpr std::string_view settings_name = "settings.json";
inline constexpr std::string_view services_name = "services.yaml";

/// The two files of the configuration folder: read, kept in their last good state, and services.yaml edited.
/// Blocks for the time of small file operations; use on the loop's thread.
class Store {
   public:
    /// Reads the folder, creating it (0700) and what is missing in it. A file that can't be created is a
    /// note, and its defaults are used. Fails for a broken or unreadable file, with file and line, and
    /// where there can be no such folder.
    [[nodiscard]] static Result<Store> open(std::filesystem::path dir);

    [[nodiscard]] const std::filesystem::path& dir() const { return dir_; }

    /// The last good state. Changes in reload() only.
    [[nodiscard]] const Settings& settings() const { return settings_; }
    [[nodiscard]] const Registrations& registrations() const { return registrations_; }
    [[nodiscard]] core::Configured configured() const { return {settings_.core, registrations_}; }

    /// What open() found worth telling.
    [[nodiscard]] const std::vector<Note>& notes() const { return notes_; }

    struct Reloaded {
        bool settings_changed = false;
        bool registrations_changed = false;

        /// Warnings, and an error for each file that is broken or gone: its last good state stays.
        std::vector<Note> notes;
    };

    /// Reads both files again, after an edit by hand or by add() and remove().
    [[nodiscard]] Reloaded reload();

    /// Writes one registration into services.yaml, or out of it, as the file is now on disk, not as it was
    /// read. On success it is safe on disk; reload() then sees it. On any error the file is as it was:
    /// `already_registered`, `not_registered`, `bad_request` (the file is broken), `internal` (disk full,
    /// read-only, ...).
    [[nodiscard]] Result<void> add(const core::Registration& registration);
    [[nodiscard]] Result<void> remove(const core::ResourceId& id);

    /// The same with the value of one key of settings.json.
    [[nodiscard]] Result<void> set(std::string_view key, const Value& value);

   private:
    explicit Store(std::filesystem::path dir) : dir_(std::move(dir)) {}

    template <class T, class Edit>
    Result<void> edit_file(const T& kind, const Edit& edit);

    std::filesystem::path dir_;
    Settings settings_;
    Registrations registrations_;
    std::vector<Note> notes_;
};

}  // namespace doze::config
