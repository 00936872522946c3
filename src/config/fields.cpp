#include "config/fields.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cmath>
#include <concepts>
#include <filesystem>
#include <type_traits>
#include <utility>

#include "base/ids.hpp"
#include "base/text.hpp"

namespace doze::config {
namespace {

using Texts = std::vector<std::string>;
using Integer = std::int64_t;

bool is_ip(std::string_view text) {
    boost::system::error_code error;
    boost::asio::ip::make_address(std::string(text), error);
    return !error && text.find('\0') == std::string_view::npos;
}

constexpr std::string_view every_region = "all";

bool is_region(std::string_view text) {
    return text == every_region || parse_region(text).has_value();
}

/// "key=value" or "key=prefix*".
bool is_tag_pattern(std::string_view text) {
    const auto equals = text.find('=');
    const auto star = text.find('*');
    return equals != 0 && equals + 1 < text.size() && equals != std::string_view::npos &&
           (star == std::string_view::npos || (star > equals && star + 1 == text.size()));
}

bool is_profile_name(std::string_view text) {
    return !text.empty() && std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == '[' || c == ']'; });
}

/// "scheme://host" or "scheme://host:port" as browsers write it: lower case, and nothing after it.
bool is_origin(std::string_view text) {
    const auto end = text.find("://");
    if (end == 0 || end == std::string_view::npos || end + 3 == text.size()) return false;
    const auto is_one_of = [](std::string_view more) {
        return [more](char c) {
            return (is_letter(c) && c == lower_case(c)) || is_digit(c) || more.find(c) != std::string_view::npos;
        };
    };
    return std::ranges::all_of(text.substr(0, end), is_one_of("+-.")) &&
           std::ranges::all_of(text.substr(end + 3), is_one_of("-._:[]"));
}

constexpr std::size_t shortest_token = 16;
constexpr std::size_t longest_token = 256;

/// Empty, or printable ASCII without spaces, which every transport can carry.
bool is_token(std::string_view text) {
    const auto is_sound = [](unsigned char c) { return c > ' ' && c < 0x7f; };
    return text.empty() ||
           (text.size() >= shortest_token && text.size() <= longest_token && std::ranges::all_of(text, is_sound));
}

/// Empty or absolute, since doze may be started in any folder.
bool is_file_path(std::string_view text) {
    return text.empty() || (text.front() == '/' && text.find('\0') == std::string_view::npos);
}

/// From 0.6 seconds, for trials, to a week.
constexpr Check minutes{.range = Range{0.01, 10080}, .unit = "minutes", .milliseconds = 60'000};
constexpr Check seconds{.range = Range{0.1, 3600}, .unit = "seconds", .milliseconds = 1000};
constexpr Check share_of_screen{.range = Range{0, 1}, .unit = "share of the screen"};
constexpr Check share_of_loudness{.range = Range{0, 1}, .unit = "share of full loudness"};
constexpr Check pixels{.range = Range{0, 10000}, .unit = "pixels"};
constexpr Check port{.range = Range{0, 65535}};
constexpr Check bytes_of_datagram{.range = Range{512, 65507}, .unit = "bytes"};  // The largest datagram over IPv4.
constexpr Check requests{.range = Range{1, 1'000'000}, .unit = "requests per second"};
constexpr Check flag{};
constexpr Check token{
    .text = TextCheck{"empty, or from 16 to 256 visible ASCII characters, best random ones", is_token}, .secret = true};
constexpr Check file_path{.text = TextCheck{"empty, or a file with its whole path", is_file_path}};
constexpr Check ip_address{.text = TextCheck{"an IP address such as 127.0.0.1 or ::1", is_ip}};
constexpr Check region_names{.text = TextCheck{"regions such as us-east-1, or \"all\"", is_region}};
constexpr Check tag_patterns{.text = TextCheck{"tags such as env=live or env=prod*", is_tag_pattern},
                             .may_be_empty = true};
constexpr Check origins{.text = TextCheck{"origins such as http://localhost:5173", is_origin}, .may_be_empty = true};
constexpr Check profile_name{.text = TextCheck{"the name of a profile in ~/.aws", is_profile_name}};

// The part of Settings that has members of this type.
template <class Part>
Part& part_of(Settings& settings) {
    if constexpr (std::same_as<Part, core::Settings>)
        return settings.core;
    else if constexpr (std::same_as<Part, core::PresenceSettings>)
        return settings.core.presence;
    else if constexpr (std::same_as<Part, core::GuardSettings>)
        return settings.core.guards;
    else if constexpr (std::same_as<Part, ports::SourceSettings>)
        return settings.sources;
    else if constexpr (std::same_as<Part, Security>)
        return settings.security;
    else
        return settings;
}

template <class Part, class Member>
Part owner_of(Member Part::*);

/// The member at the end of a path of members, which starts at Settings or at one of its parts.
template <auto first, auto... rest>
auto& member_of(Settings& settings) {
    return ((part_of<decltype(owner_of(first))>(settings).*first).*....*rest);
}

template <class Member>
Value value_of(const Member& member, const Check& check) {
    if constexpr (std::same_as<Member, core::Duration>)
        return static_cast<double>(member.count()) / check.milliseconds;
    else if constexpr (std::integral<Member> && !std::same_as<Member, bool>)
        return static_cast<Integer>(member);
    else if constexpr (std::same_as<Member, Secret>)
        return std::string(member.view());
    else if constexpr (std::same_as<Member, std::filesystem::path>)
        return member.string();
    else
        return member;
}

/// Stores a value of the member's type that has passed the check.
template <class Member>
void assign(Member& member, const Check& check, const Value& value) {
    if constexpr (std::same_as<Member, core::Duration>)
        member = core::Duration(std::llround(std::get<double>(value) * check.milliseconds));
    else if constexpr (std::integral<Member> && !std::same_as<Member, bool>)
        member = static_cast<Member>(std::get<Integer>(value));
    else if constexpr (std::same_as<Member, Secret> || std::same_as<Member, std::filesystem::path>)
        member = Member(std::get<std::string>(value));
    else
        member = std::get<Member>(value);
}

/// The row of a member; its default is the member's initial value.
template <auto... path>
Field field(std::string_view key, const Check& check, std::string_view meaning) {
    Settings defaults;
    return {.key = key,
            .check = check,
            .meaning = meaning,
            .default_value = value_of(member_of<path...>(defaults), check),
            .apply = [](Settings& settings, const Check& as, const Value& value) {
                assign(member_of<path...>(settings), as, value);
            }};
}

/// One list for two members: the named regions, without duplicates, and whether "all" is among them.
Field regions_field() {
    Texts names;
    for (const auto& region : Settings().core.regions) names.push_back(region.str());
    return {.key = "aws.regions",
            .check = region_names,
            .meaning = "The regions that lists cover; \"all\": those that AWS says are enabled for the account.",
            .default_value = names,
            .apply = [](Settings& settings, const Check&, const Value& value) {
                auto& regions = settings.core.regions;
                regions.clear();
                settings.all_regions = false;
                for (const auto& name : std::get<Texts>(value)) {
                    const Region region(name);
                    if (name == every_region)
                        settings.all_regions = true;
                    else if (std::ranges::find(regions, region) == regions.end())
                        regions.push_back(region);
                }
            }};
}

std::vector<Field> activity_fields() {
    return {
        field<&core::PresenceSettings::inactivity_timeout>(
            "activity_monitor.inactivity_timeout_minutes", minutes,
            "After this long without a sign of life you count as away, and what is registered is put to sleep."),
        field<&core::PresenceSettings::warning>(
            "activity_monitor.warning_minutes", minutes,
            "How long before that doze warns you; at most half of the timeout counts."),
        field<&core::PresenceSettings::passive_limit>(
            "activity_monitor.passive_limit_minutes", minutes,
            "Screen, sound and window changes count only this long after the last key press or mouse movement."),
        field<&core::PresenceSettings::lock_grace>("activity_monitor.lock_grace_minutes", minutes,
                                                   "While the screen is locked, the timeout is this short."),
        field<&ports::SourceSettings::keyboard>(
            "activity_monitor.keyboard.enabled", flag,
            "Whether key presses count; doze knows that a key was pressed, never which."),
        field<&ports::SourceSettings::mouse>("activity_monitor.mouse.enabled", flag, "Whether the mouse counts."),
        field<&ports::SourceSettings::movement_threshold>("activity_monitor.mouse.movement_threshold", pixels,
                                                          "Smaller movements are a shaken desk and do not count."),
        field<&ports::SourceSettings::terminals>("activity_monitor.terminals.enabled", flag,
                                                 "Whether typing in your terminals and SSH sessions counts; on a "
                                                 "machine without a desktop it is all there is."),
        field<&ports::SourceSettings::inhibitors>("activity_monitor.inhibitors.enabled", flag,
                                                  "Whether programs that keep the desktop awake (a presentation, a "
                                                  "call, a player) count, within the passive limit."),
        field<&ports::SourceSettings::other_sessions>(
            "activity_monitor.other_sessions.enabled", flag,
            "Whether input in your other desktop sessions on this machine (VNC, xrdp, a second log-in) counts; where "
            "one can't be watched, nothing is put to sleep."),
        field<&ports::SourceSettings::screen>("activity_monitor.screen.enabled", flag,
                                              "Whether changes on the screen count; no picture is kept."),
        field<&ports::SourceSettings::screen_interval>("activity_monitor.screen.interval_seconds", seconds,
                                                       "The time within which changes of the screen are added up."),
        field<&ports::SourceSettings::diff_threshold>(
            "activity_monitor.screen.diff_threshold", share_of_screen,
            "How much of the screen must change within the interval to count."),
        field<&ports::SourceSettings::audio>("activity_monitor.audio.enabled", flag,
                                             "Whether played sound counts; the microphone is never opened."),
        field<&ports::SourceSettings::audio_interval>(
            "activity_monitor.audio.interval_seconds", seconds,
            "How often the loudness of what is played is looked at while something plays."),
        field<&ports::SourceSettings::volume_threshold>("activity_monitor.audio.volume_threshold", share_of_loudness,
                                                        "Quieter sound does not count."),
        field<&ports::SourceSettings::window>("activity_monitor.window.enabled", flag,
                                              "Whether a change of the active window counts; titles are never read."),
        field<&ports::SourceSettings::window_interval>(
            "activity_monitor.window.interval_seconds", seconds,
            "How often the active window is looked at where the desktop does not tell by itself."),
    };
}

std::vector<Field> aws_fields() {
    return {
        regions_field(),
        field<&Settings::use_profile>("aws.credentials.use_profile", flag,
                                      "Whether to use the profile named below instead of looking for credentials "
                                      "everywhere (docs/credentials.md)."),
        field<&Settings::profile_name>("aws.credentials.profile_name", profile_name,
                                       "The profile in ~/.aws/credentials or ~/.aws/config, if use_profile is true."),
        field<&core::Settings::check_interval>("aws.service_state_check_interval_minutes", minutes,
                                               "How often doze asks AWS about the registered resources, give or take a "
                                               "tenth, and compares with what should be."),
        field<&core::GuardSettings::production_tags>(
            "guards.production_tags", tag_patterns,
            "A resource with one of these tags is never put to sleep; upper and lower case are the same."),
        field<&core::Settings::only_registered>(
            "commands.only_registered", flag,
            "Whether commands, too, act on what is registered only, instead of on any resource of the regions."),
        field<&core::Settings::dry_run>("dry_run", flag, "Decide and show everything, and change nothing at AWS."),
    };
}

std::vector<Field> desktop_fields() {
    return {
        field<&Settings::notifications>("notifications.enabled", flag,
                                        "Whether doze tells on the desktop before something is put to sleep, when all "
                                        "is awake again, and when something failed."),
    };
}

std::vector<Field> server_fields() {
    return {
        field<&Settings::udp, &ListenAddress::ip>("udp_server.ip", ip_address,
                                                  "The address that the UDP server listens on."),
        field<&Settings::udp, &ListenAddress::port>("udp_server.port", port,
                                                    "The port of the UDP server; 0 takes any free one."),
        field<&Settings::udp_buffer_size>("udp_server.buffer_size", bytes_of_datagram,
                                          "No reply over UDP is larger than this."),
        field<&Settings::tcp, &ListenAddress::ip>("tcp_server.ip", ip_address,
                                                  "The address that the TCP server listens on."),
        field<&Settings::tcp, &ListenAddress::port>("tcp_server.port", port,
                                                    "The port of the TCP server; 0 takes any free one."),
        field<&Settings::web, &ListenAddress::ip>("web.ip", ip_address,
                                                  "The address that the web page and its API listen on."),
        field<&Settings::web, &ListenAddress::port>("web.port", port,
                                                    "The port of the web page and its API; 0 takes any free one."),
        field<&Settings::web_password>(
            "web.password", flag, "Whether the web page asks for a password, which whoever opens it first chooses."),
        field<&Settings::web_allowed_origins>(
            "web.allowed_origins", origins,
            "Web pages of these origins may use doze through your browser, as its own page may; no others."),
    };
}

std::vector<Field> security_fields() {
    return {
        field<&Security::token>("security.token", token,
                                "What a client from another machine must know; without it doze listens on loopback "
                                "only (docs/protocol.md, \"Who may talk\"). `openssl rand -hex 32` makes one."),
        field<&Security::certificate>(
            "security.certificate", file_path,
            "The certificate (PEM, its chain after it) for TCP and HTTP beyond loopback, where they need TLS."),
        field<&Security::key>("security.key", file_path, "The key of that certificate (PEM)."),
        field<&Security::requests_per_second>(
            "security.requests_per_second", requests,
            "What one client may ask for, over UDP, TCP or HTTP; after a rest as many at once."),
    };
}

std::vector<Field> all_fields() {
    std::vector<Field> all;
    for (auto part : {activity_fields(), aws_fields(), desktop_fields(), server_fields(), security_fields()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace

const std::vector<Field>& fields() {
    static const std::vector<Field> table = all_fields();
    return table;
}

std::optional<std::size_t> find_field(std::string_view key) {
    const auto found = std::ranges::find(fields(), key, &Field::key);
    if (found == fields().end()) return std::nullopt;
    return static_cast<std::size_t>(found - fields().begin());
}

std::span<const std::string_view> field_keys() {
    static const auto keys = [] {
        std::vector<std::string_view> all;
        for (const auto& field : fields()) all.push_back(field.key);
        return all;
    }();
    return keys;
}

std::span<const std::string_view> sections_and_keys() {
    static const auto names = [] {
        std::vector<std::string_view> all;
        for (const auto key : field_keys())
            for (auto dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.', dot + 1))
                if (std::ranges::find(all, key.substr(0, dot)) == all.end()) all.push_back(key.substr(0, dot));
        all.insert(all.end(), field_keys().begin(), field_keys().end());
        return all;
    }();
    return names;
}

}  // namespace doze::config
