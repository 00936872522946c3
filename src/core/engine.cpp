#include "core/engine.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "core/reconcile/listing.hpp"
#include "core/reconcile/reconcile.hpp"
#include "core/registry.hpp"
#include "core/troubles.hpp"

namespace doze::core {
namespace {

void note(std::vector<Effect>& effects, Level level, Reason reason, std::string text) {
    effects.emplace_back(Announce{.level = level, .reason = reason, .id = std::nullopt, .text = std::move(text)});
}

/// "held awake by make, and 2 more"
std::string describe_clients(const Holds& holds) {
    const auto& clients = holds.clients();
    auto text = "held awake by " + clients.front().reason;
    if (clients.size() > 1) text += fmt::format(", and {} more", clients.size() - 1);
    return text;
}

/// Registered, seen awake, unguarded, and reached with the right account.
bool would_sleep(const ResourceRecord& tracked) {
    const auto& seen = tracked.seen;
    if (!tracked.registration || !seen || seen->phase != Phase::awake) return false;
    if (tracked.trouble && tracked.trouble->code == ErrorCode::other_account) return false;
    return !seen->guard || (seen->guard->by_tag && tracked.registration->force);
}

/// A row that an earlier process opened.
void take_over(ResourceRecord& tracked, JournalEntry entry, Now now) {
    tracked.fresh_from = now.boot;
    // Whether the last call of the process before went out, and what became of it, only looking tells.
    tracked.uncertain = entry.step == SleepState::sleeping || entry.step == SleepState::waking;
    tracked.last_call = now.boot;
    tracked.settled_for_absence = entry.step == SleepState::asleep || entry.step == SleepState::left_awake ||
                                  entry.step == SleepState::letting_go;
    tracked.requested_awake = entry.requested;
    tracked.scale_to = entry.goal;
    if (tracked.account.str().empty()) tracked.account = entry.account;
    tracked.entry = std::move(entry);
}

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
        if (before == known.end() || before->second != event.status) tell_source(event.status, ran);
        s_.presence.on_source(event.status, now_.boot);
    }

    void operator()(const SessionChanged& event) { s_.presence.on_session(event.event, now_.boot, event.source); }

    void operator()(const InhibitionChanged& event) {
        s_.presence.on_inhibited(event.source, event.inhibited, now_.boot);
    }

    void operator()(const Listed& event) { on_listed(s_, event, inputs(), out_, effects_); }

    void operator()(const Described& event) {
        on_registering_looked(s_, event, effects_);
        const auto found = s_.tracked.find(event.id);
        if (found == s_.tracked.end()) return;
        auto& tracked = found->second;
        const auto asked_at = std::exchange(tracked.describe_out, std::nullopt).value_or(now_.boot);
        const bool is_told = !event.seen && is_known_trouble(s_, event.id, event.seen.error());
        on_described(tracked, event.seen, asked_at, inputs(), out_, is_told);
        if (event.seen)
            s_.inventory.put(*event.seen);
        else
            s_.inventory.fail_describe(event.id, event.seen.error());
        tell_missing(tracked, asked_at, effects_);
    }

    void operator()(const CallReturned& event) {
        const auto found = s_.tracked.find(event.id);
        if (found == s_.tracked.end()) return;
        const auto& entry = found->second.entry;
        if (event.accepted && entry) show_accepted(event.id, entry->step == SleepState::waking);
        on_call_returned(found->second, event, inputs(), out_);
    }

    void operator()(const LeaveRequested& event) {
        s_.presence.on_leave(now_.boot);
        std::string text = "You are away from now on.";
        if (s_.holds.leave()) text += " The snooze is over.";
        if (s_.holds.is_held()) text += " Nothing is put to sleep yet: " + describe_clients(s_.holds) + ".";
        note(effects_, Level::info, Reason::command, "Told that you leave.");
        if (s_.presence.state() == PresenceState::away && !s_.presence.sees())
            text += " No keyboard or pointer can be seen here: say `doze back` when you return.";
        effects_.emplace_back(Reply{event.order, RequestResult{.message = std::move(text)}});
    }

    void operator()(const SnoozeRequested& event) {
        s_.holds.snooze(event.until, now_);
        auto text = fmt::format("Nothing is put to sleep for {}.", to_string(event.until - now_.boot));
        note(effects_, Level::info, Reason::command, "Snoozed: " + text);
        if (s_.presence.is_away()) text += " What sleeps already stays asleep until you are back.";
        effects_.emplace_back(Reply{event.order, RequestResult{.message = std::move(text)}});
    }

    void operator()(const ResumeRequested& event) {
        std::string text = s_.holds.resume(now_.boot) ? "The snooze is over." : "Nothing was snoozed.";
        note(effects_, Level::info, Reason::command, "Told to resume: " + text);
        if (s_.holds.is_held()) text += " Nothing is put to sleep yet: " + describe_clients(s_.holds) + ".";
        effects_.emplace_back(Reply{event.order, RequestResult{.message = std::move(text)}});
    }

    void operator()(const HoldRequested& event) {
        s_.holds.hold(event.order, event.reason, now_.boot);
        note(effects_, Level::info, Reason::held, fmt::format("Held awake: {}.", event.reason));
        effects_.emplace_back(
            Reply{event.order, RequestResult{.message = "Nothing is put to sleep until this connection ends."}});
    }

    void operator()(const HoldReleased& event) {
        const auto& clients = s_.holds.clients();
        const auto known = std::ranges::find(clients, event.hold, &ClientHold::id);
        if (known == clients.end()) return;
        note(effects_, Level::info, Reason::held, fmt::format("No longer held awake: {}.", known->reason));
        s_.holds.release(event.hold, now_.boot);
    }

    void operator()(const StartRequested& event) {
        order(event.order, event.id, {RequestVerb::start, 0, {event.order}});
    }
    void operator()(const StopRequested& event) { order(event.order, event.id, {RequestVerb::stop, 0, {event.order}}); }
    void operator()(const ScaleRequested& event) {
        order(event.order, event.id, {RequestVerb::scale, event.desired, {event.order}});
    }

    void operator()(const RegisterRequested& event) { order_registration(s_, event, effects_); }
    void operator()(const UnregisterRequested& event) { order_removal(s_, event, effects_); }
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
        tell_presence();
        tell_holds();
        if (s_.configured) {
            turn();
            tell_erased();
            look_at_all_if_due(s_, now_, out_);
            for (auto& [id, tracked] : s_.tracked) plan(tracked, inputs(), out_);
            send_describes(s_, now_, out_);
            // What is not registered is known for as long as something is owed to it, or a person waits for it.
            tell_elsewhere();
            std::erase_if(s_.tracked, [](const auto& each) {
                const auto& it = each.second;
                return !it.registration && !it.entry && !it.order;
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
    [[nodiscard]] Inputs inputs() const {
        return {.settings = s_.settings,
                .away = s_.presence.is_away(),
                .blind = s_.presence.is_blind() || now_.boot < s_.listening_until,
                .held = s_.holds.is_on(),
                .now = now_};
    }

    void order(RequestId request_id, const ResourceId& id, Order order) {
        const auto meant = find_ordered(s_, id, now_);
        if (!meant) {
            effects_.emplace_back(Reply{request_id, meant.error()});
            return;
        }
        if (order.verb == RequestVerb::scale && (!info(id.kind).sized || order.desired < 0)) {
            effects_.emplace_back(
                Reply{request_id,
                      Error{.code = ErrorCode::bad_request,
                            .message = "Only a node group or an Auto Scaling group can be scaled, to 0 or more."}});
            return;
        }
        auto& tracked = **meant;
        if (tracked.order && tracked.order->verb == order.verb && tracked.order->desired == order.desired) {
            tracked.order->ids.push_back(request_id);
            return;
        }
        if (tracked.order)
            for (const RequestId overtaken : tracked.order->ids)
                effects_.emplace_back(
                    Reply{overtaken, Error{.code = ErrorCode::bad_request,
                                           .message = "A newer command for the same resource overtook this one."}});
        tracked.order = std::move(order);
        if (tracked.order->verb == RequestVerb::start) keep_request(tracked, inputs(), out_);
        tracked.next_describe = tracked.next_call = TimePoint::min();
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
            const auto hiding = std::ranges::find_if(sources, [](const auto& each) { return each.second.hides; });
            if (s_.told_blind && hiding != sources.end())
                note(effects_, Level::error, Reason::blind,
                     fmt::format("doze is blind: {} So it puts nothing to sleep.", hiding->second.detail));
            else if (s_.told_blind)
                note(effects_, Level::error, Reason::blind,
                     "doze is blind: it sees neither keyboard nor pointer, so it puts nothing to sleep. See the "
                     "sources above.");
            else
                note(effects_, Level::info, Reason::blind, "doze can see again whether you are there.");
        }
        if (std::exchange(s_.told_doubt, s_.presence.is_lock_doubted()) != s_.told_doubt && s_.told_doubt)
            note(effects_, Level::warning, Reason::presence,
                 "Somebody types although the session is said to be locked (a screen locker that died leaves its word "
                 "behind), so doze takes it for unlocked.");
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

    /// Lists show what AWS accepted from that moment on, and not only when it was looked at again.
    void show_accepted(const ResourceId& id, bool waking) {
        if (id.kind != Kind::ec2) return;
        auto known = s_.inventory.find(id);
        if (!known) return;
        known->state = waking ? "pending" : "stopping";
        s_.inventory.put(*known);
    }

    /// What a person who is not there finds afterwards, and one who returns to it can act on.
    void tell_holds() {
        const bool away = s_.presence.is_away();
        if (s_.configured && away && s_.holds.is_held() && !(s_.away && s_.held))
            note(effects_, Level::info, Reason::held, "You are away, but nothing is put to sleep while a hold is on.");
        const auto warned = s_.holds.warned_until();
        if (away && warned && !std::exchange(s_.warned, true))
            note(effects_, Level::info, Reason::held,
                 fmt::format("No hold is on any more; in {} everything registered is put to sleep unless you return.{}",
                             to_string(*warned - now_.boot), not_kept_text()));
        if (!warned) s_.warned = false;
        auto record = s_.holds.record();
        if (record == s_.saved_holds) return;
        s_.saved_holds = record;
        effects_.emplace_back(SaveHolds{record});
    }

    /// Other credentials make everything of an account fail at once; it is told once, and that they are back.
    void tell_elsewhere() {
        std::map<std::string, const ResourceRecord*> causes;
        for (const auto& [id, tracked] : s_.tracked)
            if (tracked.trouble && tracked.trouble->code == ErrorCode::other_account)
                causes.emplace(tracked.trouble->message, &tracked);
        const auto count_of = [&](const AccountId& owner) {
            return std::ranges::count_if(s_.tracked, [&](const auto& each) { return each.second.owner() == owner; });
        };
        for (const auto& [message, one] : causes) {
            if (s_.told_elsewhere.contains(message)) continue;
            const auto count = count_of(one->owner());
            note(effects_, Level::warning, Reason::refused,
                 fmt::format("{} Of {} resource{} nothing is called, and nothing forgotten. {}", message, count,
                             count == 1 ? "" : "s", one->trouble->next_step));
        }
        if (causes.empty() && !s_.told_elsewhere.empty())
            note(effects_, Level::info, Reason::verified,
                 "The credentials of the right account are back; doze goes on.");
        s_.told_elsewhere.clear();
        for (const auto& [message, cause] : causes) s_.told_elsewhere.insert(message);
    }

    [[nodiscard]] std::string idle_text() const {
        const auto away_at = s_.presence.away_at();
        if (!away_at) return "You are idle.";
        return fmt::format("You are idle; away in {} unless you return.{}", to_string(*away_at - now_.boot),
                           not_kept_text());
    }

    /// What the sleep that is warned of does not keep.
    [[nodiscard]] std::string not_kept_text() const {
        constexpr int most = 3;  // It is one line of the log.
        std::string text;
        int count = 0;
        for (const auto& id : would_sleep(s_)) {
            const auto& caution = s_.tracked.at(id).seen->caution;
            if (!caution.empty() && ++count <= most) text += fmt::format(" {}: {}", to_string(id), caution);
        }
        if (count > most) text += fmt::format(" And {} more.", count - most);
        return text.empty() ? text : " Not kept by the sleep:" + text;
    }

    /// A sleep that erases data waits until its person could read that it does: while they are there, or with the
    /// warning after a hold.
    void tell_erased() {
        if (s_.presence.is_away() && !s_.holds.warned_until()) return;
        for (auto& [id, tracked] : s_.tracked) {
            if (tracked.told_erased || !would_sleep(tracked) || !tracked.seen->erases) continue;
            tracked.told_erased = true;
            out_.announcements.emplace_back(Announce{
                .level = Level::warning,
                .reason = Reason::configured,
                .id = id,
                .text = fmt::format("{} goes to sleep when you are away. {}", to_string(id), tracked.seen->caution)});
        }
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

State start(std::vector<JournalEntry> ledger, const std::optional<PresenceRecord>& presence, Now now,
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
    for (auto& entry : ledger) {
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

bool has_asked_everything(const State& state) {
    return state.configured && std::ranges::none_of(state.tracked, [&](const auto& each) {
               const auto& t = each.second;
               if (t.call_out) return true;
               if (state.settings.dry_run) return false;
               if (t.trouble || t.busy || t.give_up || !state.away || state.held) return false;
               if (t.entry) return t.entry->step == SleepState::sleeping && !t.accepted_at && !t.uncertain;
               return t.registration && !t.settled_for_absence;
           });
}

std::optional<TimePoint> sleep_at(const State& state) {
    if (state.presence.is_blind() || !state.holds.clients().empty()) return std::nullopt;
    const auto away_at = state.presence.away_at();
    const bool away = state.presence.is_away();
    if (!away && !away_at) return std::nullopt;
    auto held_until = state.holds.warned_until();
    if (const auto snoozed = state.holds.snoozed_until())
        held_until = *snoozed + (state.settings.presence.inactivity_timeout - state.settings.presence.idle_after());
    if (away) return held_until;
    return std::max(*away_at, held_until.value_or(*away_at));
}

bool is_warning(const State& state) {
    const auto presence = state.presence.state();
    return (presence == PresenceState::idle && state.presence.away_at()) ||
           (presence == PresenceState::away && state.holds.warned_until());
}

std::vector<ResourceId> would_sleep(const State& state) {
    std::vector<ResourceId> ids;
    for (const auto& [id, tracked] : state.tracked)
        if (would_sleep(tracked)) ids.push_back(id);
    return ids;
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
