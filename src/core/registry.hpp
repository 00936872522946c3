#pragma once

#include <map>
#include <vector>

#include "core/reconcile/reconcile.hpp"
#include "core/state.hpp"

namespace doze::core {

/// The files were read: takes over the settings, and adds and drops registrations as the file has them.
void configure(State& state, const Configured& event, Now now, Batch& out);

/// A person asks to register a resource: checks the request and describes the resource, for its guards.
void request_registration(State& state, const RegisterRequested& event, std::vector<Effect>& effects);

/// The description for a registration came back: refuses what is guarded, else has it written to services.yaml.
void on_registering_described(State& state, const Described& event, std::vector<Effect>& effects);

/// A person asks to unregister a resource: has it removed from services.yaml.
void request_removal(State& state, const UnregisterRequested& event, std::vector<Effect>& effects);

/// services.yaml was written, or could not be: adds or drops the registration, and replies.
void on_saved(State& state, const Saved& event, Now now, Batch& out, std::vector<Effect>& effects);

/// The registered resource of this name. If `id` names no profile and there is none without one, the resource of that
/// name that exactly one profile reaches. The end of State::tracked if there is none.
[[nodiscard]] std::map<ResourceId, ResourceRecord>::iterator find_registered(State& state, const ResourceId& id);

/// The resource that a person's command about `id` means: the registered one of that name, or else any resource of the
/// configured regions, which is tracked from now on. An error if several profiles reach one of that name, the region is
/// not configured, or the settings restrict commands to registered resources. Never null.
[[nodiscard]] Result<ResourceRecord*> find_requested(State& state, const ResourceId& id, Now now);

}  // namespace doze::core
