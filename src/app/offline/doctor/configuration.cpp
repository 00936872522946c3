#include "app/offline/doctor/configuration.hpp"

#include <fmt/format.h>
#include <utility>

#include "base/ownership.hpp"
#include "config/store.hpp"

namespace doze::doctor {

namespace {

void add_notes(const std::vector<config::Note>& notes, std::string_view name, Findings& findings) {
    for (const auto& note : notes) {
        if (note.level == core::Level::info) continue;
        findings.push_back({.area = "files",
                            .what = std::string(name),
                            .grade = Grade::warn,
                            .finding = note.text,
                            .fix = "Correct the line; docs/configuration.md has all keys. doze goes on without it."});
    }
}

/// What the file says, if it is there and whole; otherwise why not is among the findings.
template <class T, class Parse>
Result<T> read(const std::filesystem::path& file, std::size_t limit, Parse parse, Findings& findings) {
    Finding finding{.area = "files", .what = file.filename()};
    const auto complain = [&](const Error& error) {
        finding.grade = Grade::fail;
        finding.finding = error.message;
        finding.fix = error.next_step.empty() ? "Correct it: doze does not start on a broken file." : error.next_step;
        findings.push_back(std::move(finding));
        return error;
    };
    const auto text = read_own_file(file, limit);
    if (!text) return complain(text.error());
    if (!*text) {
        finding.grade = Grade::note;
        finding.finding = "not there yet: " + file.string();
        finding.fix = "`doze run` makes it, with defaults.";
        findings.push_back(std::move(finding));
        return T();
    }
    auto loaded = parse(**text, file.string());
    if (!loaded) return complain(loaded.error());
    finding.finding = "well formed: " + file.string();
    findings.push_back(finding);
    add_notes(loaded->notes, finding.what, findings);
    return std::move(loaded->value);
}

}  // namespace

Configuration read_configuration(const std::filesystem::path& dir) {
    Configuration configuration;
    if (auto settings = read<config::Settings>(dir / config::settings_name, config::largest_settings,
                                               config::parse_settings, configuration.findings)) {
        configuration.settings = std::move(*settings);
    }
    auto registrations = read<config::Registrations>(dir / config::services_name, config::largest_services,
                                                     config::parse_services, configuration.findings);
    if (registrations)
        configuration.registrations = std::move(*registrations);
    else
        configuration.services_trouble = registrations.error();
    return configuration;
}

}  // namespace doze::doctor
