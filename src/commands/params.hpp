#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "commands/request.hpp"
#include "core/model/kinds.hpp"

namespace doze::commands {

class Arguments;

enum class ParamType : std::uint8_t {
    text,     ///< A string of at most `most` characters.
    line,     ///< The same, clean UTF-8 without ends of lines.
    integer,  ///< A whole number from `least` to `most`.
    seconds,  ///< Any number from 0 on, rounded down.
    flag,     ///< true or false.
    choice,   ///< One of `choices`, in any case.
    kind,     ///< The `command` of a kind, in any case.
    name,     ///< The name of a resource of the kind `of`.
    cluster,
    region,
    profile,
    token,  ///< Of a truncated list; with or without its "MORE:".
};

/// A parameter's value, as its type says.
using Argument = std::variant<std::string_view, std::int64_t, bool, core::Kind, Cursor, std::string>;

/// The largest whole number that every client can write: what a double holds exactly.
inline constexpr std::int64_t most_exact = 9'007'199'254'740'991;

/// What a command takes, in every form: what is here is parsed, completed and documented, and nothing else.
struct Param {
    std::string_view name;       ///< As a member of the content, and in a query; null is as good as leaving it out.
    std::string_view part = {};  ///< As a part of the text form; empty: it has none.
    ParamType type = ParamType::text;
    bool required = false;       ///< As a member.
    bool part_required = false;  ///< As a part.
    std::int64_t least = 0;
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    std::string_view pattern = {};         ///< What a text matches (ECMA 262), for the document.
    std::string_view choices = {};         ///< With '|' between.
    std::string_view noun = {};            ///< What errors of the text form call it; empty: as `part`.
    bool core::KindInfo::*fits = nullptr;  ///< Of contents with a resource: only of kinds with this property.
    bool only_where_it_fits = false;       ///< For a resource of another kind it is an error; else it is ignored.
    bool tolerant = false;                 ///< What is no such value is ignored.
    bool takes_rest = false;               ///< As the last part: it may hold ':'.
    bool beside_content = false;  ///< Taken as a member of the message, too: the original's clients put it there.
    const core::KindInfo* of = nullptr;
    std::string_view what = {};  ///< For people, one line.

    /// What stands for it where it is missing; none: nothing does.
    std::optional<std::string_view> (*fallback)(const Arguments& given) = nullptr;

    /// Puts the value into the request.
    void (*set)(Request& request, const Argument& value) = nullptr;
};

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
