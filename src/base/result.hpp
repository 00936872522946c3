#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace doze {

/// The kind of error, as in the protocol ("Error codes" in docs/protocol.md).
enum class ErrorCode {
    bad_request,
    unknown_command,
    not_found,
    guarded,
    not_registered,
    already_registered,
    other_account,
    no_credentials,
    access_denied,
    throttled,
    aws_error,
    unauthorized,
    rate_limited,
    too_large,
    internal,  ///< Must stay last: tables of all codes end here.
};

/// The code as sent to clients, such as "BAD_REQUEST".
[[nodiscard]] std::string_view to_string(ErrorCode code);

/// What may resolve an error. core/reconcile turns it into waiting times.
enum class Recovery {
    tell,      ///< Only a person can help: permissions, bad input, unsupported.
    retry,     ///< Try again soon: network, throttling, a fault at AWS.
    wait,      ///< The resource is in transition: describe it again, then act.
    capacity,  ///< AWS has no capacity for it: try again, minutes apart.
    plainly,   ///< Refused only in the requested form (hibernation): try the plain one.
};

/// An expected failure. `message` is a sentence for a person, `next_step` what they can do about it (may be empty),
/// `aws_code` AWS's own error code if AWS refused the call (else empty).
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;
    std::string next_step = {};
    Recovery recovery = Recovery::tell;
    std::string aws_code = {};

    /// An earlier attempt of the same call got no answer, so it may have been carried out before this refusal.
    bool unanswered = false;

    /// The same error with the caller's context in front: "stopping i-0abc: <message>".
    [[nodiscard]] Error within(std::string_view context) const;

    /// Message and next step in one text.
    [[nodiscard]] std::string text() const;

    bool operator==(const Error&) const = default;
};

/// A value, or the reason why there is none. Exceptions are for bugs only.
template <class T>
using Result = boost::system::result<T, Error>;

/// Called by boost::system::result when value() is called on an error, which is a bug in the caller.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace doze
