#pragma once

#include <vector>

#include "base/result.hpp"
#include "commands/params.hpp"
#include "commands/request.hpp"
#include "core/model/kinds.hpp"

/// Parameters of the rows in the table of commands, and checks of several parameters together.
namespace doze::commands {

/// The parameter for the kind of a resource.
[[nodiscard]] const Param& service_type();

/// The parameters that name a resource of a kind.
[[nodiscard]] std::vector<Param> resource_params(const core::KindInfo& kind);

/// The resource in a request; null if it has none.
[[nodiscard]] core::ResourceId* resource_of(Request& request);

/// Parameters of one row, or of a few.
[[nodiscard]] const std::vector<Param>& registration_params();
[[nodiscard]] const std::vector<Param>& switch_params();
[[nodiscard]] const std::vector<Param>& snooze_params();
[[nodiscard]] const std::vector<Param>& history_params();

/// Parameters that are used on their own.
namespace param {
extern const Param region;
extern const Param max_age;
extern const Param more_token;
extern const Param service;
extern const Param desired_size;
extern const Param reason;
extern const Param timer;
extern const Param command;
extern const Param activity;
extern const Param auth_token;
extern const Param password;
extern const Param auth_key;
}  // namespace param

/// START, STOP or SCALE.
[[nodiscard]] Param power_action();

/// Command::check of power requests and snoozes.
[[nodiscard]] Result<void> check_power(Request& request);
[[nodiscard]] Result<void> check_snooze(Request& request);

}  // namespace doze::commands
