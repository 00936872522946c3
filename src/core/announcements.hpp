#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/effect.hpp"
#include "core/reconcile/resource_record.hpp"
#include "core/state.hpp"

namespace doze::core {

struct State;

/// What stands in the way of a resource, for people: the newest description or call failed, AWS does not have it, or it
/// is in a state that does not pass.
[[nodiscard]] std::optional<Error> trouble_of(const ResourceRecord& record);

/// One cause (no credentials, no network) makes everything fail; it is told once. Whether another resource, or a
/// list, has told it already.
[[nodiscard]] bool is_known_trouble(const State& state, const ResourceId& id, const Error& error);
[[nodiscard]] bool is_known_trouble(const State& state, const Error& error);

/// Tells once that AWS does not have a registered resource: at once where it was never there (a name, a region), else
/// when that has lasted. A row of the journal is reconciled.
void announce_missing(ResourceRecord& record, TimePoint asked_at, std::vector<Effect>& effects);

// What the log and the history are told of doze as a whole: each thing once, as the State remembers.

void announce(std::vector<Effect>& effects, Level level, Reason reason, std::string text);

/// `ran`: it did until now. Of one that was never there nothing is made: another one may see what it would, and else
/// doze says that it is blind.
void announce_source(const SourceStatus& status, bool ran, std::vector<Effect>& effects);

/// Presence, blindness, and a lock that is not believed. Presence is saved with it.
void announce_presence(State& state, Now now, std::vector<Effect>& effects);

/// What a person who is not there finds afterwards, and one who returns to it can act on. The holds are saved with it.
void announce_holds(State& state, Now now, std::vector<Effect>& effects);

/// Other credentials make everything of an account fail at once; it is told once, and that they are back.
void announce_other_accounts(State& state, std::vector<Effect>& effects);

/// A sleep that erases data waits until its person could read that it does: while they are there, or with the warning
/// after a hold.
void announce_erasures(State& state, std::vector<Effect>& announcements);

/// "held awake by make, and 2 more"
[[nodiscard]] std::string describe_clients(const Holds& holds);

}  // namespace doze::core
