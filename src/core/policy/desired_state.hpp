#pragma once

#include <optional>
#include <string>

#include "core/model/journal_entry.hpp"
#include "core/model/observation.hpp"
#include "core/model/reason.hpp"
#include "core/model/resource.hpp"
#include "core/model/time.hpp"

namespace doze::core {

/// Everything that has a say in what one resource should be: values, and whatever is to have a say later (a schedule, a
/// lease, what depends on it) is one more of them. Whether doze may act on the answer (a dry run, other credentials) is
/// a matter of sending, and has no say here.
struct PolicyInputs {
    bool away = false;   ///< The person is away, in truth and even while doze is blind.
    bool blind = false;  ///< Nothing tells now whether they are.

    bool held = false;                                   ///< A hold is on, or the warning after it.
    std::optional<TimePoint> held_until = std::nullopt;  ///< When that ends, if it ends by itself.

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
        awake,   ///< What doze put to sleep is woken.
        asleep,  ///< It is put to sleep, and stays so.

        /// Nothing new is done about it; a sleep that has begun and does not show yet is given up.
        leave_alone,
    };

    /// What decided.
    enum class Source {
        presence,      ///< The person is there, or away.
        blindness,     ///< Nothing tells which.
        request,       ///< Their standing request.
        initiator,     ///< Whoever put it to sleep, or began to wake it, through doze: a person.
        registration,  ///< There is none.
        absence,       ///< This absence has been dealt with.
        hold,
        guard,
        loss,  ///< The person must read first what the sleep does not keep.
        load,
        hand,  ///< Somebody else's doing.
    };

    State state = State::leave_alone;
    Reason reason = Reason::presence;
    Source source = Source::presence;

    /// When that may change by itself, if it does and that is known.
    std::optional<TimePoint> until = std::nullopt;

    /// Which other resource must go first. (Nothing depends on another one yet.)
    std::optional<ResourceId> blocked_by = std::nullopt;

    /// Why, for a person, where that is more than `reason` says.
    std::string sentence = {};

    /// Somebody waits for it: the person is there, or asked. What must be asked of AWS about it is asked soon.
    bool awaited = false;

    [[nodiscard]] bool is_awake() const { return state == State::awake; }
    [[nodiscard]] bool is_asleep() const { return state == State::asleep; }

    /// The policy wants it asleep, but for what is known of the resource itself (its guard, its load): a description
    /// tells whether that still is so.
    [[nodiscard]] bool depends_on_resource() const;

    bool operator==(const DesiredState&) const = default;
};

/// The one place where is decided what should be: nothing else in the core asks whether the person is away, a hold is
/// on, or a request stands.
[[nodiscard]] DesiredState desired_state(const PolicyInputs& inputs);

}  // namespace doze::core
