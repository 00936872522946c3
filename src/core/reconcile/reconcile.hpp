#pragma once

#include <map>
#include <vector>

#include "core/effect.hpp"
#include "core/model/settings.hpp"
#include "core/policy/desired_state.hpp"
#include "core/reconcile/resource_record.hpp"

namespace doze::core {

struct State;

/// What reconciling one resource depends on besides the resource.
struct Inputs {
    const Settings& settings;
    bool away;   ///< The person is away (and was not merely lost sight of).
    bool blind;  ///< Nothing tells now whether they are.
    bool held;   ///< A hold is on, or the warning after it.
    Now now;
};

[[nodiscard]] Inputs inputs_of(const State& state, Now now);

/// What should be with this resource.
[[nodiscard]] DesiredState desired_state(const ResourceRecord& record, const Inputs& inputs);

/// The guard of what was seen (there must be something), where the registration does not override it.
[[nodiscard]] std::optional<Guard> guard_of(const ResourceRecord& record);

/// What one reconciliation of all resources decided, gathered so that calls and commits can be grouped.
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

/// Compares what is with what should be, and decides the next thing to do about one resource. Sets
/// `due` to when it wants to be asked again.
void reconcile(ResourceRecord& record, const Inputs& inputs, Batch& out);

/// A description came back. `is_told`: so is the same trouble of another one, and one cause is told once.
void on_described(ResourceRecord& record, const Result<Observation>& seen, TimePoint asked_at, const Inputs& inputs,
                  Batch& out, bool is_told = false);

/// A call came back.
void on_call_returned(ResourceRecord& record, const CallReturned& returned, const Inputs& inputs, Batch& out);

/// The person wants it awake: from the moment they said so, whatever becomes of doze before it was described.
void keep_request(ResourceRecord& record, const Inputs& inputs, Batch& out);

/// The person goes, and with that what they asked for until then has had its time.
void end_request(ResourceRecord& record, Batch& out);

/// A row of the journal that an earlier process opened.
void take_over(ResourceRecord& record, JournalEntry entry, Now now);

/// Closes the open row: nothing is owed any more.
void close_row(ResourceRecord& record, const Inputs& inputs, Batch& out);

/// The resource is of this account from now on.
void take_account(ResourceRecord& record, const AccountId& account, Batch& out);

/// What is told of a resource in a state that does not pass.
[[nodiscard]] Error stuck(const ResourceRecord& record);

/// The person went or came: everything is described afresh.
void on_turn(ResourceRecord& record, bool away, TimePoint now);

}  // namespace doze::core
