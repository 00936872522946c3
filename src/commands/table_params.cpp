#include "commands/table_params.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/ids.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "core/policy/holds.hpp"

namespace doze::commands {
namespace {

using core::KindInfo;

template <class T>
struct OfMember;
template <class Object, class T>
struct OfMember<T Object::*> {
    using Class = Object;
    using Type = T;
};

template <class T>
struct Plain {
    using Type = T;
};
template <class T>
struct Plain<std::optional<T>> {
    using Type = T;
};

/// Converts a value to the type of the member that receives it.
template <class T>
T as(const Argument& value) {
    if constexpr (std::is_same_v<T, std::string>) {
        const auto* text = std::get_if<std::string_view>(&value);
        return text ? std::string(*text) : std::get<std::string>(value);
    } else if constexpr (std::is_same_v<T, Secret>) {
        return Secret(std::get<std::string_view>(value));
    } else if constexpr (std::is_same_v<T, core::WallTime>) {
        return core::WallTime(std::chrono::seconds(std::get<std::int64_t>(value)));
    } else if constexpr (std::is_same_v<T, int>) {
        return static_cast<int>(std::get<std::int64_t>(value));
    } else {
        return std::get<T>(value);
    }
}

/// Param::set for a member of the request, or a member of that member.
template <auto member, auto... below>
void into(Request& request, const Argument& value) {
    auto& object = std::get<typename OfMember<decltype(member)>::Class>(request);
    auto& target = ((object.*member).*....*below);
    target = as<typename Plain<std::remove_cvref_t<decltype(target)>>::Type>(value);
}

template <class Id, Id core::ResourceId::*member>
void into_id(Request& request, const Argument& value) {
    auto& id = *resource_of(request);
    if constexpr (std::is_same_v<Id, std::string>)
        id.*member = std::get<std::string>(value);
    else
        id.*member = Id(std::get<std::string>(value));
}

constexpr std::string_view line_pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$(?!\\n)";
constexpr std::string_view word_pattern = "^[A-Za-z0-9_]{0,64}$(?!\\n)";

/// A generous limit: AWS's quota is 450 nodes for a group unless raised.
constexpr std::int64_t largest_count = 10'000;

constexpr auto fewest_minutes = std::chrono::duration_cast<std::chrono::minutes>(core::Holds::shortest_snooze).count();
constexpr auto most_minutes = std::chrono::duration_cast<std::chrono::minutes>(core::Holds::longest_snooze).count();

constexpr std::string_view power_words[] = {"START", "STOP", "SCALE"};

/// The default action is SCALE if a size is given: the original's clients scale a node group without naming an action.
std::optional<std::string_view> scale_where_a_size_is_all(const Arguments& given) {
    const auto type = given.find(service_type());
    const auto* word = std::get_if<std::string_view>(&type);
    if (!word || std::holds_alternative<std::monostate>(given.find(param::desired_size))) return std::nullopt;
    const auto can_only_scale = [&](const KindInfo& kind) {
        return equal_ignoring_case(kind.command, *word) && kind.verbs.scale && !kind.verbs.start;
    };
    return std::ranges::any_of(core::kinds(), can_only_scale) ? std::optional<std::string_view>("SCALE") : std::nullopt;
}

}  // namespace

namespace param {

constexpr Param region{.name = "region",
                       .part = "region",
                       .type = ParamType::region,
                       .most = 32,
                       .pattern = pattern::region,
                       .what = "Only this region",
                       .set = into<&ListRequest::region>};

constexpr Param max_age{.name = "max_age_seconds",
                        .type = ParamType::seconds,
                        .what = "Ask AWS first if what is known is older; 0 always",
                        .set = into<&ListRequest::max_age_seconds>};

constexpr Param desired_size{.name = "desired_size",
                             .part = "count",
                             .type = ParamType::integer,
                             .part_required = true,
                             .most = largest_count,
                             .fits = &core::KindInfo::sized,
                             .what = "SCALE: how many; 0 stops it",
                             .set = into<&PowerRequest::desired_size>};

constexpr Param reason{.name = "reason",
                       .part = "reason",
                       .type = ParamType::line,
                       .required = true,
                       .part_required = true,
                       .least = 1,
                       .most = 256,
                       .pattern = line_pattern,
                       .what = "Shown to the person",
                       .set = into<&HoldRequest::reason>};

constexpr Param more_token{.name = "token",
                           .part = "token",
                           .type = ParamType::token,
                           .required = true,
                           .part_required = true,
                           .what = "The member 'more' of a truncated reply",
                           .set = into<&MoreRequest::after>};

constexpr Param service{.name = "service",
                        .type = ParamType::kind,
                        .required = true,
                        .beside_content = true,
                        .what = "Which list",
                        .set = [](Request& request, const Argument& value) {
                            std::get<ListRequest>(request).scope.kind = std::get<core::Kind>(value);
                        }};

constexpr Param timer{.name = "timer",
                      .type = ParamType::flag,
                      .what = "The person's timer each second; on a WebSocket it comes unless this is false",
                      .set = into<&EventsRequest::timer>};

constexpr Param command{.name = "command",
                        .part = "command",
                        .pattern = word_pattern,
                        .what = "Only the commands of this word or type",
                        .set = into<&HelpRequest::command>};

constexpr Param activity{.name = "activity",
                         .tolerant = true,
                         .what = "What it was; one that begins with TIMER_ is none",
                         .set = into<&ActivityRequest::activity>};

// A token that is not text is as wrong as any other wrong token, so it is not reported differently.
constexpr Param auth_token{.name = "token",
                           .part = "token",
                           .part_required = true,
                           .tolerant = true,
                           .takes_rest = true,
                           .what = "security.token of doze's settings.json",
                           .set = into<&AuthRequest::token>};

constexpr Param password{.name = "password",
                         .tolerant = true,
                         .beside_content = true,
                         .what = "The page's password",
                         .set = into<&PasswordRequest::secret>};

constexpr Param auth_key{.name = "authKey",
                         .tolerant = true,
                         .beside_content = true,
                         .what = "What a right password got",
                         .set = into<&PasswordRequest::secret>};

}  // namespace param

std::string_view to_string(PowerAction action) {
    return power_words[static_cast<std::size_t>(action)];
}

Param power_action() {
    static const auto what = fmt::format("SCALE is for {} only", core::commands_with(&core::KindInfo::sized));
    return {.name = "action",
            .type = ParamType::choice,
            .required = true,
            .choices = "START|STOP|SCALE",
            .what = what,
            .fallback = scale_where_a_size_is_all,
            .set = [](Request& request, const Argument& value) {
                const auto word = std::ranges::find(power_words, std::get<std::string_view>(value));
                std::get<PowerRequest>(request).action = static_cast<PowerAction>(word - std::begin(power_words));
            }};
}

Result<void> check_power(Request& request) {
    auto& power = std::get<PowerRequest>(request);
    if (power.action == PowerAction::stop) power.desired_size.reset();
    if (power.action != PowerAction::scale) return {};
    if (!core::info(power.id.kind).sized)
        return bad_request(fmt::format("Only {} can be scaled.", core::nouns_with(&core::KindInfo::sized)));
    if (!power.desired_size) return bad_request("The member 'desired_size' is missing from the content.");
    return {};
}

const std::vector<Param>& registration_params() {
    static const auto resized =
        core::commands_with(&core::KindInfo::sized) + ": how many a wake restores where doze does not know";
    static const auto hibernates =
        core::commands_with(&core::KindInfo::hibernates) + ": hibernate instead of stop, where it can";
    static const auto loaded =
        core::commands_with(&core::KindInfo::loaded) + ": keep it awake while its CPU is above this";
    static const std::vector<Param> params{
        {.name = "description",
         .type = ParamType::line,
         .most = 256,
         .pattern = line_pattern,
         .what = "What it is, for people",
         .set = into<&RegisterRequest::registration, &core::Registration::description>},
        {.name = "desired_size",
         .type = ParamType::integer,
         .most = largest_count,
         .fits = &core::KindInfo::sized,
         .only_where_it_fits = true,
         .what = resized,
         .set = into<&RegisterRequest::registration, &core::Registration::desired_size>},
        {.name = "force",
         .type = ParamType::flag,
         .what = "Although a tag guards it",
         .set = into<&RegisterRequest::registration, &core::Registration::force>},
        {.name = "hibernate",
         .type = ParamType::flag,
         .fits = &core::KindInfo::hibernates,
         .only_where_it_fits = true,
         .what = hibernates,
         .set = into<&RegisterRequest::registration, &core::Registration::hibernate>},
        {.name = "busy_cpu_percent",
         .type = ParamType::integer,
         .least = 1,
         .most = 100,
         .fits = &core::KindInfo::loaded,
         .only_where_it_fits = true,
         .what = loaded,
         .set = into<&RegisterRequest::registration, &core::Registration::busy_cpu_percent>}};
    return params;
}

const std::vector<Param>& snooze_params() {
    static const std::vector<Param> params{
        {.name = "minutes",
         .part = "minutes",
         .type = ParamType::integer,
         .part_required = true,
         .least = fewest_minutes,
         .most = most_minutes,
         .noun = "number of minutes",
         .what = "For so long",
         .set = into<&SnoozeRequest::minutes>},
        {.name = "until",
         .type = ParamType::seconds,
         .what = "Or until then, in seconds since the epoch: one minute to seven days ahead",
         .set = into<&SnoozeRequest::until>}};
    return params;
}

Result<void> check_snooze(Request& request) {
    const auto& snooze = std::get<SnoozeRequest>(request);
    if (snooze.minutes || snooze.until) return {};
    return bad_request("The content says neither 'minutes' nor 'until'.");
}

const std::vector<Param>& history_params() {
    static const std::vector<Param> params{{.name = "limit",
                                            .part = "limit",
                                            .type = ParamType::integer,
                                            .least = 1,
                                            .most = 1000,
                                            .what = "At most so many lines (100)",
                                            .set = into<&HistoryRequest::query, &core::HistoryQuery::limit>},
                                           {.name = "since",
                                            .type = ParamType::seconds,
                                            .what = "None older, in seconds since the epoch",
                                            .set = into<&HistoryRequest::query, &core::HistoryQuery::since>},
                                           {.name = "before",
                                            .part = "before",
                                            .type = ParamType::integer,
                                            .most = most_exact,
                                            .noun = "line's id",
                                            .what = "Only lines older than the one of this id",
                                            .set = into<&HistoryRequest::query, &core::HistoryQuery::before>}};
    return params;
}

const std::vector<Param>& switch_params() {
    static const std::vector<Param> params{{.name = "instanceId",
                                            .required = true,
                                            .beside_content = true,
                                            .what = "The instance",
                                            .set = into<&SwitchInstanceRequest::instance_id>},
                                           {.name = "region",
                                            .beside_content = true,
                                            .what = "Where doze has not seen it: its region",
                                            .set = into<&SwitchInstanceRequest::region>}};
    return params;
}

const Param& service_type() {
    static constexpr Param param{.name = "service_type",
                                 .type = ParamType::kind,
                                 .required = true,
                                 .what = "The kind, with the members that name a resource of it",
                                 .set = [](Request& request, const Argument& value) {
                                     resource_of(request)->kind = std::get<core::Kind>(value);
                                 }};
    return param;
}

std::vector<Param> resource_params(const KindInfo& kind) {
    std::vector<Param> params;
    if (kind.in_cluster)
        params.push_back({.name = "cluster_name",
                          .part = "cluster",
                          .type = ParamType::cluster,
                          .required = true,
                          .part_required = true,
                          .pattern = pattern::cluster_name,
                          .what = "Its cluster",
                          .set = into_id<ClusterName, &core::ResourceId::cluster>});
    params.push_back({.name = kind.name_key,
                      .part = kind.name_part,
                      .type = ParamType::name,
                      .required = true,
                      .part_required = true,
                      .pattern = kind.name_pattern,
                      .of = &kind,
                      .what = "Its name, or identifier",
                      .set = into_id<std::string, &core::ResourceId::name>});
    params.push_back({.name = "region",
                      .part = "region",
                      .type = ParamType::region,
                      .required = true,
                      .part_required = true,
                      .most = 32,
                      .pattern = pattern::region,
                      .what = "Where it is",
                      .set = into_id<Region, &core::ResourceId::region>});
    params.push_back({.name = "profile",
                      .type = ParamType::profile,
                      .pattern = pattern::profile_name,
                      .what = "The profile of ~/.aws that reaches it, where it is not the usual one",
                      .set = into_id<ProfileName, &core::ResourceId::profile>});
    return params;
}

core::ResourceId* resource_of(Request& request) {
    if (auto* power = std::get_if<PowerRequest>(&request)) return &power->id;
    if (auto* added = std::get_if<RegisterRequest>(&request)) return &added->registration.id;
    if (auto* removed = std::get_if<UnregisterRequest>(&request)) return &removed->id;
    return nullptr;
}

}  // namespace doze::commands
