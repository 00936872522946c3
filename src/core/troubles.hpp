#pragma once

#include <optional>
#include <vector>

#include "core/effect.hpp"
#include "core/reconcile/resource_record.hpp"

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

}  // namespace doze::core
