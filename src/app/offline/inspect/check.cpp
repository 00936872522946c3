// `doze config check`.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include "app/offline/inspect/inspect.hpp"
#include "base/ownership.hpp"
#include "cli/pretty_json.hpp"
#include "cli/text.hpp"
#include "config/services.hpp"
#include "config/settings.hpp"
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

}  // namespace doze::inspect
