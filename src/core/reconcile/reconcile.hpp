#pragma once

#include <map>
#include <vector>

#include "core/effect.hpp"
#include "core/model/settings.hpp"
#include "core/policy/desired_state.hpp"
#include "core/reconcile/resource_record.hpp"

namespace doze::core {

struct State;

/// What reconciling one resource depends on besides the resource. Valid for one step.
struct ReconcileContext {
    const Settings& settings;
    bool away;   ///< Presence::is_away()
    bool blind;  ///< No source can tell now whether the person is there.
    bool held;   ///< A hold is on, or the warning after it.
    Now now;
};

[[nodiscard]] ReconcileContext context_of(const State& state, Now now);

/// What should be with this resource.
[[nodiscard]] DesiredState desired_state(const ResourceRecord& record, const ReconcileContext& context);

/// The guard of what was last seen, unless the registration overrides it. REQUIRES: record.seen.
[[nodiscard]] std::optional<Guard> guard_of(const ResourceRecord& record);

/// What reconciling all resources in one step decided, gathered so that calls and commits are grouped.
struct Batch {
    std::vector<JournalEntry> put;
    std::vector<ResourceId> close;
    Call sleep{.verb = Verb::sleep, .intents = {}, .targets = {}};
    Call wake{.verb = Verb::wake, .intents = {}, .targets = {}};
    std::map<Depth, std::vector<ResourceId>> describes;
    std::vector<SaveAccount> accounts;
    std::vector<Effect> replies;
    std::vector<Effect> announcements;

    [[nodiscard]] bool empty() const;

    /// In the order in which they must be carried out.
    [[nodiscard]] std::vector<Effect> effects() &&;
};

/// Compares what was seen of a resource with what should be, and decides what to do next about it. Sets
/// ResourceRecord::due to when it must be reconciled again.
void reconcile(ResourceRecord& record, const ReconcileContext& context, Batch& out);

/// A description came back. `is_told`: its error was announced already for another resource or a list.
void on_described(ResourceRecord& record, const Result<Observation>& seen, TimePoint asked_at,
                  const ReconcileContext& context, Batch& out, bool is_told = false);

/// A call was answered.
void on_call_returned(ResourceRecord& record, const CallReturned& returned, const ReconcileContext& context,
                      Batch& out);

/// The person asked for it to be awake: writes that into its open row at once, so that it survives a restart.
void keep_request(ResourceRecord& record, const ReconcileContext& context, Batch& out);

/// The person leaves: their request for it to be awake ends.
void end_request(ResourceRecord& record, Batch& out);

/// Continues a row of the journal that an earlier process opened.
void take_over(ResourceRecord& record, JournalEntry entry, Now now);

/// Closes the open row: nothing is owed any more.
void close_row(ResourceRecord& record, const ReconcileContext& context, Batch& out);

/// The resource is of this account from now on.
void take_account(ResourceRecord& record, const AccountId& account, Batch& out);

/// The error that tells of a resource in a state that does not pass by itself. REQUIRES: record.seen.
[[nodiscard]] Error stuck(const ResourceRecord& record);

/// The person left or returned, or the holds ended while they are away: everything is considered anew, from a fresh
/// description.
void on_turn(ResourceRecord& record, bool away, TimePoint now);

}  // namespace doze::core
