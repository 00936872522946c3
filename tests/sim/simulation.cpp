#include "sim/simulation.hpp"

#include <algorithm>
#include <utility>

namespace doze::sim {

using namespace std::chrono_literals;

Simulation::Simulation(std::uint64_t seed, fakes::Pace pace) : cloud(clock, seed, pace) {
    settings.regions = {Region("us-east-1"), Region("ap-northeast-2")};
}

core::ResourceId Simulation::add(const core::ResourceId& id, const core::Size& size, bool registered) {
    cloud.add(id, size, "t3.micro/" + id.region.str());
    if (registered) registrations.push_back({.id = id});
    return id;
}

void Simulation::boot() {
    state_ = core::start(*journal.entries(), *journal.presence(), now(), *journal.holds(), *journal.accounts());
    state_->seed = seed;
    actions_ = std::make_unique<executor::Actions>(journal, cloud, clock,
                                                   [this](core::Event event) { post(std::move(event)); });
    reload();
    see(can_see_);
    turn();
}

void Simulation::kill() {
    state_.reset();
    actions_.reset();
    events_.clear();
    cloud.drop_pending();
}

void Simulation::see(bool can_see) {
    can_see_ = can_see;
    post(core::SourceChanged{{.name = "x11-keyboard",
                              .kind = core::ActivityKind::keyboard,
                              .state = can_see ? core::SourceState::running : core::SourceState::unavailable}});
}

void Simulation::post(core::Event event) {
    if (state_) events_.push_back(std::move(event));
}

void Simulation::run_until(core::TimePoint at) {
    turn();
    while (true) {
        auto next = at;
        if (const auto event = cloud.next_event()) next = std::min(next, *event);
        if (state_)
            if (const auto deadline = core::next_deadline(*state_)) next = std::min(next, *deadline);
        next = std::max(next, clock.boot());
        cloud.advance_to(next);
        if (state_) {
            if (const auto deadline = core::next_deadline(*state_); deadline && *deadline <= clock.boot())
                post(core::Tick{});
            turn();
        }
        if (next >= at && (!state_ || events_.empty())) return;
    }
}

void Simulation::leave_and_stay_away(core::Duration span) {
    run_for(span);
}

void Simulation::come_back_and_stay(core::Duration span) {
    const auto until = clock.boot() + span;
    while (clock.boot() < until) {
        type();
        run_until(std::min(until, clock.boot() + 3min));
    }
}

core::Now Simulation::now() const {
    auto now = clock.now();
    now.aws_ahead = cloud.aws_ahead(now);
    return now;
}

void Simulation::turn() {
    while (state_ && !events_.empty()) {
        const auto events = std::exchange(events_, {});
        for (const auto& registration : registrations) ever_registered_.insert(registration.id);
        auto effects = core::step(*state_, events, now());
        std::vector<core::Announce> announcements;
        for (auto& effect : effects) {
            if (auto* announce = std::get_if<core::Announce>(&effect)) {
                lines_.push_back(core::to_string(clock.boot().time_since_epoch()) + ": " + announce->text);
                announcements.push_back(std::move(*announce));
            } else if (auto* reply = std::get_if<core::Reply>(&effect)) {
                if (!replies_.emplace(reply->request, reply->result).second) violate("An order was answered twice.");
            } else if (auto* save = std::get_if<core::SaveRegistration>(&effect)) {
                std::erase_if(registrations, [&](const auto& known) { return known.id == save->registration.id; });
                if (!save->remove) registrations.push_back(save->registration);
                post(core::Saved{.request = save->request, .done = {}});
                reload();
            } else if (auto* act = std::get_if<core::Call>(&effect)) {
                (*actions_)(*act);
            } else if (auto* rows = std::get_if<core::Journal>(&effect)) {
                (*actions_)(*rows);
            } else if (auto* presence = std::get_if<core::SavePresence>(&effect)) {
                (*actions_)(*presence);
            } else if (auto* holds = std::get_if<core::SaveHolds>(&effect)) {
                (*actions_)(*holds);
            } else if (auto* account = std::get_if<core::SaveAccount>(&effect)) {
                (*actions_)(*account);
            } else if (auto* describe = std::get_if<core::Describe>(&effect)) {
                (*actions_)(*describe);
            } else if (auto* listing = std::get_if<core::List>(&effect)) {
                (*actions_)(*listing);
            }
        }
        if (!announcements.empty()) actions_->remember(announcements);
        actions_->retry();
        check_new_calls(state_->presence.state());
    }
}

void Simulation::check_new_calls(core::PresenceState presence) {
    for (; checked_calls_ < cloud.calls().size(); ++checked_calls_) {
        const auto& call = cloud.calls()[checked_calls_];
        const auto name = core::to_string(call.id);
        const auto row = journal.rows().find(call.id);
        // A wake is never held back by a sick disk; its row is in memory.
        if (row == journal.rows().end() && call.verb == core::Verb::sleep)
            violate(name + " was put to sleep without a row in the journal.");
        const auto tracked = state_->tracked.find(call.id);
        const bool for_person = tracked != state_->tracked.end() && tracked->second.entry &&
                                tracked->second.entry->initiator == core::Initiator::person;
        if (state_->settings.dry_run) violate(name + " was called about in a dry run.");
        if (!ever_registered_.contains(call.id) && !(for_person && commanded_.contains(call.id)))
            violate(name + " was touched, but neither registered nor commanded.");
        if (call.verb == core::Verb::sleep && presence != core::PresenceState::away && !for_person)
            violate(name + " was put to sleep while presence was " + std::string(core::to_string(presence)) + ".");
        if (call.verb == core::Verb::sleep && state_->holds.is_on() && !for_person)
            violate(name + " was put to sleep while a hold was on.");
        if (call.verb == core::Verb::wake && stopped_by_hand.contains(call.id) && !for_person)
            violate(core::to_string(clock.boot().time_since_epoch()) + ": " + name +
                    " was stopped by hand, and woken by doze.");
    }
}

template <class RequestEvent>
core::RequestId Simulation::order(RequestEvent event) {
    event.request = ++last_order_;
    const auto id = event.request;
    post(std::move(event));
    return id;
}

core::RequestId Simulation::order_start(const core::ResourceId& id) {
    commanded_.insert(id);
    return order(core::StartRequested{.request = 0, .id = id});
}
core::RequestId Simulation::order_stop(const core::ResourceId& id) {
    commanded_.insert(id);
    return order(core::StopRequested{.request = 0, .id = id});
}
core::RequestId Simulation::order_scale(const core::ResourceId& id, int desired) {
    commanded_.insert(id);
    return order(core::ScaleRequested{.request = 0, .id = id, .desired = desired});
}
core::RequestId Simulation::order_registration(const core::Registration& registration) {
    return order(core::RegisterRequested{.request = 0, .registration = registration});
}
core::RequestId Simulation::order_removal(const core::ResourceId& id) {
    return order(core::UnregisterRequested{.request = 0, .id = id});
}
core::RequestId Simulation::order_snooze(core::Duration span) {
    return order(core::SnoozeRequested{.request = 0, .until = clock.boot() + span});
}
core::RequestId Simulation::order_resume() {
    return order(core::ResumeRequested{.request = 0});
}
core::RequestId Simulation::order_leave() {
    return order(core::LeaveRequested{.request = 0});
}
core::RequestId Simulation::order_hold(const std::string& reason) {
    return order(core::HoldRequested{.request = 0, .reason = reason});
}

}  // namespace doze::sim
