#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "core/model/kinds.hpp"

namespace doze::commands {

enum class ParamType : std::uint8_t {
    text,    ///< A string of at most `most` characters.
    whole,   ///< A whole number from `least` to `most`.
    number,  ///< Any number from `least` on.
    flag,    ///< true or false.
};

/// The kinds of resources that a member is for.
enum class AppliesTo : std::uint8_t { all, sized, loaded, ec2 };

/// A member of the content of a JSON message. Null is as good as leaving it out.
struct Param {
    std::string_view name;
    ParamType type = ParamType::text;
    bool required = false;
    std::int64_t least = 0;
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    std::string_view pattern = {};    ///< What a text must match (ECMA 262).
    std::string_view choices = {};    ///< Or one of these, with '|' between.
    AppliesTo fits = AppliesTo::all;  ///< Of contents with a resource.
    std::string_view what = {};       ///< For people, one line.
};

/// What a content is made of.
struct Content {
    std::span<const Param> params = {};

    /// The members that name a resource of any kind belong to it too: service_type, its name, region, profile.
    bool resource = false;

    /// Exactly one of the members is wanted.
    bool one_of = false;
};

/// Where a command works.
enum class Scope : std::uint8_t {
    everywhere,
    connection,  ///< Only where there is a connection that it is about.
    paged,       ///< Only where replies are cut.
    dashboard,   ///< Everywhere, but meant for that page alone: its replies have types of their own.
    silent,      ///< Everywhere; it gets no reply.
};

/// Shapes of names, as base/ids takes them. No line end is let in by a `$`.
namespace pattern {
inline constexpr std::string_view region = "^[a-z]+(-[a-z]+)+-[0-9]{1,2}$(?!\\n)";
inline constexpr std::string_view name = "^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$(?!\\n)";
inline constexpr std::string_view profile = "^[^:\\u0000-\\u001f\\u007f]{1,128}$(?!\\n)";
inline constexpr std::string_view word = "^[A-Za-z0-9_]{0,64}$(?!\\n)";
inline constexpr std::string_view line = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$(?!\\n)";

/// Of the name of a resource.
[[nodiscard]] constexpr std::string_view of_name(core::Kind kind) {
    switch (kind) {
        case core::Kind::ec2: return "^i-([0-9a-f]{8}|[0-9a-f]{17})$(?!\\n)";
        case core::Kind::ecs: return name;
        case core::Kind::eks: return "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$(?!\\n)";
        case core::Kind::asg: return "^[!-9;-~]([ -9;-~]{0,253}[!-9;-~])?$(?!\\n)";
        case core::Kind::rds:
        case core::Kind::rds_cluster: return "^(?=.{1,63}$)[A-Za-z](-?[A-Za-z0-9])*$(?!\\n)";
    }
    return name;
}
}  // namespace pattern

/// The largest whole number that every client can write: what a double holds exactly.
inline constexpr std::int64_t most_exact = 9'007'199'254'740'991;

/// The contents of the commands, for the table.
namespace contents {

inline constexpr Param of_region{.name = "region", .most = 32, .pattern = pattern::region, .what = "Only this region"};

inline constexpr Param list[] = {of_region,
                                 {.name = "max_age_seconds",
                                  .type = ParamType::number,
                                  .what = "Ask AWS first if what is known is older; 0 always"}};

inline constexpr Param registered[] = {of_region};

inline constexpr Param refresh[] = {
    {.name = "service", .required = true, .choices = "ec2|ecs|eks|asg|rds|rds_cluster", .what = "Which list"},
    of_region};

inline constexpr Param power[] = {
    {.name = "action", .required = true, .choices = "START|STOP|SCALE", .what = "SCALE is for EKS and ASG only"},
    {.name = "desired_size",
     .type = ParamType::whole,
     .most = 10'000,
     .fits = AppliesTo::sized,
     .what = "SCALE: how many; 0 stops it"}};

inline constexpr Param registration[] = {
    {.name = "description", .most = 256, .pattern = pattern::line, .what = "What it is, for people"},
    {.name = "desired_size",
     .type = ParamType::whole,
     .most = 10'000,
     .fits = AppliesTo::sized,
     .what = "EKS and ASG: how many a wake restores where doze does not know"},
    {.name = "force", .type = ParamType::flag, .what = "Although a tag guards it"},
    {.name = "hibernate",
     .type = ParamType::flag,
     .fits = AppliesTo::ec2,
     .what = "EC2: hibernate instead of stop, where it can"},
    {.name = "busy_cpu_percent",
     .type = ParamType::whole,
     .least = 1,
     .most = 100,
     .fits = AppliesTo::loaded,
     .what = "All but EKS: keep it awake while its CPU is above this"}};

inline constexpr Param snooze[] = {
    {.name = "minutes", .type = ParamType::whole, .least = 1, .most = 10'080, .what = "For so long"},
    {.name = "until",
     .type = ParamType::number,
     .what = "Or until then, in seconds since the epoch: one minute to seven days ahead"}};

inline constexpr Param hold[] = {{.name = "reason",
                                  .required = true,
                                  .least = 1,
                                  .most = 256,
                                  .pattern = pattern::line,
                                  .what = "Shown to the person"}};

inline constexpr Param history[] = {
    {.name = "limit", .type = ParamType::whole, .least = 1, .most = 1000, .what = "At most so many lines (100)"},
    {.name = "since", .type = ParamType::number, .what = "None older, in seconds since the epoch"},
    {.name = "before",
     .type = ParamType::whole,
     .most = most_exact,
     .what = "Only lines older than the one of this id"}};

inline constexpr Param events[] = {
    {.name = "timer",
     .type = ParamType::flag,
     .what = "The person's timer each second; on a WebSocket it comes unless this is false"}};

inline constexpr Param help[] = {
    {.name = "command", .pattern = pattern::word, .what = "Only the commands of this word or type"}};

}  // namespace contents

}  // namespace doze::commands
