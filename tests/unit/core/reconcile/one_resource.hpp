#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "core/reconcile/describing.hpp"
#include "core/reconcile/reconcile.hpp"

namespace doze::core {

/// One registered resource that was just seen awake, a person who is away, and one reconciliation of both. What it came
/// to is told in words, so that a table can hold it.
struct OneResource {
    Settings settings;
    bool away = true;
    bool blind = false;
    bool held = false;
    Now now{.boot = TimePoint(std::chrono::hours(100)), .wall = WallTime(std::chrono::hours(1000))};
    ResourceRecord record{.id = ec2(Region("eu-west-1"), InstanceId("i-1"))};
    Batch out;

    OneResource() {
        record.registration = Registration{.id = record.id};
        see(Phase::awake, {.desired = 1});
    }

    /// An ECS service of 3 with a scalable target of 1 to 4.
    void is_service() {
        record.id = ecs(Region("eu-west-1"), ClusterName("c"), ServiceName("web"));
        record.registration = Registration{.id = record.id};
        see(Phase::awake, whole);
    }

    /// As a description that was asked for just now shows it.
    Observation& see(Phase phase, Size size = {}) {
        record.seen = Observation{.id = record.id, .phase = phase, .size = size};
        record.seen->state = phase == Phase::awake ? "running" : phase == Phase::asleep ? "stopped" : "pending";
        record.polling.seen_at = record.polling.answered_at = now.boot;
        return *record.seen;
    }
    void saw_long_ago() {
        record.polling.seen_at = now.boot - std::chrono::hours(1);
        record.polling.fresh_from = now.boot;
    }

    /// A row that was opened ten minutes ago.
    JournalEntry& row(SleepState state, Initiator initiator = Initiator::doze) {
        record.entry = JournalEntry{.id = record.id,
                                    .sleep_state = state,
                                    .initiator = initiator,
                                    .snapshot = record.id.kind == Kind::ecs ? whole : Size{.desired = 1},
                                    .opened_at = now.wall - std::chrono::minutes(10),
                                    .called_at = now.wall - std::chrono::minutes(10)};
        if (state == SleepState::asleep || state == SleepState::waking) record.entry->left_size = Size{};
        return *record.entry;
    }

    /// A call went out so long ago, and AWS accepted it, or did not answer.
    void accepted(Duration ago) {
        record.calls.send(now.boot - ago, false);
        record.calls.in_flight.reset();
        record.calls.accept(now.boot - ago);
    }
    void unanswered(Duration ago) {
        record.calls.send(now.boot - ago, false);
        record.calls.in_flight.reset();
        record.calls.doubt();
    }

    /// The same was answered so long ago, and doubted.
    void doubted(Duration ago) { record.doubt = Doubt{.seen = *record.seen, .since = now.boot - ago}; }

    void request(RequestVerb verb, int desired = 0) {
        record.request = Request{.verb = verb, .desired = desired, .ids = {7}};
    }

    [[nodiscard]] ReconcileContext context() const {
        return {.settings = settings, .away = away, .blind = blind, .held = held, .now = now};
    }
    std::string reconcile() {
        core::reconcile(record, context(), out);
        return said();
    }

    /// What was decided: "put sleeping; call sleep; say away".
    [[nodiscard]] std::string said() const {
        std::vector<std::string> words;
        for (const auto& id : out.close) words.emplace_back(id == record.id ? "close" : "close another");
        for (const auto& entry : out.put) words.push_back(fmt::format("put {}", name(entry)));
        for (const auto& target : out.sleep.targets)
            words.emplace_back(target.hibernate ? "call hibernate" : "call sleep");
        for (const auto& target : out.wake.targets)
            words.push_back(
                fmt::format("call wake {}{}", text(target.size), target.desired_stays ? " (desired stays)" : ""));
        for (const auto& announced : out.announcements)
            words.push_back(fmt::format("say {}", to_string(std::get<Announce>(announced).reason)));
        for (const auto& reply : out.replies) words.emplace_back(std::get<Reply>(reply).result ? "reply" : "refuse");
        if (record.polling.wanted) words.push_back(describing());
        return fmt::format("{}", fmt::join(words, "; "));
    }

    static constexpr Size whole{.desired = 3, .min = 1, .max = 4};

   private:
    static std::string name(const JournalEntry& entry) {
        return fmt::format("{}{}", to_string(entry.sleep_state),
                           entry.initiator == Initiator::person ? " of person" : "");
    }
    static std::string text(const Size& size) {
        return size.min && !size.max ? fmt::format("{} min {}", size.desired, *size.min) : to_string(size);
    }
    [[nodiscard]] std::string describing() const {
        constexpr const char* depths[] = {"describe", "describe guards", "describe load"};
        const auto later = record.polling.due - now.boot;
        const std::string what = depths[static_cast<int>(*record.polling.wanted)];
        return later > Duration::zero() ? fmt::format("{} in {}", what, to_string(later)) : what;
    }
};

/// A rule, how it comes about, and what is decided.
struct ReconcileRow {
    std::string rule;
    std::function<void(OneResource&)> given;
    std::string effects;
    bool absence_handled = false;  ///< As in the record afterwards.
};

inline void hold(const std::vector<ReconcileRow>& rows) {
    for (const auto& row : rows) {
        OneResource one;
        row.given(one);
        EXPECT_EQ(one.reconcile(), row.effects) << row.rule;
        EXPECT_EQ(one.record.absence_handled, row.absence_handled) << row.rule;
    }
}

}  // namespace doze::core
