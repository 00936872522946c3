#pragma once

#include <map>
#include <vector>

#include "core/reconcile/reconcile.hpp"
#include "core/state.hpp"

namespace doze::core {

/// The files were read: settings and registrations as they stand now.
void configure(State& state, const Configured& event, Now now, Batch& out);

/// A person wants to register a resource: first it is described, for its guards.
void request_registration(State& state, const RegisterRequested& event, std::vector<Effect>& effects);
void on_registering_described(State& state, const Described& event, std::vector<Effect>& effects);

void request_removal(State& state, const UnregisterRequested& event, std::vector<Effect>& effects);

/// services.yaml was written, or could not be.
void on_saved(State& state, const Saved& event, Now now, Batch& out, std::vector<Effect>& effects);

/// The registered resource of this name; where `id` names no profile and only one profile reaches such a resource, that
/// one. The end if there is none.
[[nodiscard]] std::map<ResourceId, ResourceRecord>::iterator find_registered(State& state, const ResourceId& id);

/// What a person's command about `id` is for: the registered resource of that name, or else any resource of the
/// configured regions, known from here on. An error where that name is not clear, the region is not configured, or the
/// settings keep commands to what is registered.
[[nodiscard]] Result<ResourceRecord*> find_requested(State& state, const ResourceId& id, Now now);

}  // namespace doze::core
