#pragma once

#include <optional>

#include "core/reconcile/reconciler.hpp"

namespace doze::core {

/// Is what was seen said of the resource that the row, or the registration, is about? Why not, where it is of another
/// account, or where that can't be known now. What is not known of the resource itself yet is taken from what was seen:
/// a registration's account is the one where the resource is first seen, a row's the one where the resource looks as
/// doze left it.
[[nodiscard]] std::optional<Error> check_owner(Reconciler& p, const Observation& seen);

/// It is of this account from now on.
void take_account(ResourceRecord& record, const AccountId& account, Batch& out);

}  // namespace doze::core
