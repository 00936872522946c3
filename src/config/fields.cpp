#include "config/fields.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include "base/ids.hpp"

namespace doze::config {
namespace {

using Texts = std::vector<std::string>;
using Integer = std::int64_t;

/// From 0.6 seconds, for trials, to a week.
constexpr Range minutes{0.01, 10080};
constexpr Range seconds{0.1, 3600};
constexpr Range share{0, 1};
constexpr Range port{0, 65535};

bool is_ip(std::string_view text) {
    boost::system::error_code error;
    boost::asio::ip::make_address(std::string(text), error);
    return !error && text.find('\0') == std::string_view::npos;
}

constexpr std::string_view every_region = "all";

bool is_region(std::string_view text) {
    return text == every_region || parse_region(text).has_value();
}

/// "key=value" or "key=beginning*".
bool is_tag_pattern(std::string_view text) {
    const auto equals = text.find('=');
    const auto star = text.find('*');
    return equals != 0 && equals + 1 < text.size() && equals != std::string_view::npos &&
           (star == std::string_view::npos || (star > equals && star + 1 == text.size()));
}

bool is_profile_name(std::string_view text) {
    return !text.empty() && std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == '[' || c == ']'; });
}

/// "scheme://host" or "scheme://host:port", as browsers write it: lower case, and nothing after.
bool is_origin(std::string_view text) {
    const auto end = text.find("://");
    if (end == 0 || end == std::string_view::npos || end + 3 == text.size()) return false;
    const auto is_one_of = [](std::string_view more) {
        return [more](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
        };
    };
    return std::ranges::all_of(text.substr(0, end), is_one_of("+-.")) &&
           std::ranges::all_of(text.substr(end + 3), is_one_of("-._:[]"));
}

constexpr std::size_t shortest_token = 16;
constexpr std::size_t longest_token = 256;

/// Empty, or what may stand in every transport's way of carrying it.
bool is_token(std::string_view text) {
    const auto is_sound = [](unsigned char c) { return c > ' ' && c < 0x7f; };
    return text.empty() ||
           (text.size() >= shortest_token && text.size() <= longest_token && std::ranges::all_of(text, is_sound));
}

/// Empty, or absolute: doze may be started anywhere.
bool is_file_path(std::string_view text) {
    return text.empty() || (text.front() == '/' && text.find('\0') == std::string_view::npos);
}

constexpr TextCheck token{"empty, or from 16 to 256 visible ASCII characters, best random ones", is_token};
constexpr TextCheck file_path{"empty, or a file with its whole path", is_file_path};
constexpr TextCheck ip_address{"an IP address such as 127.0.0.1 or ::1", is_ip};
constexpr TextCheck region_name{"regions such as us-east-1, or \"all\"", is_region};
constexpr TextCheck tag_pattern{"tags such as env=live or env=prod*", is_tag_pattern};
constexpr TextCheck origin{"origins such as http://localhost:5173", is_origin};
constexpr TextCheck profile{"the name of a profile in ~/.aws", is_profile_name};

core::Duration minutes_of(const Value& value) {
    return core::Duration(std::llround(std::get<double>(value) * 60'000));
}
core::Duration seconds_of(const Value& value) {
    return core::Duration(std::llround(std::get<double>(value) * 1000));
}
std::uint16_t port_of(const Value& value) {
    return static_cast<std::uint16_t>(std::get<Integer>(value));
}

std::vector<Region> regions_of(const Value& value) {
    std::vector<Region> regions;
    for (const auto& name : std::get<Texts>(value))
        if (const Region region(name); name != every_region && std::ranges::find(regions, region) == regions.end())
            regions.push_back(region);
    return regions;
}

std::vector<Field> activity_fields() {
    return {
        {.key = "activity_monitor.inactivity_timeout_minutes",
         .default_value = 30.0,
         .range = minutes,
         .unit = "minutes",
         .meaning = "After this long without a sign of life you count as away, and what is registered is put to sleep.",
         .apply = [](Settings& s, const Value& v) { s.core.presence.inactivity_timeout = minutes_of(v); }},
        {.key = "activity_monitor.warning_minutes",
         .default_value = 5.0,
         .range = minutes,
         .unit = "minutes",
         .meaning = "How long before that doze warns you; at most half of the timeout counts.",
         .apply = [](Settings& s, const Value& v) { s.core.presence.warning = minutes_of(v); }},
        {.key = "activity_monitor.passive_limit_minutes",
         .default_value = 120.0,
         .range = minutes,
         .unit = "minutes",
         .meaning = "Screen, sound and window changes count only this long after the last key press or mouse movement.",
         .apply = [](Settings& s, const Value& v) { s.core.presence.passive_limit = minutes_of(v); }},
        {.key = "activity_monitor.lock_grace_minutes",
         .default_value = 5.0,
         .range = minutes,
         .unit = "minutes",
         .meaning = "While the screen is locked, the timeout is this short.",
         .apply = [](Settings& s, const Value& v) { s.core.presence.lock_grace = minutes_of(v); }},
        {.key = "activity_monitor.keyboard.enabled",
         .default_value = true,
         .meaning = "Whether key presses count; doze knows that a key was pressed, never which.",
         .apply = [](Settings& s, const Value& v) { s.sources.keyboard = std::get<bool>(v); }},
        {.key = "activity_monitor.mouse.enabled",
         .default_value = true,
         .meaning = "Whether the mouse counts.",
         .apply = [](Settings& s, const Value& v) { s.sources.mouse = std::get<bool>(v); }},
        {.key = "activity_monitor.mouse.movement_threshold",
         .default_value = Integer{5},
         .range = Range{0, 10000},
         .unit = "pixels",
         .meaning = "Smaller movements are a shaken desk and do not count.",
         .apply = [](Settings& s,
                     const Value& v) { s.sources.movement_threshold = static_cast<int>(std::get<Integer>(v)); }},
        {.key = "activity_monitor.terminals.enabled",
         .default_value = true,
         .meaning = "Whether typing in your terminals and SSH sessions counts; on a machine without a desktop it is "
                    "all there is.",
         .apply = [](Settings& s, const Value& v) { s.sources.terminals = std::get<bool>(v); }},
        {.key = "activity_monitor.inhibitors.enabled",
         .default_value = true,
         .meaning = "Whether programs that keep the desktop awake (a presentation, a call, a player) count, within the "
                    "passive limit.",
         .apply = [](Settings& s, const Value& v) { s.sources.inhibitors = std::get<bool>(v); }},
        {.key = "activity_monitor.other_sessions.enabled",
         .default_value = true,
         .meaning =
             "Whether input in your other desktop sessions on this machine (VNC, xrdp, a second log-in) counts; where "
             "one can't be watched, nothing is put to sleep.",
         .apply = [](Settings& s, const Value& v) { s.sources.other_sessions = std::get<bool>(v); }},
        {.key = "activity_monitor.screen.enabled",
         .default_value = true,
         .meaning = "Whether changes on the screen count; no picture is kept.",
         .apply = [](Settings& s, const Value& v) { s.sources.screen = std::get<bool>(v); }},
        {.key = "activity_monitor.screen.interval_seconds",
         .default_value = 5.0,
         .range = seconds,
         .unit = "seconds",
         .meaning = "The time within which changes of the screen are added up.",
         .apply = [](Settings& s, const Value& v) { s.sources.screen_interval = seconds_of(v); }},
        {.key = "activity_monitor.screen.diff_threshold",
         .default_value = 0.05,
         .range = share,
         .unit = "share of the screen",
         .meaning = "How much of the screen must change within the interval to count.",
         .apply = [](Settings& s, const Value& v) { s.sources.diff_threshold = std::get<double>(v); }},
        {.key = "activity_monitor.audio.enabled",
         .default_value = true,
         .meaning = "Whether played sound counts; the microphone is never opened.",
         .apply = [](Settings& s, const Value& v) { s.sources.audio = std::get<bool>(v); }},
        {.key = "activity_monitor.audio.interval_seconds",
         .default_value = 2.0,
         .range = seconds,
         .unit = "seconds",
         .meaning = "How often the loudness of what is played is looked at while something plays.",
         .apply = [](Settings& s, const Value& v) { s.sources.audio_interval = seconds_of(v); }},
        {.key = "activity_monitor.audio.volume_threshold",
         .default_value = 0.01,
         .range = share,
         .unit = "share of full loudness",
         .meaning = "Quieter sound does not count.",
         .apply = [](Settings& s, const Value& v) { s.sources.volume_threshold = std::get<double>(v); }},
        {.key = "activity_monitor.window.enabled",
         .default_value = true,
         .meaning = "Whether a change of the active window counts; titles are never read.",
         .apply = [](Settings& s, const Value& v) { s.sources.window = std::get<bool>(v); }},
        {.key = "activity_monitor.window.interval_seconds",
         .default_value = 2.0,
         .range = seconds,
         .unit = "seconds",
         .meaning = "How often the active window is looked at where the desktop does not tell by itself.",
         .apply = [](Settings& s, const Value& v) { s.sources.window_interval = seconds_of(v); }},
    };
}

std::vector<Field> aws_fields() {
    return {
        {.key = "aws.regions",
         .default_value = Texts{"ap-northeast-2", "us-east-1", "us-west-1", "us-west-2", "eu-central-1", "eu-west-1"},
         .text_check = region_name,
         .meaning = "The regions that lists cover; \"all\": those that AWS says are enabled for the account.",
         .apply =
             [](Settings& s, const Value& v) {
                 s.core.regions = regions_of(v);
                 s.all_regions = std::ranges::find(std::get<Texts>(v), every_region) != std::get<Texts>(v).end();
             }},
        {.key = "aws.credentials.use_profile",
         .default_value = false,
         .meaning = "Whether to use the profile named below instead of looking for credentials everywhere "
                    "(docs/credentials.md).",
         .apply = [](Settings& s, const Value& v) { s.use_profile = std::get<bool>(v); }},
        {.key = "aws.credentials.profile_name",
         .default_value = std::string("default"),
         .text_check = profile,
         .meaning = "The profile in ~/.aws/credentials or ~/.aws/config, if use_profile is true.",
         .apply = [](Settings& s, const Value& v) { s.profile_name = std::get<std::string>(v); }},
        {.key = "aws.service_state_check_interval_minutes",
         .default_value = 5.0,
         .range = minutes,
         .unit = "minutes",
         .meaning = "How often doze asks AWS about the registered resources, give or take a tenth, and compares with "
                    "what should be.",
         .apply = [](Settings& s, const Value& v) { s.core.check_interval = minutes_of(v); }},
        {.key = "guards.production_tags",
         .default_value = core::GuardSettings{}.production_tags,
         .text_check = tag_pattern,
         .may_be_empty = true,
         .meaning = "A resource with one of these tags is never put to sleep; upper and lower case are the same.",
         .apply = [](Settings& s, const Value& v) { s.core.guards.production_tags = std::get<Texts>(v); }},
        {.key = "commands.only_registered",
         .default_value = false,
         .meaning = "Whether commands, too, act on what is registered only, instead of on any resource of the regions.",
         .apply = [](Settings& s, const Value& v) { s.core.only_registered = std::get<bool>(v); }},
        {.key = "dry_run",
         .default_value = false,
         .meaning = "Decide and show everything, and change nothing at AWS.",
         .apply = [](Settings& s, const Value& v) { s.core.dry_run = std::get<bool>(v); }},
    };
}

std::vector<Field> server_fields() {
    return {
        {.key = "udp_server.ip",
         .default_value = std::string("127.0.0.1"),
         .text_check = ip_address,
         .meaning = "The address that the UDP server listens on.",
         .apply = [](Settings& s, const Value& v) { s.udp.ip = std::get<std::string>(v); }},
        {.key = "udp_server.port",
         .default_value = Integer{20200},
         .range = port,
         .meaning = "The port of the UDP server; 0 takes any free one.",
         .apply = [](Settings& s, const Value& v) { s.udp.port = port_of(v); }},
        {.key = "udp_server.buffer_size",
         .default_value = Integer{4096},
         .range = Range{512, 65507},  // 65507: the most that a UDP datagram over IPv4 carries.
         .unit = "bytes",
         .meaning = "No reply over UDP is larger than this.",
         .apply = [](Settings& s,
                     const Value& v) { s.udp_buffer_size = static_cast<std::size_t>(std::get<Integer>(v)); }},
        {.key = "tcp_server.ip",
         .default_value = std::string("127.0.0.1"),
         .text_check = ip_address,
         .meaning = "The address that the TCP server listens on.",
         .apply = [](Settings& s, const Value& v) { s.tcp.ip = std::get<std::string>(v); }},
        {.key = "tcp_server.port",
         .default_value = Integer{20200},
         .range = port,
         .meaning = "The port of the TCP server; 0 takes any free one.",
         .apply = [](Settings& s, const Value& v) { s.tcp.port = port_of(v); }},
        {.key = "web.ip",
         .default_value = std::string("127.0.0.1"),
         .text_check = ip_address,
         .meaning = "The address that the web page and its API listen on.",
         .apply = [](Settings& s, const Value& v) { s.web.ip = std::get<std::string>(v); }},
        {.key = "web.port",
         .default_value = Integer{20201},
         .range = port,
         .meaning = "The port of the web page and its API; 0 takes any free one.",
         .apply = [](Settings& s, const Value& v) { s.web.port = port_of(v); }},
        {.key = "web.password",
         .default_value = false,
         .meaning = "Whether the web page asks for a password, which whoever opens it first chooses.",
         .apply = [](Settings& s, const Value& v) { s.web_password = std::get<bool>(v); }},
        {.key = "web.allowed_origins",
         .default_value = Texts{},
         .text_check = origin,
         .may_be_empty = true,
         .meaning = "Web pages of these origins may use doze through your browser, as its own page may; no others.",
         .apply = [](Settings& s, const Value& v) { s.web_allowed_origins = std::get<Texts>(v); }},
    };
}

std::vector<Field> desktop_fields() {
    return {
        {.key = "notifications.enabled",
         .default_value = true,
         .meaning = "Whether doze tells on the desktop before something is put to sleep, when all is awake again, and "
                    "when something failed.",
         .apply = [](Settings& s, const Value& v) { s.notifications = std::get<bool>(v); }},
    };
}

std::vector<Field> security_fields() {
    return {
        {.key = "security.token",
         .default_value = std::string(),
         .text_check = token,
         .secret = true,
         .meaning = "What a client from another machine must know; without it doze listens on loopback only "
                    "(docs/protocol.md, \"Who may talk\"). `openssl rand -hex 32` makes one.",
         .apply = [](Settings& s, const Value& v) { s.security.token = Secret(std::get<std::string>(v)); }},
        {.key = "security.certificate",
         .default_value = std::string(),
         .text_check = file_path,
         .meaning = "The certificate (PEM, its chain after it) for TCP and HTTP beyond loopback, where they need TLS.",
         .apply = [](Settings& s, const Value& v) { s.security.certificate = std::get<std::string>(v); }},
        {.key = "security.key",
         .default_value = std::string(),
         .text_check = file_path,
         .meaning = "The key of that certificate (PEM).",
         .apply = [](Settings& s, const Value& v) { s.security.key = std::get<std::string>(v); }},
        {.key = "security.requests_per_second",
         .default_value = Integer{1000},
         .range = Range{1, 1'000'000},
         .unit = "requests per second",
         .meaning = "What one client may ask for, over UDP, TCP or HTTP; after a rest as many at once.",
         .apply = [](Settings& s, const Value& v) { s.security.requests_per_second = std::get<Integer>(v); }},
    };
}

std::vector<Field> all_fields() {
    std::vector<Field> all;
    for (auto part : {activity_fields(), aws_fields(), desktop_fields(), server_fields(), security_fields()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

std::optional<Value> in_range(const Field& field, double number, Value value) {
    if (field.range && (number < field.range->min || number > field.range->max)) return std::nullopt;
    return value;
}

std::optional<Value> read_integer(const Field& field, const JsonNode& node) {
    if (const auto* whole = std::get_if<Integer>(&node.value))
        return in_range(field, static_cast<double>(*whole), *whole);
    // Some programs write 5 as 5.0.
    const auto* real = std::get_if<double>(&node.value);
    constexpr double exact = 9007199254740992.0;  // 2^53: up to here a double holds every whole number.
    if (real == nullptr || std::trunc(*real) != *real || std::abs(*real) > exact) return std::nullopt;
    return in_range(field, *real, static_cast<Integer>(*real));
}

std::optional<Value> read_number(const Field& field, const JsonNode& node) {
    if (const auto* real = std::get_if<double>(&node.value)) return in_range(field, *real, *real);
    if (const auto* whole = std::get_if<Integer>(&node.value)) {
        const auto number = static_cast<double>(*whole);
        return in_range(field, number, number);
    }
    return std::nullopt;
}

std::optional<std::string> read_text(const Field& field, const JsonNode& node) {
    const auto* text = std::get_if<std::string>(&node.value);
    if (text == nullptr || (field.text_check && !field.text_check->ok(*text))) return std::nullopt;
    return *text;
}

std::optional<Value> read_texts(const Field& field, const JsonNode& node) {
    const auto* list = std::get_if<JsonNode::List>(&node.value);
    if (list == nullptr || (list->empty() && !field.may_be_empty)) return std::nullopt;
    Texts texts;
    for (const auto& item : *list) {
        auto text = read_text(field, item);
        if (!text) return std::nullopt;
        texts.push_back(std::move(*text));
    }
    return texts;
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

std::string allowed(const Field& field) {
    const auto expected = field.text_check ? field.text_check->expected : std::string_view();
    if (std::holds_alternative<bool>(field.default_value)) return "true or false";
    if (std::holds_alternative<std::string>(field.default_value)) return std::string(expected);
    if (std::holds_alternative<Texts>(field.default_value))
        return fmt::format("a list of {}{}", field.may_be_empty ? "" : "one or more ", expected);
    const auto* kind = std::holds_alternative<Integer>(field.default_value) ? "a whole number" : "a number";
    return field.range ? fmt::format("{} from {} to {}", kind, field.range->min, field.range->max) : kind;
}

std::optional<Value> read_value(const Field& field, const JsonNode& node) {
    if (std::holds_alternative<double>(field.default_value)) return read_number(field, node);
    if (std::holds_alternative<Integer>(field.default_value)) return read_integer(field, node);
    if (std::holds_alternative<Texts>(field.default_value)) return read_texts(field, node);
    if (std::holds_alternative<std::string>(field.default_value)) {
        auto text = read_text(field, node);
        if (!text) return std::nullopt;
        return Value(std::move(*text));
    }
    if (const auto* flag = std::get_if<bool>(&node.value)) return *flag;
    return std::nullopt;
}

std::string to_json(const Value& value) {
    struct Writer {
        std::string operator()(bool flag) const { return flag ? "true" : "false"; }
        std::string operator()(Integer number) const { return std::to_string(number); }
        std::string operator()(double number) const { return fmt::format("{}", number); }
        std::string operator()(const std::string& text) const {
            return boost::json::serialize(boost::json::value(text));
        }
        std::string operator()(const Texts& texts) const {
            std::string out = "[";
            for (const auto& text : texts) out += (out.size() > 1 ? ", " : "") + (*this)(text);
            return out + "]";
        }
    };
    return std::visit(Writer{}, value);
}

}  // namespace doze::config
