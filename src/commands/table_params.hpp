#pragma once

#include <vector>

#include "base/result.hpp"
#include "commands/params.hpp"
#include "commands/request.hpp"
#include "core/model/kinds.hpp"

/// The parameters of the rows in the table of commands, and what is checked of several together.
namespace doze::commands {

/// The member that says of which kind a resource is.
[[nodiscard]] const Param& service_type();

/// What names a resource of one kind.
[[nodiscard]] std::vector<Param> resource_params(const core::KindInfo& kind);

/// The resource that a request is about; null if it is about none.
[[nodiscard]] core::ResourceId* resource_of(Request& request);

/// Those of one row, or of a few.
[[nodiscard]] const std::vector<Param>& registration_params();
[[nodiscard]] const std::vector<Param>& switch_params();
[[nodiscard]] const std::vector<Param>& snooze_params();
[[nodiscard]] const std::vector<Param>& history_params();

/// And those that are alone there.
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

/// Command::check of a power request, and of a snooze.
[[nodiscard]] Result<void> check_power(Request& request);
[[nodiscard]] Result<void> check_snooze(Request& request);

}  // namespace doze::commands
