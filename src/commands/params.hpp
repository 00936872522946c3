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
    line,     ///< The same, valid UTF-8 without control characters and line ends.
    integer,  ///< A whole number from `least` to `most`.
    seconds,  ///< Any number from 0, rounded down.
    flag,     ///< true or false.
    choice,   ///< One of `choices`, in any case.
    kind,     ///< The `command` of a kind, in any case.
    name,     ///< The name of a resource of the kind `of`.
    cluster,
    region,
    profile,
    token,  ///< Continues a truncated list; with or without its "MORE:".
};

/// A parameter's value, of a type that depends on ParamType.
using Argument = std::variant<std::string_view, std::int64_t, bool, core::Kind, Cursor, std::string>;

/// The largest integer that every client can represent: those that a double holds exactly.
inline constexpr std::int64_t most_exact = 9'007'199'254'740'991;

/// A parameter of a command, in every form. Parsing, completion and documentation use nothing but this.
struct Param {
    std::string_view name;       ///< Name as a member of the content, and in a query; null counts as missing.
    std::string_view part = {};  ///< Name as a part of the text form; empty: it has none.
    ParamType type = ParamType::text;
    bool required = false;       ///< As a member.
    bool part_required = false;  ///< As a part.
    std::int64_t least = 0;
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    std::string_view pattern = {};         ///< Pattern of a text (ECMA 262), for the API document.
    std::string_view choices = {};         ///< Separated by '|'.
    std::string_view noun = {};            ///< Its name in errors of the text form; empty: as `part`.
    bool core::KindInfo::*fits = nullptr;  ///< For requests about a resource: only for kinds with this property.
    bool only_where_it_fits = false;       ///< For other kinds it is an error; else it is ignored.
    bool tolerant = false;                 ///< An invalid value is ignored.
    bool takes_rest = false;               ///< As the last part: it may contain ':'.
    bool beside_content = false;  ///< Also accepted as a member of the message, where the original's clients put it.
    const core::KindInfo* of = nullptr;
    std::string_view what = {};  ///< Description for people, one line.

    /// The default if it is missing; empty: no default.
    std::optional<std::string_view> (*fallback)(const Arguments& given) = nullptr;

    /// Stores the value in the request.
    void (*set)(Request& request, const Argument& value) = nullptr;
};

struct Command;

/// A value that is neither text, number nor boolean.
struct OtherValue {};

/// A client's value for one parameter, before checks; monostate if missing or null.
using GivenValue = std::variant<std::monostate, std::string_view, std::int64_t, double, bool, OtherValue>;

/// A client's arguments, in one of the forms.
class Arguments {
   public:
    virtual ~Arguments() = default;

    [[nodiscard]] virtual GivenValue find(const Param& param) const = 0;

    /// Whether they are parts of a text command, where numbers are texts and errors name no members.
    [[nodiscard]] virtual bool are_parts() const { return false; }
};

/// Builds the request for a command from its arguments. Every failure is `bad_request` and names the part or member at
/// fault.
[[nodiscard]] Result<Request> to_request(const Command& command, const Arguments& given);

/// The error for invalid input.
[[nodiscard]] Error bad_request(std::string message, std::string next_step = {});

/// Whether `text` is valid UTF-8 without control characters and line ends.
[[nodiscard]] bool is_clean(std::string_view text);

}  // namespace doze::commands
