// `doze config show`.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/offline/inspect/inspect.hpp"
#include "base/ownership.hpp"
#include "cli/pretty_json.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "config/fields.hpp"
#include "config/settings.hpp"
#include "config/store.hpp"

namespace doze::inspect {
namespace {

namespace json = boost::json;

struct Shown {
    std::string key;
    std::string value;  ///< JSON on one line.
    std::string origin;
    std::string meaning;
};

/// Where a folder was named, in the order in which base/paths looks.
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

/// What decides besides settings.json.
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
