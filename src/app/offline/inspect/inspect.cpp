#include "app/offline/inspect/inspect.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ownership.hpp"
#include "cli/reply_text.hpp"
#include "cli/terminal.hpp"
#include "config/fields.hpp"
#include "config/services.hpp"
#include "config/settings_file.hpp"
#include "config/store.hpp"

namespace doze::inspect {

namespace {

namespace json = boost::json;
using config::Note;
using core::Level;

struct Checked {
    std::filesystem::path file;
    bool there = false;
    std::vector<Note> notes;

    [[nodiscard]] bool has(Level level) const { return std::ranges::count(notes, level, &Note::level) > 0; }
};

Checked check_file(std::filesystem::path file, std::size_t limit,
                   std::vector<Note> (*check)(std::string_view text, std::string_view file)) {
    Checked checked{.file = std::move(file)};
    const auto text = read_own_file(checked.file, limit);
    if (!text) {
        checked.notes.push_back(config::to_note(text.error()));
        return checked;
    }
    checked.there = text->has_value();
    if (checked.there) checked.notes = check(**text, checked.file.string());
    return checked;
}

std::string_view word(Level level) {
    switch (level) {
        case Level::error: return "error";
        case Level::warning: return "warning";
        default: return "note";
    }
}

cli::Color color_of(Level level) {
    switch (level) {
        case Level::error: return cli::Color::bad;
        case Level::warning: return cli::Color::busy;
        default: return cli::Color::faint;
    }
}

std::string next_step(const Checked& checked) {
    if (checked.has(Level::error)) {
        return "Correct it: with this file doze does not start; while it runs it goes on with what it read last. "
               "docs/configuration.md explains every key.";
    }
    return "Correct it, or take it out: doze goes on as if it were not there. docs/configuration.md explains every "
           "key.";
}

void print(const Checked& checked, bool color, std::ostream& out) {
    const auto file = cli::clean(checked.file.string());
    for (const auto& note : checked.notes)
        out << cli::colored(word(note.level), color_of(note.level), color) << ": " << cli::clean(note.text) << '\n';
    if (checked.has(Level::error) || checked.has(Level::warning)) {
        out << "  " << next_step(checked) << '\n';
    } else if (checked.there) {
        out << file << ": good\n";
    } else {
        out << file << ": not there yet; `doze run` or `doze init` makes it\n";
    }
}

}  // namespace

int check_config(const cli::InspectOptions& options, const cli::Console& console) {
    const std::vector<Checked> files{
        check_file(options.config_dir / config::settings_name, config::largest_settings, config::check_settings),
        check_file(options.config_dir / config::services_name, config::largest_services, config::check_services)};
    const bool good = std::ranges::none_of(
        files, [](const auto& checked) { return checked.has(Level::error) || checked.has(Level::warning); });
    if (options.json) {
        json::array problems;
        for (const auto& checked : files) {
            for (const auto& note : checked.notes)
                problems.push_back(
                    json::object{{"file", checked.file.string()}, {"level", word(note.level)}, {"message", note.text}});
        }
        console.out << cli::pretty(json::object{{"good", good}, {"problems", std::move(problems)}});
    } else {
        for (const auto& checked : files) print(checked, options.color, console.out);
    }
    return good ? cli::success : cli::failed;
}

namespace {

Result<config::Registrations> read_registrations(const std::filesystem::path& file) {
    const auto text = read_own_file(file, config::largest_services);
    if (!text) return text.error();
    if (!*text) return config::Registrations();
    auto loaded = config::parse_services(**text, file.string());
    if (!loaded) return loaded.error();
    return std::move(loaded->value);
}

}  // namespace

int show_registered(const cli::InspectOptions& options, const cli::Console& console) {
    const auto registrations = read_registrations(options.config_dir / config::services_name);
    if (!registrations) {
        console.err << "error: " << cli::clean(registrations.error().text()) << '\n';
        return cli::failed;
    }
    boost::json::array ids;
    for (const auto& each : *registrations) {
        if (options.json)
            ids.emplace_back(core::to_string(each.id));
        else
            console.out << cli::clean(core::to_string(each.id)) << '\n';
    }
    if (options.json) console.out << cli::pretty(boost::json::object{{"registered", std::move(ids)}});
    return cli::success;
}

namespace {

namespace json = boost::json;

struct Shown {
    std::string key;
    std::string value;  ///< JSON on one line.
    std::string origin;
    std::string meaning;
};

/// The origin of a folder's path, in the order in which base/paths looks.
std::string origin_of_folder(const std::string& option, const char* own, const char* xdg, const cli::Console& console,
                             const char* option_name) {
    if (!option.empty()) return option_name;
    if (console.environment(own)) return fmt::format("environment {}", own);
    const auto folder = console.environment(xdg);
    if (folder && std::filesystem::path(*folder).is_absolute()) return fmt::format("environment {}", xdg);
    return "default";
}

std::string text_of(const std::filesystem::path& path) {
    return config::to_json(config::Value(path.string()));
}

/// Settings that don't come from settings.json.
std::vector<Shown> show_surroundings(const cli::InspectOptions& options, const config::Settings& settings,
                                     const cli::Console& console) {
    std::vector<Shown> shown;
    shown.push_back(
        {"configuration folder", text_of(options.config_dir),
         origin_of_folder(options.config_option, "DOZE_CONFIG_DIR", "XDG_CONFIG_HOME", console, "--config-dir"),
         "Where settings.json and services.yaml are."});
    shown.push_back({"state folder", text_of(options.state_dir),
                     origin_of_folder(options.state_option, "DOZE_STATE_DIR", "XDG_STATE_HOME", console, "--state-dir"),
                     "Where log, database and socket are."});
    if (settings.use_profile) return shown;
    for (const char* variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
        if (const auto name = console.environment(variable)) {
            shown.push_back({"AWS profile", config::to_json(config::Value(*name)),
                             fmt::format("environment {}", variable),
                             "The profile of ~/.aws, since aws.credentials.use_profile is false."});
            break;
        }
    }
    return shown;
}

std::vector<Shown> show_settings(const config::Settings& settings) {
    std::vector<Shown> shown;
    for (std::size_t i = 0; i < config::fields().size(); ++i) {
        const auto& field = config::fields()[i];
        const int line = settings.line(i);
        const bool hidden = field.check.secret && settings.value(i) != field.default_value;
        shown.push_back({std::string(field.key), hidden ? "\"(set, not shown)\"" : config::to_json(settings.value(i)),
                         line > 0 ? fmt::format("{}:{}", config::settings_name, line) : std::string("default"),
                         std::string(field.meaning)});
    }
    return shown;
}

json::array to_json(const std::vector<Shown>& rows) {
    json::array list;
    for (const auto& row : rows)
        list.push_back(json::object{
            {"key", row.key}, {"value", json::parse(row.value)}, {"origin", row.origin}, {"meaning", row.meaning}});
    return list;
}

std::string to_text(const std::vector<Shown>& rows, bool color) {
    cli::Table table({"KEY", "VALUE", "FROM"});
    for (const auto& row : rows)
        table.add(
            {{row.key}, {row.value}, {row.origin, row.origin == "default" ? cli::Color::faint : cli::Color::good}});
    return table.text(color);
}

}  // namespace

int show_config(const cli::InspectOptions& options, const cli::Console& console) {
    const auto file = options.config_dir / config::settings_name;
    config::Settings settings;
    const auto text = read_own_file(file, config::largest_settings);
    auto trouble = text ? std::optional<Error>() : std::optional(text.error());
    if (text && *text) {
        auto loaded = config::parse_settings(**text, file.string());
        if (loaded)
            settings = std::move(loaded->value);
        else
            trouble = loaded.error();
    }
    if (trouble) {
        console.err << "error: " << cli::clean(trouble->message) << " `doze config check` shows all that is wrong.\n";
        return cli::failed;
    }
    const auto surroundings = show_surroundings(options, settings, console);
    const auto rows = show_settings(settings);
    if (options.json) {
        console.out << cli::pretty(json::object{{"surroundings", to_json(surroundings)}, {"settings", to_json(rows)}});
    } else {
        console.out << to_text(surroundings, options.color) << '\n' << to_text(rows, options.color);
    }
    return cli::success;
}

}  // namespace doze::inspect
