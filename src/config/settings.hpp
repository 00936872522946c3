#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "config/loaded.hpp"
#include "core/model/settings.hpp"

namespace doze::config {

/// A value of settings.json, of the type that its field has.
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// An address to listen on.
struct Listen {
    std::string ip;          ///< An IPv4 or IPv6 address, surely.
    std::uint16_t port = 0;  ///< 0: any free one.

    bool operator==(const Listen&) const = default;
};

/// Who may talk to doze.
struct Security {
    Secret token;  ///< Empty: none.
    std::string certificate;
    std::string key;
    std::int64_t requests_per_second = 0;
};

/// All of settings.json, checked. The members are what the program reads; get() is the same by key.
class Settings {
   public:
    /// The defaults of the field table.
    Settings();

    core::Settings core;

    /// `aws.regions` has "all": every region that AWS says is enabled, besides those of `core.regions`.
    bool all_regions = false;

    core::SourceSettings sources;

    /// Which profile of ~/.aws to use; the usual chain decides where `use_profile` is false.
    bool use_profile = false;
    std::string profile_name;

    bool notifications = true;  ///< On the desktop.

    Listen udp;
    Listen tcp;
    Listen web;
    bool web_password = false;
    std::vector<std::string> web_allowed_origins;  ///< "http://localhost:5173"
    Security security;
    std::size_t udp_buffer_size = 0;  ///< Bytes; no datagram of doze is larger.

    /// A setting by its dotted key, such as get<double>("activity_monitor.inactivity_timeout_minutes").
    /// T is bool, int, double (also of a whole number), std::string or std::vector<std::string>. Fails
    /// (`bad_request`) for an unknown key, with the nearest known one, and for another type.
    template <class T>
    [[nodiscard]] Result<T> get(std::string_view key) const;

    /// Sets one field, checked already, here and in the typed members; `line` is where the file says so. For the
    /// loader.
    void set(std::size_t field, Value value, int line = 0);

    /// The value of a field, and the line of the file that it stands in; 0 where it is the default.
    [[nodiscard]] const Value& value(std::size_t field) const { return values_.at(field); }
    [[nodiscard]] int line(std::size_t field) const { return lines_.at(field); }

    bool operator==(const Settings& other) const { return values_ == other.values_; }

   private:
    // In the order of fields().
    std::vector<Value> values_;
    std::vector<int> lines_;
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
