#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/engine.hpp"

namespace doze::core {

/// The core alone, at one moment that a test moves on. What each step decides is told in words, so that a test can hold
/// it: "info: You are away.", "reply: ...", "list ec2 us-east-1".
struct OneEngine {
    Now now{.boot = TimePoint(std::chrono::hours(100)), .wall = WallTime(std::chrono::hours(1000))};
    Settings settings{.regions = {Region("us-east-1")}};
    std::vector<Registration> registrations;
    State state = core::start({}, std::nullopt, now);

    static ResourceId instance(const std::string& name = "i-1") { return ec2(Region("us-east-1"), InstanceId(name)); }
    static SourceStatus keyboard(SourceState is = SourceState::running) {
        return {.name = "keyboard", .kind = ActivityKind::keyboard, .state = is};
    }

    /// The files are read, and the keyboard is seen.
    void begin() {
        (void)step(Configured{settings, registrations});
        (void)step(SourceChanged{keyboard()});
    }
    void pass(Duration span) {
        now.boot += span;
        now.wall += span;
    }
    void type() { (void)step(ActivitySeen{{.kind = ActivityKind::keyboard, .at = now.boot, .source = "keyboard"}}); }

    Observation seen(Phase phase, Losses losses = {}, const ResourceId& id = instance()) const {
        return {.id = id, .phase = phase, .size = {.desired = 1}, .state = "running", .losses = std::move(losses)};
    }

    std::vector<std::string> step(const Event& event) {
        std::vector<std::string> words;
        for (const auto& effect : core::step(state, event, now)) words.push_back(std::visit(Words(), effect));
        return words;
    }
    std::vector<std::string> after(Duration span) {
        pass(span);
        return step(Tick());
    }

   private:
    struct Words {
        static std::string names(const std::vector<ResourceId>& ids) {
            std::vector<std::string> all;
            for (const auto& id : ids) all.push_back(to_string(id));
            return fmt::format("{}", fmt::join(all, " "));
        }
        std::string operator()(const Call& call) const {
            std::vector<ResourceId> ids;
            for (const auto& target : call.targets) ids.push_back(target.id);
            return fmt::format("call {} {}", to_string(call.verb), names(ids));
        }
        std::string operator()(const Journal& rows) const {
            std::vector<ResourceId> puts;
            for (const auto& entry : rows.put) puts.push_back(entry.id);
            return fmt::format("journal put {} close {}", names(puts), names(rows.close));
        }
        std::string operator()(const SavePresence& saved) const {
            return fmt::format("presence {}", to_string(saved.record.state));
        }
        std::string operator()(const SaveHolds& saved) const {
            const auto& left = saved.record.snooze_left;
            return fmt::format("holds {}{}", saved.record.held ? "held" : "none",
                               left ? " snoozed " + to_string(*left) : std::string());
        }
        std::string operator()(const SaveAccount& saved) const {
            return fmt::format("account of {} is '{}'", to_string(saved.id), saved.account.str());
        }
        std::string operator()(const Describe& asked) const {
            constexpr const char* depths[] = {"", " guards of", " load of"};
            return fmt::format("describe{} {}", depths[static_cast<int>(asked.depth)], names(asked.ids));
        }
        std::string operator()(const List& asked) const {
            return fmt::format("list {} {}", to_string(asked.kind), asked.region.str());
        }
        std::string operator()(const Reply& reply) const {
            return reply.result ? fmt::format("reply {}: {}", reply.request, reply.result->message)
                                : fmt::format("refuse {}: {}", reply.request, reply.result.error().text());
        }
        std::string operator()(const SaveRegistration& saved) const {
            return fmt::format("{} {}", saved.remove ? "remove" : "register", to_string(saved.registration.id));
        }
        std::string operator()(const Announce& said) const {
            return fmt::format("{}: {}", to_string(said.level), said.text);
        }
    };
};

}  // namespace doze::core
