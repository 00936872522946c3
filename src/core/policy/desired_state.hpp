#pragma once

#include <optional>
#include <string>

#include "core/model/journal_entry.hpp"
#include "core/model/observation.hpp"
#include "core/model/reason.hpp"
#include "core/model/resource.hpp"

namespace doze::core {

/// Everything that decides what should be with one resource. Whatever is to have a say later (a schedule, a lease) is
/// one more member. Whether a call may go out (a dry run, other credentials) is checked when it is sent, not here.
struct PolicyInputs {
    bool away = false;   ///< Presence::is_away()
    bool blind = false;  ///< No source can tell now whether the person is there.

    bool held = false;  ///< A hold is on, or the warning after it.

    bool registered = false;

    /// The sleep state of its open row, and who asked for that; none if no row is open.
    std::optional<SleepState> sleep_state = std::nullopt;
    Initiator initiator = Initiator::doze;

    /// The person asked for it to be awake, and has not left since.
    bool requested_awake = false;

    /// doze has acted on this absence: what is awake stays awake until the next one.
    bool absence_handled = false;

    std::optional<Guard> guard = std::nullopt;  ///< One that its registration does not override.
    std::optional<std::string> untold_loss =
        std::nullopt;                                ///< What its sleep erases, if the person was not told of it yet.
    std::optional<std::string> busy = std::nullopt;  ///< Why it is too busy to sleep, as a sentence.
};

/// What should be with one resource, and why.
struct DesiredState {
    enum class State {
        awake,         ///< It is woken, or stays awake: a sleep that has begun is given up.
        asleep,        ///< It is put to sleep, and stays so.
        asleep_later,  ///< The same, but not now: nothing is begun, and nothing that has begun is given up.

        /// It would be put to sleep, and must not be: it stays awake in this absence, and the person is told why.
        keep_awake,

        left_awake,   ///< It stays awake in this absence, as was decided before.
        leave_alone,  ///< Nothing is begun, nor decided for the absence; a sleep that has begun is given up.
    };

    State state = State::leave_alone;
    Reason reason = Reason::presence;

    /// Why, for a person, where that is more than `reason` says.
    std::string sentence = {};

    /// `sentence` is what the sleep erases. Once the person could read it, it keeps nothing awake any more.
    bool tells_loss = false;

    /// Somebody waits for it: the person is there, or asked. What must be asked of AWS about it is asked soon.
    bool awaited = false;

    [[nodiscard]] bool is_awake() const { return state == State::awake; }
    [[nodiscard]] bool is_asleep() const { return state == State::asleep; }

    /// It is to sleep, were it not for what may keep it awake now: a description tells whether that still is so.
    [[nodiscard]] bool wants_sleep() const {
        return state == State::asleep || state == State::asleep_later || state == State::keep_awake;
    }

    bool operator==(const DesiredState&) const = default;
};

/// The only place that decides what should be with a resource: nothing else in the core decides by whether the person
/// is away, a hold is on, or a request stands.
[[nodiscard]] DesiredState desired_state(const PolicyInputs& inputs);

}  // namespace doze::core
