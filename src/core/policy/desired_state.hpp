#pragma once

#include <optional>
#include <string>

#include "core/model/journal_entry.hpp"
#include "core/model/observation.hpp"
#include "core/model/reason.hpp"
#include "core/model/resource.hpp"

namespace doze::core {

/// Everything that has a say in what one resource should be: values, and whatever is to have a say later (a schedule, a
/// lease, what depends on it) is one more of them. Whether doze may act on the answer (a dry run, other credentials) is
/// a matter of sending, and has no say here.
struct PolicyInputs {
    bool away = false;   ///< The person is away, in truth and even while doze is blind.
    bool blind = false;  ///< Nothing tells now whether they are.

    bool held = false;  ///< A hold is on, or the warning after it.

    bool registered = false;

    /// How far its sleep has come, and who wanted that; none where nobody put it to sleep through doze.
    std::optional<SleepState> sleep_state = std::nullopt;
    Initiator initiator = Initiator::doze;

    /// The person asked for it to be awake, and has not left since.
    bool requested_awake = false;

    /// This absence has been dealt with: what is awake stays so until the next one.
    bool settled = false;

    std::optional<Guard> guard = std::nullopt;  ///< One that its registration does not override.
    std::optional<std::string> untold_loss =
        std::nullopt;                                ///< What its sleep erases, and the person could not read yet.
    std::optional<std::string> busy = std::nullopt;  ///< It works: a sentence.
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

/// The one place where is decided what should be: nothing else in the core asks whether the person is away, a hold is
/// on, or a request stands.
[[nodiscard]] DesiredState desired_state(const PolicyInputs& inputs);

}  // namespace doze::core
