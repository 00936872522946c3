#include "adapters/aws/profiles/profiles.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <functional>
#include <set>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/handle.hpp"
#include "base/ownership.hpp"

namespace doze::aws {

namespace {

Error file_trouble(std::string message, std::string next_step) {
    return {.code = ErrorCode::no_credentials, .message = std::move(message), .next_step = std::move(next_step)};
}

/// Replaces $NAME and ${NAME} if such a variable is set, as Python's os.path.expandvars() does.
std::string expand_variables(std::string_view text, const Environment& environment) {
    std::string out;
    while (!text.empty()) {
        const auto dollar = std::min(text.find('$'), text.size());
        out += text.substr(0, dollar);
        text.remove_prefix(dollar);
        if (text.empty()) break;
        const bool braced = text.substr(1).starts_with('{');
        const std::size_t begin = braced ? 2 : 1;
        std::size_t end = begin;
        const auto belongs = [&](char c) {
            return braced ? c != '}' : std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
        };
        while (end < text.size() && belongs(text[end])) ++end;
        const std::size_t after = std::min(end + (braced ? 1 : 0), text.size());
        const std::string name(text.substr(begin, end - begin));
        const bool closed = !braced || end < text.size();
        const auto value = closed && !name.empty() ? environment(name.c_str()) : std::nullopt;
        out += value ? *value : std::string(text.substr(0, after));
        text.remove_prefix(after);
    }
    return out;
}

void add_to(std::size_t& hash, std::string_view text) {
    hash = hash * 31 + std::hash<std::string_view>()(text);
}

void add_to(std::size_t& hash, const ProfileSettings& settings) {
    for (const auto& [key, value] : settings) {
        add_to(hash, key);
        add_to(hash, value.view());
    }
    add_to(hash, "");
}

}  // namespace

ConfigSections sections_of_config(std::vector<IniSection> sections) {
    ConfigSections sorted;
    for (auto& section : sections) {
        const std::string& title = section.title;
        NamedSections* into = nullptr;
        // botocore too looks only at the beginning of the first word.
        if (title.starts_with("profile")) into = &sorted.profiles;
        if (title.starts_with("sso-session")) into = &sorted.sso_sessions;
        if (title.starts_with("services")) into = &sorted.services;
        if (into != nullptr) {
            auto words = split_words(title);
            if (words && words->size() == 2) into->insert_or_assign(std::move(words->back()), std::move(section));
        } else if (title == "default") {
            sorted.profiles.insert_or_assign("default", std::move(section));
        }
    }
    return sorted;
}

NamedSections sections_of_credentials(std::vector<IniSection> sections) {
    NamedSections named;
    for (auto& section : sections) {
        std::string title = section.title;
        named.insert_or_assign(std::move(title), std::move(section));
    }
    return named;
}

std::string_view Profile::get(const std::string& key) const {
    for (const ProfileSettings* settings : {&credentials, &config}) {
        if (const auto place = settings->find(key); place != settings->end()) return place->second.view();
    }
    return {};
}

bool Profiles::Stamp::operator==(const Stamp& other) const {
    return changed.tv_sec == other.changed.tv_sec && changed.tv_nsec == other.changed.tv_nsec && size == other.size &&
           inode == other.inode;
}

Profiles::Profiles(Environment environment, std::string explicit_name)
    : environment_(std::move(environment)), explicit_name_(std::move(explicit_name)) {}

std::optional<std::string> Profiles::named() const {
    if (is_explicit()) return explicit_name_;
    for (const char* variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
        if (auto name = environment_(variable); name && !name->empty()) return name;
    }
    return std::nullopt;
}

std::string Profiles::credentials_path() const {
    return path_of("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
}

std::string Profiles::config_path() const {
    return path_of("AWS_CONFIG_FILE", "~/.aws/config");
}

std::string Profiles::path_of(const char* variable, const char* below_home) const {
    std::string path = environment_(variable).value_or("");
    if (path.empty()) path = below_home;
    return expand_user(expand_variables(path, environment_), environment_);
}

std::string Profiles::shown(const std::string& path) const {
    const std::string home = environment_("HOME").value_or("");
    return !home.empty() && path.starts_with(home + "/") ? "~" + path.substr(home.size()) : path;
}

Result<std::vector<IniSection>> Profiles::read(const std::string& path, std::optional<Stamp>& stamp) const {
    const auto trouble = [&](int error) {
        return file_trouble(fmt::format("{} can't be read: {}.", shown(path), std::generic_category().message(error)),
                            fmt::format("Let yourself read it (`chmod u+r '{}'`, as its owner).", path));
    };
    stamp.reset();
    // O_NONBLOCK, so that a named pipe can't block doze.
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd && (errno == ENOENT || errno == ENOTDIR || errno == ENXIO)) return std::vector<IniSection>();
    struct stat now = {};
    if (!fd || ::fstat(fd.get(), &now) != 0) return trouble(errno);
    // botocore ignores folders, pipes and devices.
    if (!S_ISREG(now.st_mode)) return std::vector<IniSection>();
    // The file may name a program to run.
    if (const auto own = check_ownership(path); !own) return file_trouble(own.error().message, own.error().next_step);
    stamp = Stamp{.changed = now.st_mtim, .size = now.st_size, .inode = now.st_ino};

    std::string text(std::min(static_cast<std::size_t>(now.st_size), largest_file) + 4096, '\0');
    std::size_t length = 0;
    ssize_t got = 1;
    while (got > 0 && length < text.size()) {
        got = ::read(fd.get(), text.data() + length, text.size() - length);
        if (got > 0) length += static_cast<std::size_t>(got);
    }
    const int error = errno;
    const bool too_large = length > largest_file;
    auto sections =
        too_large ? std::vector<IniSection>() : parse_ini(std::string_view(text).substr(0, length), shown(path));
    wipe(text);
    if (got < 0) return trouble(error);
    if (too_large) {
        return file_trouble(shown(path) + " is too large for a file of AWS profiles.",
                            fmt::format("doze reads at most {} MiB.", largest_file >> 20U));
    }
    return sections;
}

Result<std::optional<std::vector<IniSection>>> Profiles::read_changed(File& file, std::string path) const {
    if (file.path != path) file = {.path = std::move(path)};
    if (file.stamp) {
        struct stat now = {};
        const bool there = ::stat(file.path.c_str(), &now) == 0;
        if (there && *file.stamp == Stamp{.changed = now.st_mtim, .size = now.st_size, .inode = now.st_ino}) {
            return std::optional<std::vector<IniSection>>();
        }
    }
    auto sections = read(file.path, file.stamp);
    if (!sections) {
        // A file that was never readable is tried again each time.
        if (!file.is_known) file.stamp.reset();
        if (!file.is_known) return sections.error();
        file.trouble = sections.error();
        return std::optional<std::vector<IniSection>>();
    }
    file.trouble.reset();
    const bool was_absent = std::exchange(file.is_absent, !file.stamp);
    if (std::exchange(file.is_known, true) && was_absent && file.is_absent) {
        return std::optional<std::vector<IniSection>>();
    }
    return std::optional(std::move(*sections));
}

Result<void> Profiles::refresh() {
    auto credentials = read_changed(credentials_file_, credentials_path());
    if (!credentials) return credentials.error();
    if (*credentials) credentials_ = sections_of_credentials(std::move(**credentials));
    auto config = read_changed(config_file_, config_path());
    if (*credentials || !config || *config) fingerprint_.reset();
    if (!config) return config.error();
    if (*config) config_ = sections_of_config(std::move(**config));
    return {};
}

std::optional<Error> Profiles::trouble() const {
    return credentials_file_.trouble ? credentials_file_.trouble : config_file_.trouble;
}

Result<std::vector<std::string>> Profiles::names() {
    if (auto read = refresh(); !read) return read.error();
    std::set<std::string> names;
    for (const auto* sections : {&credentials_, &config_.profiles}) {
        for (const auto& [name, unused] : *sections) names.insert(name);
    }
    return std::vector<std::string>(names.begin(), names.end());
}

Result<Profile> Profiles::load(const std::string& name) {
    if (auto read = refresh(); !read) return read.error();
    return assemble(name);
}

Profile Profiles::assemble(const std::string& name) const {
    Profile profile{.name = name};
    profile.credentials_file = shown(credentials_file_.path);
    profile.config_file = shown(config_file_.path);
    const auto find = [](const NamedSections& sections, const std::string& title) -> const IniSection* {
        const auto place = sections.find(title);
        return place == sections.end() ? nullptr : &place->second;
    };
    const auto* keys = find(credentials_, name);
    const auto* config = find(config_.profiles, name);
    if (keys != nullptr) profile.credentials = keys->settings;
    if (config != nullptr) profile.config = config->settings;
    profile.found = keys != nullptr || config != nullptr;
    if (const auto* services = find(config_.services, std::string(profile.get("services"))))
        profile.services = *services;
    if (const auto* session = find(config_.sso_sessions, std::string(profile.get("sso_session")))) {
        profile.sso_session = session->settings;
    }
    return profile;
}

std::size_t Profiles::fingerprint() {
    if (auto read = refresh(); !read) return 0;
    std::string name = chosen();
    if (fingerprint_ && fingerprint_->first == name) return fingerprint_->second;
    const std::string whose = name;
    std::size_t hash = 1;
    for (std::set<std::string> visited; !name.empty() && visited.insert(name).second;) {
        const Profile profile = assemble(name);
        add_to(hash, name);
        for (const auto* settings : {&profile.credentials, &profile.config, &profile.sso_session}) {
            add_to(hash, *settings);
        }
        name = profile.get("source_profile");
    }
    fingerprint_ = {whose, hash};
    return hash;
}

std::optional<std::vector<std::string>> split_words(std::string_view line) {
    std::vector<std::string> words;
    std::optional<std::string> word;  // None between words; an empty pair of quotes is a word too.
    char quote = '\0';
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == quote) {
            quote = '\0';
        } else if (quote == '\'') {
            *word += c;
        } else if (c == '\\') {
            if (++i == line.size()) return std::nullopt;
            if (!word) word.emplace();
            // Within double quotes, a backslash is special only before these two.
            if (quote == '"' && line[i] != '"' && line[i] != '\\') *word += c;
            *word += line[i];
        } else if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
            if (!word) word.emplace();
        } else if (quote == '\0' && std::string_view(" \t\r\n").find(c) != std::string_view::npos) {
            if (word) words.push_back(std::move(*word));
            word.reset();
        } else {
            if (!word) word.emplace();
            *word += c;
        }
    }
    if (quote != '\0') return std::nullopt;
    if (word) words.push_back(std::move(*word));
    return words;
}

}  // namespace doze::aws
