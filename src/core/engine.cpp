#include "core/engine.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "core/announcements.hpp"
#include "core/reconcile/describing.hpp"
#include "core/reconcile/listing.hpp"
#include "core/reconcile/reconcile.hpp"
#include "core/registry.hpp"

namespace doze::core {
namespace {

/// One step under way: the events' handlers, and what follows from any of them.
class Stepper {
   public:
    Stepper(State& state, Now now) : s_(state), now_(now) { s_.aws_ahead = now.aws_ahead; }

    void operator()(const Configured& event) {
        configure(s_, event, now_, out_);
        s_.configured = true;
    }

    void operator()(const ActivitySeen& event) { s_.presence.on_signal(event.signal, now_.boot); }

    void operator()(const SourceChanged& event) {
        const auto& known = s_.presence.sources();
        const auto before = known.find(event.status.name);
        const bool ran = before != known.end() && before->second.state == SourceState::running;
        if (before == known.end() || before->second != event.status) announce_source(event.status, ran, effects_);
        s_.presence.on_source(event.status, now_.boot);
    }

    void operator()(const SessionChanged& event) { s_.presence.on_session(event.event, now_.boot, event.source); }

    void operator()(const InhibitionChanged& event) {
        s_.presence.on_inhibited(event.source, event.inhibited, now_.boot);
    }

    void operator()(const Listed& event) { on_listed(s_, event, context(), out_, effects_); }

    void operator()(const Described& event) {
        on_registering_described(s_, event, effects_);
        const auto found = s_.tracked.find(event.id);
        if (found == s_.tracked.end()) return;
        auto& tracked = found->second;
        const auto asked_at = std::exchange(tracked.polling.out, std::nullopt).value_or(now_.boot);
        const bool is_told = !event.seen && is_known_trouble(s_, event.id, event.seen.error());
        on_described(tracked, event.seen, asked_at, context(), out_, is_told);
        if (event.seen)
            s_.inventory.put(*event.seen);
        else
            s_.inventory.fail_describe(event.id, event.seen.error());
        announce_missing(tracked, asked_at, effects_);
    }

    void operator()(const CallReturned& event) {
        const auto found = s_.tracked.find(event.id);
        if (found == s_.tracked.end()) return;
        const auto& entry = found->second.entry;
        if (event.accepted && entry) show_accepted(event.id, entry->sleep_state == SleepState::waking);
        on_call_returned(found->second, event, context(), out_);
    }

    void operator()(const LeaveRequested& event) {
        s_.presence.on_leave(now_.boot);
        std::string text = "You are away from now on.";
        if (s_.holds.leave()) text += " The snooze is over.";
        if (s_.holds.is_held()) text += " Nothing is put to sleep yet: " + describe_clients(s_.holds) + ".";
        announce(effects_, Level::info, Reason::command, "Told that you leave.");
        if (s_.presence.state() == PresenceState::away && !s_.presence.sees())
            text += " No keyboard or pointer can be seen here: say `doze back` when you return.";
        effects_.emplace_back(Reply{event.request, RequestResult{.message = std::move(text)}});
    }

    void operator()(const SnoozeRequested& event) {
        s_.holds.snooze(event.until, now_);
        // A moment passes on the way here, and two hours less that would read as 119 minutes.
        const Duration span = std::chrono::round<std::chrono::seconds>(event.until - now_.boot);
        auto text = fmt::format("Nothing is put to sleep for {}.", to_string(span));
        announce(effects_, Level::info, Reason::command, "Snoozed: " + text);
        if (s_.presence.is_away()) text += " What sleeps already stays asleep until you are back.";
        effects_.emplace_back(Reply{event.request, RequestResult{.message = std::move(text)}});
    }

    void operator()(const ResumeRequested& event) {
        std::string text = s_.holds.resume(now_.boot) ? "The snooze is over." : "Nothing was snoozed.";
        announce(effects_, Level::info, Reason::command, "Told to resume: " + text);
        if (s_.holds.is_held()) text += " Nothing is put to sleep yet: " + describe_clients(s_.holds) + ".";
        effects_.emplace_back(Reply{event.request, RequestResult{.message = std::move(text)}});
    }

    void operator()(const HoldRequested& event) {
        s_.holds.hold(event.request, event.reason, now_.boot);
        announce(effects_, Level::info, Reason::held, fmt::format("Held awake: {}.", event.reason));
        effects_.emplace_back(
            Reply{event.request, RequestResult{.message = "Nothing is put to sleep until this connection ends."}});
    }

    void operator()(const HoldReleased& event) {
        const auto& clients = s_.holds.clients();
        const auto known = std::ranges::find(clients, event.hold, &ClientHold::id);
        if (known == clients.end()) return;
        announce(effects_, Level::info, Reason::held, fmt::format("No longer held awake: {}.", known->reason));
        s_.holds.release(event.hold, now_.boot);
    }

    void operator()(const StartRequested& event) {
        on_request(event.request, event.id, {RequestVerb::start, 0, {event.request}});
    }
    void operator()(const StopRequested& event) {
        on_request(event.request, event.id, {RequestVerb::stop, 0, {event.request}});
    }
    void operator()(const ScaleRequested& event) {
        on_request(event.request, event.id, {RequestVerb::scale, event.desired, {event.request}});
    }

    void operator()(const RegisterRequested& event) { request_registration(s_, event, effects_); }
    void operator()(const UnregisterRequested& event) { request_removal(s_, event, effects_); }
    void operator()(const Saved& event) { on_saved(s_, event, now_, out_, effects_); }
    void operator()(const ListRequested& event) { request_list(s_, event, now_, effects_); }
    void operator()(const RowsFound& event) {
        for (const auto& entry : event.rows) {
            auto& tracked = s_.tracked.try_emplace(entry.id, ResourceRecord{.id = entry.id}).first->second;
            if (!tracked.entry) take_over(tracked, entry, now_);
        }
    }
    void operator()(const Tick&) {}
    void operator()(const Listening& event) {
        s_.listening_until = event.until;
        s_.presence.listen_until(event.until);
    }

    std::vector<Effect> finish(bool quiet) && {
        s_.presence.advance(now_.boot);
        s_.holds.advance(now_);
        // Who is there needs no warning: before they are away the countdown gives it.
        if (s_.presence.state() == PresenceState::active) s_.holds.end_warning();
        announce_presence(s_, now_, effects_);
        announce_holds(s_, now_, effects_);
        if (s_.configured) {
            turn();
            announce_erasures(s_, out_.announcements);
            const auto context = this->context();
            describe_all_if_due(s_, now_, out_);
            for (auto& [id, record] : s_.tracked) reconcile(record, context, out_);
            send_describes(s_, now_, out_);
            // What is not registered is known for as long as something is owed to it, or a person waits for it.
            announce_other_accounts(s_, effects_);
            std::erase_if(s_.tracked, [](const auto& each) {
                const auto& it = each.second;
                return !it.registration && !it.entry && !it.request;
            });
        }
        if (now_.boot >= s_.listening_until) s_.listening_until = TimePoint::min();
        for (const auto& [id, account] : out_.accounts) {
            if (account.str().empty())
                s_.accounts.erase(id);
            else
                s_.accounts.insert_or_assign(id, account);
        }
        if (!quiet || !out_.empty()) ++s_.revision;
        auto decided = std::move(out_).effects();
        std::move(decided.begin(), decided.end(), std::back_inserter(effects_));
        return std::move(effects_);
    }

   private:
    [[nodiscard]] ReconcileContext context() const { return context_of(s_, now_); }

    void on_request(RequestId request_id, const ResourceId& id, Request request) {
        const auto meant = find_requested(s_, id, now_);
        if (!meant) {
            effects_.emplace_back(Reply{request_id, meant.error()});
            return;
        }
        if (request.verb == RequestVerb::scale && (!info(id.kind).sized || request.desired < 0)) {
            effects_.emplace_back(Reply{request_id, Error{.code = ErrorCode::bad_request,
                                                          .message = fmt::format("Only {} can be scaled, to 0 or more.",
                                                                                 nouns_with(&KindInfo::sized))}});
            return;
        }
        auto& record = **meant;
        auto& pending = record.request;
        if (pending && pending->verb == request.verb && pending->desired == request.desired) {
            pending->ids.push_back(request_id);
            return;
        }
        for (const RequestId overtaken : pending ? pending->ids : std::vector<RequestId>())
            effects_.emplace_back(
                Reply{overtaken, Error{.code = ErrorCode::bad_request,
                                       .message = "A newer command for the same resource overtook this one."}});
        pending = std::move(request);
        if (pending->verb == RequestVerb::start) keep_request(record, context(), out_);
        record.restart(now_.boot);
    }

    /// Lists show what AWS accepted from that moment on, and not only when it was described again.
    void show_accepted(const ResourceId& id, bool waking) {
        const auto state = waking ? info(id.kind).state_after_wake : info(id.kind).state_after_sleep;
        auto known = state.empty() ? std::nullopt : s_.inventory.find(id);
        if (!known) return;
        known->state = state;
        s_.inventory.put(*known);
    }

    /// Away begins or ends, or the holds end while it lasts: everything is considered afresh.
    void turn() {
        const bool away = s_.presence.is_away();
        const bool held = s_.holds.is_on();
        const bool turned = std::exchange(s_.away, away) != away;
        const bool released = std::exchange(s_.held, held) && !held && away;
        if (!turned && !released) return;
        for (auto& [id, tracked] : s_.tracked) {
            if (turned && away) end_request(tracked, out_);
            on_turn(tracked, away, now_.boot);
        }
    }

    State& s_;
    Now now_;
    Batch out_;
    std::vector<Effect> effects_;
};

}  // namespace

State start(std::vector<JournalEntry> journal, const std::optional<PresenceRecord>& presence, Now now,
            const std::optional<HoldRecord>& holds, std::map<ResourceId, AccountId> accounts) {
    State state{.settings = {},
                .presence = Presence({}, presence, now),
                .holds = Holds(holds, now),
                .inventory = {},
                .tracked = {},
                .describe_budgets = {},
                .lists_out = {},
                .waiting_lists = {},
                .registering = {},
                .saving = {},
                .saved_holds = holds.value_or(HoldRecord{})};
    state.away = state.presence.is_away();
    state.held = state.holds.is_on();
    state.accounts = std::move(accounts);
    for (auto& entry : journal) {
        const auto id = entry.id;
        take_over(state.tracked.emplace(id, ResourceRecord{.id = id}).first->second, std::move(entry), now);
    }
    return state;
}

std::vector<Effect> step(State& state, std::span<const Event> events, Now now) {
    Stepper stepper(state, now);
    bool quiet = true;
    for (const auto& event : events) {
        std::visit(stepper, event);
        quiet = quiet && (std::holds_alternative<ActivitySeen>(event) || std::holds_alternative<Tick>(event));
    }
    return std::move(stepper).finish(quiet);
}

std::vector<Effect> step(State& state, const Event& event, Now now) {
    return step(state, std::span(&event, 1), now);
}

std::optional<TimePoint> next_deadline(const State& state) {
    auto next = state.presence.next_deadline();
    const auto at = [&](TimePoint when) { next = next ? std::min(*next, when) : when; };
    if (const auto hold = state.holds.next_deadline()) at(*hold);
    if (state.listening_until != TimePoint::min()) at(state.listening_until);
    if (!state.configured) return next;
    if (!state.settings.regions.empty() || !state.tracked.empty()) at(state.next_round);
    for (const auto& [id, tracked] : state.tracked)
        if (tracked.due) at(*tracked.due);
    return next;
}

}  // namespace doze::core
