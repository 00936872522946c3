#include "config/store.hpp"

#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <utility>

#include "base/atomic_file.hpp"
#include "base/ownership.hpp"
#include "base/paths.hpp"

namespace doze::config {
namespace {

namespace fs = std::filesystem;

/// One of the two files: its parser, and its content if it does not exist.
template <class T>
struct FileKind {
    std::string_view name;
    std::size_t limit;
    Result<Loaded<T>> (*parse)(std::string_view text, std::string_view file);
    std::string (*defaults)();
};

constexpr FileKind<Settings> settings_file{settings_name, largest_settings, parse_settings, default_settings_text};
constexpr FileKind<Registrations> services_file{services_name, largest_services, parse_services, default_services_text};

/// Parses the file; empty if it does not exist.
template <class T>
Result<std::optional<Loaded<T>>> load(const FileKind<T>& kind, const fs::path& dir) {
    const auto path = dir / kind.name;
    const auto text = read_own_file(path, kind.limit);
    if (!text) return text.error();
    if (!*text) return std::optional<Loaded<T>>();
    auto parsed = kind.parse(**text, path.string());
    if (!parsed) return parsed.error();
    return std::optional(std::move(*parsed));
}

template <class T>
Result<Loaded<T>> load_or_create(const FileKind<T>& kind, const fs::path& dir) {
    auto found = load(kind, dir);
    if (!found) return found.error();
    if (*found) return std::move(**found);
    const auto path = dir / kind.name;
    const auto text = kind.defaults();
    auto loaded = kind.parse(text, path.string());
    if (!loaded) return loaded.error();
    if (const auto written = write_file(path, text, std::nullopt)) {
        loaded->notes.push_back({core::Level::info, fmt::format("{}: created with defaults", path.string())});
    } else {
        loaded->notes.push_back({core::Level::warning, written.error().text() + " The defaults are used."});
    }
    return loaded;
}

void append(std::vector<Note>& notes, std::vector<Note> more) {
    notes.insert(notes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// Replaces `current` by the file's new content, or adds a note why the last good one stays. Returns whether it
/// changed.
template <class T>
bool refresh(const FileKind<T>& kind, const fs::path& dir, T& current, std::vector<Note>& notes) {
    constexpr std::string_view kept = " doze goes on with what it read last.";
    auto found = load(kind, dir);
    if (!found) {
        notes.push_back({core::Level::error, found.error().text() + std::string(kept)});
        return false;
    }
    if (!*found) {
        notes.push_back({core::Level::error, fmt::format("{} is gone.{}", (dir / kind.name).string(), kept)});
        return false;
    }
    append(notes, std::move((*found)->notes));
    if ((*found)->value == current) return false;
    current = std::move((*found)->value);
    return true;
}

}  // namespace

Result<Store> Store::open(fs::path dir) {
    if (auto made = make_private_dir(dir); !made) return made.error();
    Store store(std::move(dir));
    for (const auto name : {settings_name, services_name}) remove_left_over(store.dir_ / name);
    auto settings = load_or_create(settings_file, store.dir_);
    if (!settings) return settings.error();
    auto services = load_or_create(services_file, store.dir_);
    if (!services) return services.error();
    store.settings_ = std::move(settings->value);
    store.registrations_ = std::move(services->value);
    append(store.notes_, std::move(settings->notes));
    append(store.notes_, std::move(services->notes));
    return store;
}

Store::Reloaded Store::reload() {
    Reloaded result;
    result.settings_changed = refresh(settings_file, dir_, settings_, result.notes);
    result.registrations_changed = refresh(services_file, dir_, registrations_, result.notes);
    return result;
}

template <class T, class Edit>
Result<void> Store::edit_file(const T& kind, const Edit& edit) {
    const auto path = dir_ / kind.name;
    constexpr int tries = 3;  // An editor may save the file at the same moment, but not for ever.
    for (int attempt = 1;; ++attempt) {
        const auto text = read_own_file(path, kind.limit);
        if (!text) return text.error();
        const auto edited = edit(*text ? **text : kind.defaults(), path.string());
        if (!edited) return edited.error();
        auto written = write_file(path, *edited, *text);
        if (written || written.error().recovery != Recovery::retry || attempt == tries) return written;
    }
}

Result<void> Store::add(const core::Registration& registration) {
    return edit_file(services_file, [&](std::string_view text, std::string_view file) {
        return with_registration(text, registration, file);
    });
}

Result<void> Store::remove(const core::ResourceId& id) {
    return edit_file(services_file, [&](std::string_view text, std::string_view file) {
        return without_registration(text, id, file);
    });
}

Result<void> Store::set(std::string_view key, const Value& value) {
    return edit_file(settings_file, [&](std::string_view text, std::string_view file) {
        return with_setting(text, key, value, file);
    });
}

}  // namespace doze::config
