#include "core/engine.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "core/plan/plan.hpp"
#include "core/registry.hpp"
#include "core/surveys.hpp"

namespace doze::core {
namespace {

void note(std::vector<Effect>& effects, Level level, Reason reason, std::string text) {
    effects.emplace_back(Announce{.level = level, .reason = reason, .id = std::nullopt, .text = std::move(text)});
}

/// One step under way: the events' handlers, and what follows from any of them.
class Stepper {
   public:
    Stepper(State& state, Now now) : s_(state), now_(now) {}

    void operator()(const Configured& event) {
        configure(s_, event, now_, out_);
        s_.configured = true;
    }

    void operator()(const SignalSeen& event) { s_.presence.on_signal(event.signal, now_.boot); }

    void operator()(const SourceChanged& event) {
        const auto& known = s_.presence.sources();
        const auto before = known.find(event.status.name);
        const bool ran = before != known.end() && before->second.state == SourceState::running;
        if (before == known.end() || before->second != event.status) tell_source(event.status, ran);
        s_.presence.on_source(event.status, now_.boot);
    }

    void operator()(const SessionChanged& event) { s_.presence.on_session(event.event, now_.boot); }

    void operator()(const InhibitionChanged& event) {
        s_.presence.on_inhibited(event.source, event.inhibited, now_.boot);
    }

    void operator()(const Surveyed& event) { on_surveyed(s_, event, circumstances(), out_, effects_); }

    void operator()(const Looked& event) {
        on_registering_looked(s_, event, effects_);
        const auto found = s_.tracked.find(event.id);
        if (found == s_.tracked.end()) return;
        auto& tracked = found->second;
        const auto asked_at = std::exchange(tracked.look_out, std::nullopt);
        on_looked(tracked, event.seen, asked_at.value_or(now_.boot), circumstances(), out_);
        if (event.seen) s_.inventory.put(*event.seen);
    }

    void operator()(const Acted& event) {
        const auto found = s_.tracked.find(event.id);
        if (found != s_.tracked.end()) on_acted(found->second, event, circumstances(), out_);
    }

    void operator()(const LeaveOrdered& event) {
        s_.presence.on_leave(now_.boot);
        std::string text = "You are away from now on.";
        if (s_.presence.state() == PresenceState::away && !s_.presence.sees())
            text += " No keyboard or pointer can be seen here: say `doze back` when you return.";
        effects_.emplace_back(Reply{event.order, OrderResult{.message = std::move(text)}});
    }

    void operator()(const StartOrdered& event) { order(event.order, event.id, {OrderVerb::start, 0, {event.order}}); }
    void operator()(const StopOrdered& event) { order(event.order, event.id, {OrderVerb::stop, 0, {event.order}}); }
    void operator()(const ScaleOrdered& event) {
        order(event.order, event.id, {OrderVerb::scale, event.desired, {event.order}});
    }

    void operator()(const RegisterOrdered& event) { order_registration(s_, event, effects_); }
    void operator()(const UnregisterOrdered& event) { order_removal(s_, event, effects_); }
    void operator()(const Saved& event) { on_saved(s_, event, now_, out_, effects_); }
    void operator()(const SurveyOrdered& event) { order_survey(s_, event, now_, effects_); }
    void operator()(const Tick&) {}

    std::vector<Effect> finish(bool quiet) && {
        s_.presence.advance(now_.boot);
        tell_presence();
        if (s_.configured) {
            turn();
            survey_if_due(s_, now_, circumstances(), out_, effects_);
            for (auto& [id, tracked] : s_.tracked) plan(tracked, circumstances(), out_);
            // The debts to what is no longer registered are paid.
            std::erase_if(s_.tracked, [](const auto& each) { return !each.second.registration && !each.second.entry; });
        }
        if (!quiet || !out_.empty()) ++s_.revision;
        auto decided = std::move(out_).effects();
        std::move(decided.begin(), decided.end(), std::back_inserter(effects_));
        return std::move(effects_);
    }

   private:
    [[nodiscard]] Circumstances circumstances() const {
        return {.settings = s_.settings, .away = s_.presence.is_away(), .blind = s_.presence.is_blind(), .now = now_};
    }

    void order(OrderId order_id, const ResourceId& id, Order order) {
        const auto found = find_registered(s_, id);
        if (found == s_.tracked.end()) {
            effects_.emplace_back(Reply{order_id, not_registered(id)});
            return;
        }
        if (order.verb == OrderVerb::scale && (!info(id.kind).sized || order.desired < 0)) {
            effects_.emplace_back(Reply{
                order_id, Error{.code = ErrorCode::bad_request,
                                .message = "Only a node group or an Auto Scaling group can be scaled, to 0 or more."}});
            return;
        }
        auto& tracked = found->second;
        if (tracked.order && tracked.order->verb == order.verb && tracked.order->desired == order.desired) {
            tracked.order->ids.push_back(order_id);
            return;
        }
        if (tracked.order)
            for (const OrderId overtaken : tracked.order->ids)
                effects_.emplace_back(
                    Reply{overtaken, Error{.code = ErrorCode::bad_request,
                                           .message = "A newer command for the same resource overtook this one."}});
        tracked.order = std::move(order);
        tracked.next_look = tracked.next_call = TimePoint::min();
        tracked.looks = 0;
        if (!tracked.call_out) tracked.fresh_from = now_.boot;
    }

    /// That one was never there is no trouble: another one may see what it would, and else doze says that it is blind.
    void tell_source(const SourceStatus& status, bool ran) {
        if (status.state == SourceState::starting || status.state == SourceState::standby) return;
        const bool lost = ran && status.state == SourceState::unavailable;
        note(effects_, lost ? Level::warning : Level::info, Reason::source,
             fmt::format("Source {} is {}.{}{}", status.name, to_string(status.state), status.detail.empty() ? "" : " ",
                         status.detail));
    }

    void tell_presence() {
        const auto& sources = s_.presence.sources();
        const bool known = !sources.empty() && std::ranges::none_of(sources, [](const auto& source) {
            return source.second.state == SourceState::starting;
        });
        if (known && std::exchange(s_.told_blind, !s_.presence.sees()) != s_.told_blind) {
            if (s_.told_blind)
                note(effects_, Level::error, Reason::blind,
                     "doze is blind: it sees neither keyboard nor pointer, so it puts nothing to sleep. See the "
                     "sources above.");
            else
                note(effects_, Level::info, Reason::blind, "doze can see again whether you are there.");
        }
        const auto record = s_.presence.record(now_);
        if (record.state == s_.saved_presence) return;
        const bool first = s_.saved_presence == PresenceState::unknown;
        const auto before = std::exchange(s_.saved_presence, record.state);
        effects_.emplace_back(SavePresence{record});
        if (record.state == PresenceState::away)
            note(effects_, Level::info, Reason::away, first ? "You are still away." : "You are away.");
        else if (record.state == PresenceState::idle)
            note(effects_, Level::info, Reason::presence, idle_text());
        else
            note(effects_, Level::info, before == PresenceState::away ? Reason::returned : Reason::presence,
                 before == PresenceState::away ? "You are back." : "You are active.");
    }

    [[nodiscard]] std::string idle_text() const {
        const auto away_at = s_.presence.away_at();
        return away_at ? fmt::format("You are idle; away in {} unless you return.", to_string(*away_at - now_.boot))
                       : "You are idle.";
    }

    /// Away begins or ends: everything is considered afresh.
    void turn() {
        const bool away = s_.presence.is_away();
        if (std::exchange(s_.away, away) == away) return;
        for (auto& [id, tracked] : s_.tracked) on_turn(tracked, away, now_.boot);
    }

    State& s_;
    Now now_;
    Decisions out_;
    std::vector<Effect> effects_;
};

}  // namespace

State start(std::vector<LedgerEntry> ledger, const std::optional<PresenceRecord>& presence, Now now) {
    State state{.settings = {},
                .presence = Presence({}, presence, now),
                .inventory = {},
                .tracked = {},
                .surveys_out = {},
                .waiting_surveys = {},
                .registering = {},
                .saving = {}};
    state.away = state.presence.is_away();
    for (auto& entry : ledger) {
        Tracked tracked{.id = entry.id, .fresh_from = now.boot};
        // Whether the last call of the process before went out, and what became of it, only looking tells.
        tracked.uncertain = entry.step == Step::sleeping || entry.step == Step::waking;
        tracked.last_call = now.boot;
        tracked.settled_for_absence = entry.step == Step::asleep || entry.step == Step::left_awake;
        const auto id = entry.id;
        tracked.entry = std::move(entry);
        state.tracked.emplace(id, std::move(tracked));
    }
    return state;
}

std::vector<Effect> step(State& state, std::span<const Event> events, Now now) {
    Stepper stepper(state, now);
    bool quiet = true;
    for (const auto& event : events) {
        std::visit(stepper, event);
        quiet = quiet && (std::holds_alternative<SignalSeen>(event) || std::holds_alternative<Tick>(event));
    }
    return std::move(stepper).finish(quiet);
}

std::vector<Effect> step(State& state, const Event& event, Now now) {
    return step(state, std::span(&event, 1), now);
}

bool has_asked_everything(const State& state) {
    return state.configured && std::ranges::none_of(state.tracked, [&](const auto& each) {
               const auto& t = each.second;
               if (t.call_out) return true;
               if (t.trouble || t.busy || t.give_up || !state.away) return false;
               if (t.entry) return t.entry->step == Step::sleeping && !t.accepted_at && !t.uncertain;
               return t.registration && !t.settled_for_absence;
           });
}

std::optional<TimePoint> next_deadline(const State& state) {
    auto next = state.presence.next_deadline();
    const auto at = [&](TimePoint when) { next = next ? std::min(*next, when) : when; };
    if (!state.configured) return next;
    if (!state.settings.regions.empty() || !state.tracked.empty()) at(state.next_survey);
    for (const auto& [id, tracked] : state.tracked)
        if (tracked.due) at(*tracked.due);
    return next;
}

}  // namespace doze::core
