#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/listen.hpp"
#include "base/result.hpp"
#include "config/loaded.hpp"
#include "core/model/settings.hpp"
#include "ports/activity_source.hpp"

namespace doze::config {

/// A value in settings.json, of its field's type.
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// All of settings.json, validated. The program reads the members; their initial values are the defaults of their keys
/// (config/fields.cpp). get() reads them by key.
class Settings {
   public:
    core::Settings core{.regions = {Region("ap-northeast-2"), Region("us-east-1"), Region("us-west-1"),
                                    Region("us-west-2"), Region("eu-central-1"), Region("eu-west-1")}};

    /// `aws.regions` contains "all": every region that AWS has enabled, in addition to `core.regions`.
    bool all_regions = false;

    ports::SourceSettings sources;

    /// The profile of ~/.aws to use; if `use_profile` is false, the usual chain decides.
    bool use_profile = false;
    std::string profile_name = "default";

    bool notifications = true;  ///< On the desktop.

    ListenAddress udp{.port = command_port};
    ListenAddress tcp{.port = command_port};
    ListenAddress web{.port = web_port};
    bool web_password = false;
    std::vector<std::string> web_allowed_origins;  ///< "http://localhost:5173"
    Security security;
    std::size_t udp_buffer_size = datagram_size;  ///< In bytes; the largest datagram that doze sends.

    /// A setting by its dotted key, such as get<double>("activity_monitor.inactivity_timeout_minutes"). T is bool, int,
    /// double (also for integers), std::string or std::vector<std::string>. Fails (`bad_request`) for an unknown key,
    /// naming the nearest known one, and for a wrong type.
    template <class T>
    [[nodiscard]] Result<T> get(std::string_view key) const;

    /// Sets one field to a validated value, here and in its member; `line` is its line in the file. For the
    /// loader.
    void set(std::size_t field, Value value, int line = 0);

    /// The value of a field, and its line in the file; 0 for a default.
    [[nodiscard]] const Value& value(std::size_t field) const;
    [[nodiscard]] int line(std::size_t field) const;

    /// Whether all fields have equal values; their lines don't matter.
    bool operator==(const Settings& other) const;

   private:
    struct Given {
        Value value;
        int line = 0;
    };
    std::map<std::size_t, Given> given_;  ///< Values set by the file, by index in fields().
};

/// Parses settings.json. Missing keys get their defaults. Syntax errors and invalid values are errors with file and
/// line; unknown keys, duplicates and secrets are warnings; keys that only the original program used make one note.
/// `file` is its name in messages. Pure.
[[nodiscard]] Result<Loaded<Settings>> parse_settings(std::string_view text, std::string_view file);

/// All errors and remarks of parse_settings(), in file order. Pure.
[[nodiscard]] std::vector<Note> check_settings(std::string_view text, std::string_view file);

/// Sets one key to another value, adding the key if it is missing. Every other byte stays. `bad_request` for text or a
/// value that parse_settings() rejects; `internal` if the layout can't be edited safely (the result is parsed and
/// compared, so a wrong edit is never returned). Pure.
[[nodiscard]] Result<std::string> with_setting(std::string_view text, std::string_view key, const Value& value,
                                               std::string_view file);

/// The settings.json that doze creates: every key with its default, indented by four spaces.
[[nodiscard]] std::string default_settings_text();

/// Larger files are rejected; doze's own has 2 KB.
inline constexpr std::size_t largest_settings = std::size_t{1} << 20;

}  // namespace doze::config
