#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/executor/actions.hpp"
#include "core/engine.hpp"
#include "fakes/fake_clock.hpp"
#include "fakes/memory_journal.hpp"
#include "fakes/simulated_cloud.hpp"

namespace doze::sim {

/// doze without its shell: the real engine and actions on a simulated AWS, disk, person and clock. A
/// simulated day takes milliseconds. The process can be killed at any moment and started again; disk and
/// AWS live on.
class Simulation {
   public:
    explicit Simulation(std::uint64_t seed, fakes::Pace pace = {});

    // The process.
    void boot();
    void kill();
    [[nodiscard]] bool is_running() const { return state_.has_value(); }
    [[nodiscard]] const core::State& state() const { return *state_; }

    // Time. Everything that is due on the way happens at its own time.
    void run_for(core::Duration span) { run_until(clock.boot() + span); }
    void run_until(core::TimePoint at);

    // The person.
    void type() { post(core::ActivitySeen{{.kind = core::ActivityKind::keyboard, .at = clock.boot()}}); }
    void see(bool can_see);  ///< The keyboard's source runs, or is lost.
    void leave_and_stay_away(core::Duration span);
    void come_back_and_stay(core::Duration span);
    void post(core::Event event);

    /// Gives an order; its reply is in replies() once it came.
    core::RequestId order_start(const core::ResourceId& id);
    core::RequestId order_stop(const core::ResourceId& id);
    core::RequestId order_scale(const core::ResourceId& id, int desired);
    core::RequestId order_registration(const core::Registration& registration);
    core::RequestId order_removal(const core::ResourceId& id);
    core::RequestId order_snooze(core::Duration span);
    core::RequestId order_resume();
    core::RequestId order_leave();
    core::RequestId new_order() { return ++last_order_; }   ///< For an order that is posted.
    core::RequestId order_hold(const std::string& reason);  ///< HoldReleased with this ends it.
    [[nodiscard]] const std::map<core::RequestId, Result<core::RequestResult>>& replies() const { return replies_; }

    // The files.
    core::Settings settings;
    std::vector<core::Registration> registrations;
    void reload() { post(core::Configured{settings, registrations}); }

    /// Adds a resource at rest to AWS, and registers it.
    core::ResourceId add(const core::ResourceId& id, const core::Size& size, bool registered = true);

    /// State::seed of the next boot.
    std::uint64_t seed = 0;

    // What must hold whatever happens; each is a sentence of what went wrong.
    [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
    void violate(std::string what) { violations_.push_back(std::move(what)); }

    /// Every line that was announced.
    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

    /// Resources that somebody stopped by hand while doze had nothing to do with them: waking one is a
    /// violation.
    std::set<core::ResourceId> stopped_by_hand;

    fakes::FakeClock clock;
    fakes::SimulatedCloud cloud;
    fakes::MemoryJournal journal;

   private:
    [[nodiscard]] core::Now now() const;
    void turn();
    void check_new_calls(core::PresenceState presence);
    template <class RequestEvent>
    core::RequestId order(RequestEvent event);

    std::optional<core::State> state_;
    std::unique_ptr<executor::Actions> actions_;
    std::vector<core::Event> events_;
    std::map<core::RequestId, Result<core::RequestResult>> replies_;
    core::RequestId last_order_ = 0;
    std::set<core::ResourceId> ever_registered_;
    std::set<core::ResourceId> commanded_;  ///< Named in a command.
    std::size_t checked_calls_ = 0;
    std::vector<std::string> violations_;
    std::vector<std::string> lines_;
    bool can_see_ = true;
};

}  // namespace doze::sim
