// SNOOZE, RESUME, HOLD and RELEASE.
#include <chrono>
#include <fmt/format.h>
#include <utility>

#include "commands/handlers.hpp"

namespace doze::commands {
namespace {

using std::chrono::duration_cast;
using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto fewest_minutes = duration_cast<minutes>(core::Holds::shortest_snooze).count();
constexpr auto most_minutes = duration_cast<minutes>(core::Holds::longest_snooze).count();

void say(const Call& call, std::string_view message) {
    call.succeed([&](JsonWriter& writer) {
        if (call.form() == Form::json) writer.member("result", true);
        writer.member("message", message);
    });
}

void snooze(Call call, core::Duration span) {
    auto& host = call.host();
    const auto now = host.now();
    const auto until = floor<seconds>(now.wall + span).time_since_epoch().count();
    host.order(
        [&](core::RequestId order) {
            return core::SnoozeRequested{order, now.boot + span};
        },
        [call = std::move(call), until](const Result<core::RequestResult>& result) {
            if (!result) return call.fail(result.error());
            call.succeed([&](JsonWriter& writer) {
                if (call.form() == Form::json) writer.member("result", true);
                writer.member("until", until);
                writer.member("message", result->message);
            });
        });
}

void resume(Call call) {
    auto& host = call.host();
    host.order([](core::RequestId order) { return core::ResumeRequested{order}; },
               [call = std::move(call)](const Result<core::RequestResult>& result) {
                   if (!result) return call.fail(result.error());
                   say(call, result->message);
               });
}

void hold(Call call, const Result<std::string>& reason) {
    if (!reason) return call.fail(reason.error());
    const auto connection = call.listener().lock();
    if (!connection)
        return call.fail(bad_request("HOLD works only on a connection, since it ends with it.",
                                     "Send it over doze's Unix socket, as `doze hold` does, or snooze."));
    auto& host = call.host();
    connection->keep(host.hold(*reason, [call = std::move(call)](const Result<core::RequestResult>& result) {
        if (!result) return call.fail(result.error());
        say(call, result->message);
    }));
}

void release(const Call& call) {
    const auto connection = call.listener().lock();
    const bool kept = connection && connection->keeps();
    if (kept) connection->keep(nullptr);
    say(call, kept ? "This connection holds nothing awake any more." : "This connection held nothing awake.");
}

}  // namespace

void snooze_text(Call call, Parts parts) {
    const auto span = parse_number("number of minutes", parts[0], fewest_minutes, most_minutes);
    if (!span) return call.fail(span.error());
    snooze(std::move(call), minutes(*span));
}

void snooze_json(Call call, const Message& message) {
    const auto span = optional_number(message.content(), "minutes", fewest_minutes, most_minutes);
    if (!span) return call.fail(span.error());
    if (*span) return snooze(std::move(call), minutes(**span));
    const auto until = optional_seconds(message.content(), "until");
    if (!until) return call.fail(until.error());
    if (!*until) return call.fail(bad_request("The content says neither 'minutes' nor 'until'."));
    const auto left = core::WallTime(seconds(**until)) - call.host().now().wall;
    if (left < core::Holds::shortest_snooze || left > core::Holds::longest_snooze)
        return call.fail(
            bad_request("The member 'until' must be from one minute to seven days ahead, in seconds since the epoch."));
    snooze(std::move(call), left);
}

void resume_text(Call call, Parts) {
    resume(std::move(call));
}

void resume_json(Call call, const Message&) {
    resume(std::move(call));
}

void hold_text(Call call, Parts parts) {
    hold(std::move(call), parse_line("reason", parts[0]));
}

void hold_json(Call call, const Message& message) {
    const auto reason = text_member(message.content(), "reason");
    if (!reason) return call.fail(reason.error());
    hold(std::move(call), parse_line("reason", *reason));
}

void release_text(Call call, Parts) {
    release(call);
}

void release_json(Call call, const Message&) {
    release(call);
}

}  // namespace doze::commands
