#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/model/journal_entry.hpp"
#include "ports/journal.hpp"

/// Rows to write, and what is in the journal, in one order.
namespace doze::journal_contract {

inline core::WallTime noon() {
    using namespace std::chrono;
    return sys_days(2026y / 3 / 14) + 12h + 34ms;
}

inline core::JournalEntry instance(const std::string& id, core::SleepState step = core::SleepState::sleeping) {
    return {.id = core::ec2(Region("us-east-1"), InstanceId(id)),
            .sleep_state = step,
            .snapshot = {.desired = 1},
            .opened_at = noon()};
}

inline core::JournalEntry service(int desired) {
    return {.id = core::ecs(Region("eu-west-1"), ClusterName("web"), ServiceName("api")),
            .initiator = core::Initiator::person,
            .snapshot = {.desired = desired},
            .opened_at = noon()};
}

inline core::JournalEntry nodegroup() {
    return {.id = core::eks(Region("ap-northeast-2"), ClusterName("dev"), NodegroupName("workers")),
            .sleep_state = core::SleepState::waking,
            .snapshot = {.desired = 2, .min = 1, .max = 4},
            .opened_at = noon(),
            .called_at = noon() + std::chrono::minutes(1),
            .left_size = core::Size{.desired = 0, .min = 0, .max = 4},
            .left_changed_at = noon() + std::chrono::minutes(2)};
}

/// With something in every field.
inline core::JournalEntry group() {
    return {.id = core::asg(Region("us-east-1"), GroupName("fleet")),
            .sleep_state = core::SleepState::asleep,
            .snapshot = {.desired = 2, .min = 1, .max = 4, .suspended = 16},
            .opened_at = noon(),
            .called_at = noon() + std::chrono::minutes(1),
            .left_size = core::Size{.desired = 0, .min = 0, .max = 0, .suspended = 472},
            .left_changed_at = noon() + std::chrono::minutes(2),
            .restarts_at = noon() + std::chrono::days(7),
            .account = AccountId("123456789012 aws https://aws.example"),
            .created_at = noon() - std::chrono::days(100),
            .requested = true,
            .goal = core::Size{.desired = 3, .min = 2, .max = 5, .suspended = 8}};
}

inline std::vector<core::JournalEntry> sorted(std::vector<core::JournalEntry> entries) {
    std::ranges::sort(entries, {}, &core::JournalEntry::id);
    return entries;
}

/// All open rows; throws (a bug in the test) if they can't be read.
inline std::vector<core::JournalEntry> rows(ports::Journal& journal) {
    return sorted(journal.entries().value());
}

inline Result<void> put(ports::Journal& journal, std::vector<core::JournalEntry> entries) {
    return journal.write(entries, {});
}

inline Result<void> close(ports::Journal& journal, const core::ResourceId& id) {
    return journal.write({}, std::vector{id});
}

}  // namespace doze::journal_contract
