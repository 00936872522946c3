#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/effect.hpp"
#include "core/model/settings.hpp"
#include "core/reconcile/resource_record.hpp"

namespace doze::core {

/// What the plan of one resource depends on besides the resource.
struct Inputs {
    const Settings& settings;
    bool away;   ///< The person is away (and was not merely lost sight of).
    bool blind;  ///< No physical source runs: nothing new is put to sleep.
    bool held;   ///< A hold is on, or the warning after it: the same.
    Now now;
};

/// What one pass over the resources decided, gathered so that calls and commits can be grouped.
struct Batch {
    std::vector<JournalEntry> put;
    std::vector<ResourceId> close;
    Call sleep{.verb = Verb::sleep, .intents = {}, .targets = {}};
    Call wake{.verb = Verb::wake, .intents = {}, .targets = {}};
    std::map<Depth, std::vector<ResourceId>> looks;
    std::vector<SaveAccount> accounts;
    std::vector<Effect> replies;
    std::vector<Effect> announcements;

    [[nodiscard]] bool empty() const;

    /// In the order in which they must be carried out.
    [[nodiscard]] std::vector<Effect> effects() &&;
};

/// Compares what is with what should be, and decides the next thing to do about one resource. Sets
/// `due` to when it wants to be asked again.
void plan(ResourceRecord& tracked, const Inputs& inputs, Batch& out);

/// A look came back. `is_told`: so is the same trouble of another one, and one cause is told once.
void on_described(ResourceRecord& tracked, const Result<Observation>& seen, TimePoint asked_at, const Inputs& inputs,
                  Batch& out, bool is_told = false);

/// A call came back.
void on_call_returned(ResourceRecord& tracked, const CallReturned& acted, const Inputs& inputs, Batch& out);

/// The person wants it awake: from the moment they said so, whatever becomes of doze before it looked.
void keep_request(ResourceRecord& tracked, const Inputs& inputs, Batch& out);

/// The person goes, and with that what they asked for until then has had its time.
void end_request(ResourceRecord& tracked, Batch& out);

/// The person went or came: everything is looked at afresh.
void on_turn(ResourceRecord& tracked, bool away, TimePoint now);

}  // namespace doze::core
