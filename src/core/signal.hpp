#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace doze::core {

/// What kind of sign of life. Nothing more is ever known of it: no key, no title, no pixel.
enum class SignalKind : std::uint8_t { keyboard, pointer, session, screen, audio, window };

[[nodiscard]] std::string_view to_string(SignalKind kind);

/// Whether only a person at the machine can cause it. Screen, audio and window signals can come from a
/// film or a page that redraws itself.
[[nodiscard]] constexpr bool is_physical(SignalKind kind) {
    return kind == SignalKind::keyboard || kind == SignalKind::pointer || kind == SignalKind::session;
}

/// One sign of life.
struct Signal {
    SignalKind kind;

    /// When it happened; may lie in the past (a source that learns of the last input only at its end).
    TimePoint at;

    /// It has begun and goes on until a signal of the same kind that does not go on. A source that only
    /// hears of transitions needs no polling this way.
    bool ongoing = false;

    bool operator==(const Signal&) const = default;
};

enum class SourceState : std::uint8_t { starting, running, unavailable, disabled };

[[nodiscard]] std::string_view to_string(SourceState state);

/// What a source says of itself.
struct SourceStatus {
    std::string name;  ///< "x11-keyboard"
    SignalKind kind;   ///< What it signals.
    SourceState state = SourceState::starting;
    std::string detail = {};  ///< Why it is unavailable and what to do, in plain words.

    bool operator==(const SourceStatus&) const = default;
};

}  // namespace doze::core
