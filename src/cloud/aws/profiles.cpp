#include "cloud/aws/profiles.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <set>
#include <sys/stat.h>
#include <system_error>
#include <tuple>
#include <unistd.h>
#include <utility>

#include "base/handle.hpp"
#include "base/letter_case.hpp"

namespace doze::cloud::aws {

namespace {

// Real ones have a few kilobytes; a device that never ends must not be read for ever.
constexpr std::size_t largest_file = std::size_t{1} << 20;

constexpr std::string_view blanks = " \t\r\v\f";

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view without_comment(std::string_view line) {
    const auto start = trim(line);
    if (start.starts_with('#') || start.starts_with(';')) return {};
    for (std::size_t i = 1; i < line.size(); ++i) {
        const bool mark = line[i] == '#' || line[i] == ';';
        if (mark && blanks.find(line[i - 1]) != std::string_view::npos) return line.substr(0, i);
    }
    return line;
}

/// `profile  "a b"` becomes `profile a b`.
std::string title_of(std::string_view inside) {
    inside = trim(inside);
    const auto blank = inside.find_first_of(blanks);
    if (blank == std::string_view::npos) return std::string(inside);
    std::string_view rest = trim(inside.substr(blank));
    if (rest.size() >= 2 && rest.front() == rest.back() && (rest.front() == '"' || rest.front() == '\'')) {
        rest = rest.substr(1, rest.size() - 2);
    }
    return fmt::format("{} {}", inside.substr(0, blank), rest);
}

Error unreadable(std::string message) {
    return {.code = ErrorCode::no_credentials,
            .message = std::move(message),
            .next_step = "Correct the file; doze reads it again by itself."};
}

/// Goes through a file line by line.
class IniReader {
   public:
    explicit IniReader(const std::string& name) : name_(name) {}

    Result<void> take(std::string_view raw) {
        ++number_;
        const std::string_view line = without_comment(raw);
        const std::string_view content = trim(line);
        if (content.empty()) return {};
        if (content.front() == '[') return open_section(content);
        const auto equals = content.find('=');
        if (equals == std::string_view::npos) return bad("neither [section] nor key = value");
        if (section_ == nullptr) return bad("a setting before the first [section]");
        take_setting(line.find_first_not_of(blanks), lower_case(trim(content.substr(0, equals))),
                     trim(content.substr(equals + 1)));
        return {};
    }

    IniSections sections;

   private:
    Result<void> open_section(std::string_view content) {
        if (content.back() != ']') return bad("a [section] that is not closed");
        section_ = &sections[title_of(content.substr(1, content.size() - 2))];
        outer_.clear();
        return {};
    }

    void take_setting(std::size_t indent, std::string key, std::string_view value) {
        if (!outer_.empty() && indent > outer_indent_) {
            key.insert(0, outer_ + ".");
        } else {
            // Only a key without a value of its own can have others below it.
            outer_ = value.empty() ? key : std::string();
            outer_indent_ = indent;
        }
        section_->insert_or_assign(std::move(key), Secret(value));
    }

    [[nodiscard]] Error bad(std::string_view what) const {
        return unreadable(fmt::format("Line {} of {} is {}.", number_, name_, what));
    }

    const std::string& name_;
    std::size_t number_ = 0;
    ProfileSettings* section_ = nullptr;
    std::string outer_;
    std::size_t outer_indent_ = 0;
};

/// Puts a section into `into`; false where there is none.
bool take_section(const IniSections& sections, const std::string& title, ProfileSettings& into) {
    const auto found = sections.find(title);
    if (found != sections.end()) into = found->second;
    return found != sections.end();
}

}  // namespace

Result<IniSections> parse_ini(std::string_view text, const std::string& name) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    IniReader reader(name);
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (auto taken = reader.take(text.substr(0, end)); !taken) return taken.error();
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(reader.sections);
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
    const std::string home = environment_("HOME").value_or("");
    std::string path = environment_(variable).value_or("");
    if (path.empty()) path = below_home;
    if (path.starts_with("~/")) path = home + path.substr(1);
    return path;
}

std::string Profiles::shown(const std::string& path) const {
    const std::string home = environment_("HOME").value_or("");
    return !home.empty() && path.starts_with(home + "/") ? "~" + path.substr(home.size()) : path;
}

Profiles::Stamp Profiles::stamp_of(const struct stat& file) {
    return {.changed = file.st_mtim, .size = file.st_size, .inode = file.st_ino};
}

std::optional<Profiles::Stamp> Profiles::stamp_at(const std::string& path) {
    struct stat file = {};
    if (::stat(path.c_str(), &file) != 0) return std::nullopt;
    return stamp_of(file);
}

Profiles::State Profiles::state() const {
    return {.name = chosen(), .credentials = stamp_at(credentials_path()), .config = stamp_at(config_path())};
}

Result<void> Profiles::refresh(File& file, std::string path) const {
    const auto trouble = [&](int error) {
        return unreadable(fmt::format("{} can't be read: {}.", shown(path), std::generic_category().message(error)));
    };
    // Without waiting for whoever may write into a named pipe.
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd && (errno == ENOENT || errno == ENOTDIR)) {
        file = {.path = std::move(path)};
        return {};
    }
    struct stat now = {};
    if (!fd || ::fstat(fd.get(), &now) != 0) return trouble(errno);
    const Stamp stamp = stamp_of(now);
    if (file.path == path && file.stamp == stamp && S_ISREG(now.st_mode)) return {};

    std::string text(
        static_cast<std::size_t>(now.st_size) < largest_file ? std::size_t(now.st_size) + 4096 : largest_file + 1,
        '\0');
    std::size_t length = 0;
    ssize_t got = 1;
    while (got > 0 && length < text.size()) {
        got = ::read(fd.get(), text.data() + length, text.size() - length);
        if (got > 0) length += static_cast<std::size_t>(got);
    }
    const int error = errno;
    const bool too_large = length == text.size();
    auto sections = parse_ini(std::string_view(text).substr(0, length), shown(path));
    wipe(text);
    if (got < 0) return trouble(error);
    if (too_large) return unreadable(shown(path) + " is too large for a file of AWS profiles.");
    if (!sections) return sections.error();
    file = {.path = std::move(path), .stamp = stamp, .sections = std::move(*sections)};
    return {};
}

Result<std::vector<std::string>> Profiles::names() {
    if (auto read = refresh(credentials_, credentials_path()); !read) return read.error();
    if (auto read = refresh(config_, config_path()); !read) return read.error();
    std::set<std::string> names;
    for (const auto& [title, unused] : credentials_.sections) names.insert(title);
    constexpr std::string_view prefix = "profile ";
    for (const auto& [title, unused] : config_.sections) {
        if (title == "default") names.insert(title);
        if (title.starts_with(prefix)) names.insert(title.substr(prefix.size()));
    }
    return std::vector<std::string>(names.begin(), names.end());
}

Result<Profile> Profiles::load(const std::string& name) {
    for (const auto& [file, path] :
         {std::pair(&credentials_, credentials_path()), std::pair(&config_, config_path())}) {
        if (auto read = refresh(*file, path); !read) return read.error();
    }
    Profile profile{.name = name};
    profile.credentials_file = shown(credentials_.path);
    profile.config_file = shown(config_.path);
    const bool has_keys = take_section(credentials_.sections, name, profile.credentials);
    const bool has_config = take_section(config_.sections, "profile " + name, profile.config) ||
                            (name == "default" && take_section(config_.sections, "default", profile.config));
    profile.found = has_keys || has_config;
    for (const auto& [key, title, into] : {std::tuple("services", "services ", &profile.services),
                                           std::tuple("sso_session", "sso-session ", &profile.sso_session)}) {
        if (const auto named = profile.get(key); !named.empty()) {
            take_section(config_.sections, title + std::string(named), *into);
        }
    }
    return profile;
}

}  // namespace doze::cloud::aws
