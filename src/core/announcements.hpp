#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/effect.hpp"
#include "core/reconcile/resource_record.hpp"
#include "core/state.hpp"

namespace doze::core {

struct State;

/// What is wrong with a resource, for people: the newest description or call failed, AWS does not have it, or it is in
/// a state that does not pass by itself. None if nothing is.
[[nodiscard]] std::optional<Error> trouble_of(const ResourceRecord& record);

/// Whether this error is known already from a list or from another resource (not `id`). One cause, such as missing
/// credentials, makes everything fail; it is announced once.
[[nodiscard]] bool is_known_trouble(const State& state, const ResourceId& id, const Error& error);
[[nodiscard]] bool is_known_trouble(const State& state, const Error& error);

/// Announces once that AWS does not have a registered resource: at once if it was never seen (a wrong name or region),
/// else when it has been missing for a minute. A resource with an open row is left to its reconciliation.
void announce_missing(ResourceRecord& record, TimePoint asked_at, std::vector<Effect>& effects);

// What log and history are told of doze as a whole. Each thing is announced once; State remembers what was.

void announce(std::vector<Effect>& effects, Level level, Reason reason, std::string text);

/// Announces the new state of an activity source. It is a warning if the source ran until now (`ran`) and became
/// unavailable, and else only information: another source may serve as well, and if none does, blindness is announced.
void announce_source(const SourceStatus& status, bool ran, std::vector<Effect>& effects);

/// Announces changes of presence, blindness, and that a lock is taken for false. Saves the presence if it changed.
void announce_presence(State& state, Now now, std::vector<Effect>& effects);

/// Announces that a hold keeps everything awake although the person is away, and, when the last hold ends, in how long
/// everything is put to sleep. Saves the holds if they changed.
void announce_holds(State& state, Now now, std::vector<Effect>& effects);

/// Announces, once for each account, that the credentials in use are another account's, and once that they are right
/// again.
void announce_other_accounts(State& state, std::vector<Effect>& effects);

/// Announces which sleeps erase data, at a time when the person can read it: while they are there, or during the
/// warning after a hold. Before that was announced, such a resource is not put to sleep.
void announce_erasures(State& state, std::vector<Effect>& announcements);

/// "held awake by make, and 2 more"
[[nodiscard]] std::string describe_clients(const Holds& holds);

}  // namespace doze::core
