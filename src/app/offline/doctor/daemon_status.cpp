#include "app/offline/doctor/daemon_status.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <chrono>
#include <fmt/format.h>

#include "adapters/store/state_lock.hpp"
#include "base/json.hpp"
#include "base/paths.hpp"
#include "base/version.hpp"
#include "cli/client.hpp"
#include "cli/reply_text.hpp"
#include "core/model/time.hpp"

namespace doze::doctor {

namespace {

/// The element of `all` with this name, else the first.
template <class Words>
auto of_word(const Words& all, std::string_view word) {
    const auto found = std::ranges::find(all, word, [](auto one) { return to_string(one); });
    return found == std::end(all) ? *std::begin(all) : *found;
}

Result<boost::json::object> ask_status(const std::filesystem::path& state_dir, std::chrono::milliseconds patience) {
    auto client = cli::Client::connect(control_socket(state_dir), {.timeout = patience});
    if (!client) return client.error();
    auto answer = client->ask("SYSTEM_STATUS");
    if (!answer) return answer.error();
    if (answer->refused) return Error{.message = "doze refused: " + cli::shown_at(answer->content, "message")};
    return std::move(answer->content);
}

std::set<std::string> resources_with(const boost::json::object& status, std::string_view flag) {
    std::set<std::string> ids;
    for (const auto& item : array_at(status, "resources")) {
        const auto& resource = as_object(item);
        if (flag_at(resource, flag)) ids.insert(cli::shown_at(resource, "id"));
    }
    return ids;
}

}  // namespace

DaemonFacts ask_daemon(const std::filesystem::path& state_dir, std::chrono::milliseconds patience) {
    return {.status = ask_status(state_dir, patience), .lock_holder = store::StateLock::holder(state_dir)};
}

Finding judge_daemon(const DaemonFacts& facts, const std::filesystem::path& state_dir) {
    Finding finding{.area = "daemon", .what = "doze"};
    const auto process = facts.lock_holder ? fmt::format(" (process {})", *facts.lock_holder) : std::string();
    if (facts.runs()) {
        const auto version = cli::shown_at(*facts.status, "version");
        const auto up = std::chrono::seconds(number_at(*facts.status, "uptime_seconds").value_or(0));
        finding.finding = fmt::format("runs{}, version {}, for {}", process, version, core::to_string(up));
        if (version != doze::version()) {
            finding.grade = Grade::warn;
            finding.fix = fmt::format("This command is of version {}: start the daemon again.", doze::version());
        } else if (flag_at(*facts.status, "dry_run")) {
            finding.grade = Grade::warn;
            finding.finding += "; a dry run: it decides and shows everything, and changes nothing";
            finding.fix = "Start it without --dry-run, and with `dry_run` off in settings.json.";
        }
        return finding;
    }
    if (facts.lock_holder) {
        finding.grade = Grade::fail;
        finding.finding = fmt::format("process {} holds the lock of {}, but does not answer: {}", *facts.lock_holder,
                                      state_dir.string(), facts.status.error().message);
        finding.fix = fmt::format("Look into aws_monitor.log; `kill {}` ends it, and what sleeps stays known.",
                                  *facts.lock_holder);
        return finding;
    }
    if (facts.status.error().code == ErrorCode::not_found) {
        finding.grade = Grade::note;
        finding.finding = "not running";
        finding.fix = fmt::format("Start it with `{}`.", cli::start_command());
        return finding;
    }
    finding.grade = Grade::fail;
    finding.finding = facts.status.error().message;
    finding.fix = facts.status.error().next_step;
    return finding;
}

std::vector<core::SourceStatus> sources_in(const boost::json::object& status) {
    std::vector<core::SourceStatus> sources;
    for (const auto& item : array_at(status, "sources")) {
        const auto& source = as_object(item);
        sources.push_back({.name = cli::shown_at(source, "name"),
                           .kind = of_word(core::signal_kinds, cli::shown_at(source, "kind")),
                           .state = of_word(core::source_states, cli::shown_at(source, "state")),
                           .detail = cli::shown_at(source, "detail"),
                           .partial = flag_at(source, "partial"),
                           .hides = flag_at(source, "hides")});
    }
    return sources;
}

std::set<std::string> asleep_in(const boost::json::object& status) {
    return resources_with(status, "asleep");
}

std::set<std::string> stopped_by_you_in(const boost::json::object& status) {
    return resources_with(status, "stopped_by_you");
}

}  // namespace doze::doctor
