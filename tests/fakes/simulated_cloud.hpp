#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fakes/dice.hpp"
#include "fakes/fake_clock.hpp"
#include "fakes/simulated_aws.hpp"
#include "ports/cloud.hpp"

namespace doze::fakes {

/// A call of the port, for ordering failures.
enum class CallKind { list, describe, sleep, wake };

enum class Fault {
    throttled,        ///< AWS says RequestLimitExceeded.
    denied,           ///< AWS says that the policy does not allow it.
    capacity,         ///< AWS has no room (InsufficientInstanceCapacity).
    not_ready,        ///< It can't be hibernated yet; a plain stop is as always.
    not_hibernated,   ///< It can never be hibernated; a plain stop is as always.
    lost,             ///< The call never reached AWS; noticed by a timeout.
    lost_after_done,  ///< AWS did it, the answer was lost; noticed by a timeout.
    fizzles,          ///< AWS accepts it, but it does not come to it (see SimulatedAws::stop).
    half_done,        ///< AWS did the first of the two calls it takes, the second was lost. One call: as lost.
    repeated,         ///< AWS did it, the answer was lost, and the client said it again: AWS refuses that.
    empty,            ///< A description or list misses what is there.
    old,              ///< A look shows what was before the last change.
};

/// Network delays. `travel` is the way to AWS, so a call may still arrive after the process died; `answer` is the way
/// back.
struct Pace {
    Range travel{std::chrono::milliseconds(0), std::chrono::milliseconds(300)};
    Range answer{std::chrono::milliseconds(10), std::chrono::milliseconds(1500)};
    Range timeout{std::chrono::seconds(5), std::chrono::seconds(30)};
    AwsPace aws = {};
};

/// A sleep or wake call of doze's, in order.
struct LoggedCall {
    core::Verb verb;
    core::ResourceId id;
    core::Size size;
    bool desired_stays;  ///< See Target.
    core::TimePoint at;  ///< When doze called.
    bool hibernate = false;
    bool arrived = false;   ///< AWS has it.
    bool accepted = false;  ///< AWS said yes (whether or not that answer came through).
};

/// A simulated AWS behind the port, for simulations and unit tests. Time is the FakeClock's.
///
/// Nothing is called back inline: calls travel, take effect on arrival, and their answers are queued until advance_to()
/// or run_due() delivers them. Delays and durations are drawn from the seed, so a seed determines a run. A simulation
/// jumps from event to event:
///
///     while (auto next = earliest(cloud.next_event(), engine_deadline)) cloud.advance_to(*next);
///
/// To kill the process under test: destroy it, call drop_pending(), build a new one on the same cloud.
/// Everything is on one thread; callbacks may call the cloud again.
class SimulatedCloud final : public ports::Cloud {
   public:
    SimulatedCloud(FakeClock& clock, std::uint64_t seed, Pace pace = {});

    // The port.
    void list(core::Kind kind, const Region& region, Listed done) override;
    void describe(std::vector<core::ResourceId> ids, core::Depth depth,
                  std::function<void(const core::ResourceId&, Result<core::Observation>)> each) override;
    void sleep(std::vector<core::Target> targets, Outcome each) override;
    void wake(std::vector<core::Target> targets, Outcome each) override;
    void set_guards(const core::GuardSettings& guards) override { guards_ = guards; }
    [[nodiscard]] core::Duration aws_ahead(core::Now) const override { return heard_ ? ahead_ : core::Duration(0); }

    // Time.
    /// When the next event is due: a call's arrival at AWS, or an answer. Empty if nothing is under way.
    [[nodiscard]] std::optional<core::TimePoint> next_event() const;
    /// Moves the clock to `at`, event by event, and delivers every answer at its own time.
    void advance_to(core::TimePoint at);
    /// Delivers what is due by the clock, which the test has moved (late, as after a suspend).
    void run_due();
    /// The process died: its calls still arrive and take effect, but no answer is delivered.
    void drop_pending();

    // The world.
    /// Adds a resource at rest. EC2: desired 1 runs, 0 is stopped. EKS: all three sizes.
    void add(const core::ResourceId& id, const core::Size& size, std::string pool = {});
    void set_guard(const core::ResourceId& id, std::optional<core::Guard> guard);
    /// What its sleep loses.
    void set_losses(const core::ResourceId& id, core::Losses losses);
    /// A state that lasts until it is taken back ("failed").
    void set_stuck(const core::ResourceId& id, bool is_stuck);
    void set_can_hibernate(const core::ResourceId& id);
    /// The load shown by descriptions; none is measured until then.
    void set_load(const core::ResourceId& id, core::Load load) { loads_[id] = std::move(load); }

    // Actions of somebody else, now. The error is AWS's refusal.
    Result<void> stop_by_hand(const core::ResourceId& id);
    /// EC2 and RDS only; the other kinds have resize_by_hand.
    Result<void> start_by_hand(const core::ResourceId& id);
    /// EC2: desired 1 starts, 0 stops. Suspensions, and bounds that are not given, stay unchanged.
    Result<void> resize_by_hand(const core::ResourceId& id, const core::Size& size);
    /// Sets exactly this.
    Result<void> change_by_hand(const core::ResourceId& id, const core::Size& to);
    /// EC2: from inside the instance; AWS reports no time.
    void shut_down_from_inside(const core::ResourceId& id);
    /// `outright`: AWS says that it was deleted; else AWS does not know it any more.
    void terminate(const core::ResourceId& id, bool outright = true);
    void make_anew(const core::ResourceId& id, const core::Size& size);

    /// From now on doze's credentials belong to another account, with resources of its own, or to the first one again.
    /// The true states and the actions by hand stay those of the first.
    void sign_in_elsewhere(bool elsewhere) { elsewhere_ = elsewhere; }
    /// Adds a resource to that other account.
    void add_elsewhere(const core::ResourceId& id, const core::Size& size) { other_aws_.add(id, size, ""); }
    [[nodiscard]] core::Observation truth_elsewhere(const core::ResourceId& id);
    /// Whether AWS reports the credentials' account.
    void tell_account(bool tells) { tells_account_ = tells; }

    /// How far AWS's clock is ahead of this machine's.
    void set_ahead(core::Duration ahead) { ahead_ = ahead; }

    /// The true state, whatever descriptions show. At rest if `settled` and awake, asleep or gone.
    [[nodiscard]] core::Observation truth(const core::ResourceId& id);

    // Failures.
    static constexpr int always = std::numeric_limits<int>::max();
    /// The next `times` calls of this kind fail like this: for one resource, or for any (none given; always so for
    /// lists). Descriptions and lists can only be throttled, denied or lost. Orders for a single resource take
    /// precedence; otherwise the oldest order does.
    void inject(Fault fault, CallKind kind, std::optional<core::ResourceId> id = std::nullopt, int times = 1);
    /// All calls fail for this long.
    void inject_for(Fault fault, CallKind kind, std::optional<core::ResourceId> id, core::Duration span);
    void clear_faults() { faults_.clear(); }

    // What was called.
    [[nodiscard]] const std::vector<LoggedCall>& calls() const { return calls_; }
    [[nodiscard]] int descriptions() const { return descriptions_; }  ///< Resources looked at.
    /// Calls at AWS for these descriptions: one for each kind, region, profile and batch.
    [[nodiscard]] int describes() const { return describes_; }
    [[nodiscard]] int lists() const { return lists_; }
    [[nodiscard]] const std::optional<core::GuardSettings>& guards() const { return guards_; }

   private:
    using Action = std::function<void(core::Now at)>;

    struct Event {
        Action run;
        bool is_answer;
    };

    struct OrderedFault {
        Fault fault;
        CallKind kind;
        std::optional<core::ResourceId> id;
        int times;
        std::optional<core::TimePoint> until = std::nullopt;
    };

    /// A request of any kind: `at_aws` runs on arrival, and returns what the answer will do.
    void request(std::optional<Fault> fault, const std::function<Action(core::Now at)>& at_aws, const Action& on_lost);
    void act(core::Verb verb, const std::vector<core::Target>& targets, Outcome each);
    [[nodiscard]] Result<void> take_effect(SimulatedAws& aws, const LoggedCall& call, std::optional<Fault> fault,
                                           core::Now at);
    void answer_at(core::TimePoint at, std::uint64_t life, Action action);
    void run_arrivals();
    [[nodiscard]] SimulatedAws& reached() { return elsewhere_ ? other_aws_ : aws_; }
    [[nodiscard]] AccountId account() const;
    [[nodiscard]] core::Now moment(core::TimePoint at) const;
    [[nodiscard]] std::optional<Fault> take_fault(CallKind kind, const core::ResourceId* id);

    FakeClock& clock_;
    Dice dice_;
    Pace pace_;
    SimulatedAws aws_;
    SimulatedAws other_aws_;
    bool elsewhere_ = false;
    bool tells_account_ = true;
    std::multimap<core::TimePoint, Event> events_;  ///< Equal times keep the order in which they were added.
    core::Duration ahead_{};
    bool heard_ = false;      ///< AWS answered this process.
    std::uint64_t life_ = 0;  ///< Which process is being answered.
    std::vector<OrderedFault> faults_;
    std::vector<LoggedCall> calls_;
    int descriptions_ = 0;
    int describes_ = 0;
    int lists_ = 0;
    std::optional<core::GuardSettings> guards_;
    std::map<core::ResourceId, core::Load> loads_;
};

}  // namespace doze::fakes
