#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "commands/params.hpp"
#include "commands/request.hpp"

namespace doze::commands {

struct Command;

/// A value that is no text, number or truth value.
struct OtherValue {};

/// What a client wrote for one parameter, before it is checked; monostate where it wrote nothing, or null.
using GivenValue = std::variant<std::monostate, std::string_view, std::int64_t, double, bool, OtherValue>;

/// What a client wrote, in one of the forms.
class Arguments {
   public:
    virtual ~Arguments() = default;

    [[nodiscard]] virtual GivenValue find(const Param& param) const = 0;

    /// Whether they are parts of a text command: numbers are texts there, and errors name no members.
    [[nodiscard]] virtual bool are_parts() const { return false; }
};

/// The request for a command with these arguments. Every failure is `bad_request` and says which part or member is at
/// fault.
[[nodiscard]] Result<Request> to_request(const Command& command, const Arguments& given);

/// What every client is told whose input is at fault.
[[nodiscard]] Error bad_request(std::string message, std::string next_step = {});

/// Whether `text` is valid UTF-8 without control characters and ends of lines.
[[nodiscard]] bool is_clean(std::string_view text);

}  // namespace doze::commands
