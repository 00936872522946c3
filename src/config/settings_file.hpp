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

/// A value of settings.json, of the type that its field has.
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// All of settings.json, checked. The members are what the program reads, and what they begin with is the default of
/// their key (config/fields.cpp); get() is the same by key.
class Settings {
   public:
    core::Settings core{.regions = {Region("ap-northeast-2"), Region("us-east-1"), Region("us-west-1"),
                                    Region("us-west-2"), Region("eu-central-1"), Region("eu-west-1")}};

    /// `aws.regions` has "all": every region that AWS says is enabled, besides those of `core.regions`.
    bool all_regions = false;

    ports::SourceSettings sources;

    /// Which profile of ~/.aws to use; the usual chain decides where `use_profile` is false.
    bool use_profile = false;
    std::string profile_name = "default";

    bool notifications = true;  ///< On the desktop.

    ListenAddress udp{.port = command_port};
    ListenAddress tcp{.port = command_port};
    ListenAddress web{.port = web_port};
    bool web_password = false;
    std::vector<std::string> web_allowed_origins;  ///< "http://localhost:5173"
    Security security;
    std::size_t udp_buffer_size = datagram_size;  ///< Bytes; no datagram of doze is larger.

    /// A setting by its dotted key, such as get<double>("activity_monitor.inactivity_timeout_minutes").
    /// T is bool, int, double (also of a whole number), std::string or std::vector<std::string>. Fails
    /// (`bad_request`) for an unknown key, with the nearest known one, and for another type.
    template <class T>
    [[nodiscard]] Result<T> get(std::string_view key) const;

    /// Sets one field, checked already, here and in the typed members; `line` is where the file says so. For the
    /// loader.
    void set(std::size_t field, Value value, int line = 0);

    /// The value of a field, and the line of the file that it stands in; 0 where it is the default.
    [[nodiscard]] const Value& value(std::size_t field) const;
    [[nodiscard]] int line(std::size_t field) const;

    /// Whether each field has the same value, wherever it stands.
    bool operator==(const Settings& other) const;

   private:
    struct Given {
        Value value;
        int line = 0;
    };
    std::map<std::size_t, Given> given_;  ///< What was set, by the index in fields().
};

/// Reads settings.json. What is missing has its default. Syntax errors and bad values are errors with file
/// and line; keys that doze does not know, keys that stand twice, and secrets are warnings; keys that only
/// the original knew are one note. `file` is how messages call it. Pure.
[[nodiscard]] Result<Loaded<Settings>> parse_settings(std::string_view text, std::string_view file);

/// Everything that parse_settings() finds wrong or worth telling, one by one, in the order of the file. Pure.
[[nodiscard]] std::vector<Note> check_settings(std::string_view text, std::string_view file);

/// The text with another value for one key, which is added if it is missing. Every other byte stays. `bad_request` for
/// text that parse_settings() refuses, and for a value that it would refuse; `internal` where the file is laid out in a
/// way that can't be edited safely (the result is read again and compared, so a wrong edit never gets out). Pure.
[[nodiscard]] Result<std::string> with_setting(std::string_view text, std::string_view key, const Value& value,
                                               std::string_view file);

/// settings.json as doze writes it where there is none: every key with its default, four spaces deep.
[[nodiscard]] std::string default_settings_text();

/// Larger files are refused; ours has 2 KB.
inline constexpr std::size_t largest_settings = std::size_t{1} << 20;

}  // namespace doze::config
