#include "app/offline/doctor/files.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <utility>
#include <vector>

#include "adapters/aws/profiles/profiles.hpp"
#include "adapters/store/sqlite_journal.hpp"
#include "base/ownership.hpp"
#include "config/store.hpp"
#include "config/watcher.hpp"

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

/// Reads and parses a file. Adds a finding if it is missing or broken.
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

namespace fs = std::filesystem;

namespace {

constexpr ::mode_t others_write = 022;
constexpr ::mode_t others_read = 055;  // Write access is check_owner()'s subject.

void check_mode(const fs::path& path, ::mode_t forbidden, Findings& findings) {
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) return;
    if (auto finding = judge_mode(path, status.st_mode, forbidden)) findings.push_back(std::move(*finding));
}

/// Reports paths that doze refuses to use: once, however many paths lead through the same folder.
void check_owner(const fs::path& path, Findings& findings) {
    const auto checked = check_ownership(path);
    if (checked || std::ranges::find(findings, checked.error().message, &Finding::finding) != findings.end()) return;
    findings.push_back({.area = "files",
                        .what = path.filename(),
                        .grade = Grade::fail,
                        .finding = checked.error().message,
                        .fix = checked.error().next_step});
}

/// Checks the AWS CLI's files.
void check_aws(const Environment& environment, Findings& findings) {
    const aws::Profiles profiles(environment);
    const fs::path credentials = profiles.credentials_path();
    const fs::path signed_in = expand_user("~/.aws/sso/cache", environment);
    std::vector<fs::path> secret{credentials};
    std::error_code none;
    for (const auto& token : fs::directory_iterator(signed_in, none)) secret.push_back(token.path());
    check_owner(profiles.config_path(), findings);
    for (const auto& file : secret) {
        check_owner(file, findings);
        check_mode(file, others_read, findings);
    }
}

}  // namespace

std::optional<Finding> judge_mode(const fs::path& path, ::mode_t mode, ::mode_t forbidden) {
    if ((mode & forbidden) == 0) return std::nullopt;
    const bool writable = (mode & others_write) != 0;
    const ::mode_t better = mode & 0777 & ~forbidden;
    return Finding{.area = "files",
                   .what = path.filename(),
                   .grade = Grade::warn,
                   .finding = fmt::format("other users can {} {} (mode {:04o})", writable ? "change" : "read",
                                          path.string(), mode & 0777),
                   .fix = fmt::format("chmod {:o} '{}'", better, path.string())};
}

Findings check_modes(const fs::path& config_dir, const fs::path& state_dir, bool settings_are_public,
                     const Environment& environment) {
    Findings findings;
    for (const auto& path :
         {config_dir, config_dir / config::settings_name, config_dir / config::services_name, state_dir})
        check_owner(path, findings);
    for (const auto& file : state_files(state_dir)) check_owner(file, findings);
    if (!settings_are_public) check_mode(config_dir / config::settings_name, others_read, findings);
    check_mode(state_dir, others_read, findings);
    check_aws(environment, findings);
    if (findings.empty()) {
        findings.push_back(
            {.area = "files", .what = "permissions", .finding = "nobody else can read or change what is yours"});
    }
    return findings;
}

Finding check_journal(const fs::path& state_dir) {
    Finding finding{.area = "files", .what = "doze.db"};
    const auto file = state_dir / "doze.db";
    std::error_code error;
    if (!fs::exists(file, error)) {
        finding.finding = "not there yet: `doze run` makes it";
        return finding;
    }
    const auto open_rows = store::count_open_rows(file);
    if (open_rows) {
        finding.finding = fmt::format("whole; {} asleep or on the way", *open_rows);
        return finding;
    }
    finding.grade = open_rows.error().recovery == Recovery::retry ? Grade::warn : Grade::fail;
    finding.finding = open_rows.error().message;
    finding.fix = open_rows.error().next_step;
    return finding;
}

std::optional<Finding> check_watch(const fs::path& config_dir) {
    boost::asio::io_context loop;
    const auto trouble = config::Watcher::open(loop.get_executor(), config_dir, [] {}).trouble();
    if (!trouble) return std::nullopt;
    return Finding{
        .area = "files", .what = "edits", .grade = Grade::warn, .finding = trouble->message, .fix = trouble->next_step};
}

Finding check_disk(const fs::path& state_dir) {
    fs::path there = state_dir;
    std::error_code error;
    while (!fs::exists(there, error) && there.has_relative_path()) there = there.parent_path();
    const auto space = fs::space(there, error);
    if (error) {
        return {.area = "files",
                .what = "disk",
                .grade = Grade::warn,
                .finding = fmt::format("the space in {} is not known: {}", there.string(), error.message()),
                .fix = "Choose another folder with --state-dir."};
    }
    return judge_disk(state_dir, space.available);
}

Finding judge_disk(const fs::path& state_dir, std::uintmax_t free) {
    // The history takes at most 100,000 lines, about 20 MB, and the log 60 MB.
    constexpr std::uintmax_t mebi = std::uintmax_t{1} << 20;
    constexpr std::uintmax_t too_little = 8 * mebi;
    constexpr std::uintmax_t little = 128 * mebi;
    Finding finding{.area = "files", .what = "disk"};
    finding.finding = free < 10 * (mebi << 10)
                          ? fmt::format("{} MB free in {}", free / 1'000'000, state_dir.string())
                          : fmt::format("{} GB free in {}", free / 1'000'000'000, state_dir.string());
    if (free < little) {
        finding.grade = free < too_little ? Grade::fail : Grade::warn;
        finding.fix = "Free some space: what doze can't write down first, it does not put to sleep.";
    }
    return finding;
}

}  // namespace doze::doctor
