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

/// The two files of the configuration folder: reads them, keeps their last good content, and edits them. Blocks for
/// small file operations; loop's thread only.
class Store {
   public:
    /// Reads the folder, creating it (0700) and missing files. A file that can't be created is a note, and its
    /// defaults are used. Fails with file and line for a broken or unreadable file, and if the folder can't
    /// exist.
    [[nodiscard]] static Result<Store> open(std::filesystem::path dir);

    [[nodiscard]] const std::filesystem::path& dir() const { return dir_; }

    /// The last good content. Changed by reload() only.
    [[nodiscard]] const Settings& settings() const { return settings_; }
    [[nodiscard]] const Registrations& registrations() const { return registrations_; }
    [[nodiscard]] core::Configured configured() const { return {settings_.core, registrations_}; }

    /// Remarks found by open().
    [[nodiscard]] const std::vector<Note>& notes() const { return notes_; }

    struct Reloaded {
        bool settings_changed = false;
        bool registrations_changed = false;

        /// Warnings, and an error for each broken or missing file, whose last good content stays.
        std::vector<Note> notes;
    };

    /// Reads both files again, after an edit by hand or by the functions below.
    [[nodiscard]] Reloaded reload();

    /// Adds or removes a registration in services.yaml, in the file's current content, not the last one read. On
    /// success the change is on disk; call reload() to see it. On error the file is unchanged:
    /// `already_registered`, `not_registered`, `bad_request` (the file is broken), `internal` (disk full,
    /// read-only, ...).
    [[nodiscard]] Result<void> add(const core::Registration& registration);
    [[nodiscard]] Result<void> remove(const core::ResourceId& id);

    /// The same for the value of a key in settings.json.
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
