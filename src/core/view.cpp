#include "core/view.hpp"

#include <algorithm>

#include "core/announcements.hpp"
#include "core/reconcile/listing.hpp"
#include "core/reconcile/reconcile.hpp"
#include "core/state.hpp"

namespace doze::core {
namespace {

template <class Value>
const Value* pointer_to(const std::optional<Value>& value) {
    return value ? &*value : nullptr;
}

/// Registered, seen awake, unguarded, and reached with the right account.
bool is_to_sleep(const ResourceRecord& record) {
    if (!record.registration || !record.seen || record.seen->phase != Phase::awake) return false;
    if (record.trouble && record.trouble->code == ErrorCode::other_account) return false;
    return desired_state(PolicyInputs{.away = true, .registered = true, .guard = guard_of(record)}).is_asleep();
}

}  // namespace

const ResourceId& ResourceView::id() const {
    return record_->id;
}

const Registration* ResourceView::registration() const {
    return pointer_to(record_->registration);
}

const Observation* ResourceView::seen() const {
    return pointer_to(record_->seen);
}

const JournalEntry* ResourceView::entry() const {
    return pointer_to(record_->entry);
}

const AccountId& ResourceView::owner() const {
    return record_->owner();
}

bool ResourceView::asleep_by_doze() const {
    return record_->asleep_by_doze();
}

bool ResourceView::stopped_by_person() const {
    return record_->stopped_by_person();
}

bool ResourceView::owes_wake() const {
    const auto& entry = record_->entry;
    return entry && entry->initiator == Initiator::doze && entry->sleep_state != SleepState::left_awake &&
           entry->called_at;
}

const std::string* ResourceView::busy() const {
    return pointer_to(record_->busy);
}

const std::string* ResourceView::would() const {
    return pointer_to(record_->only_shown);
}

std::optional<Error> ResourceView::trouble() const {
    return trouble_of(*record_);
}

const Error* ResourceView::failure() const {
    return pointer_to(record_->trouble);
}

int ResourceView::failures() const {
    return std::max(record_->calls.attempts, record_->polling.failed);
}

bool ResourceView::is_description_failing() const {
    return record_->polling.failed > 0;
}

const Settings& SystemView::settings() const {
    return state_->settings;
}

const Presence& SystemView::presence() const {
    return state_->presence;
}

const Holds& SystemView::holds() const {
    return state_->holds;
}

const Inventory& SystemView::inventory() const {
    return state_->inventory;
}

std::uint64_t SystemView::revision() const {
    return state_->revision;
}

bool SystemView::is_configured() const {
    return state_->configured;
}

bool SystemView::is_told_blind() const {
    return state_->told_blind;
}

bool SystemView::is_listing() const {
    return !state_->lists_out.empty();
}

bool SystemView::needs_list(Kind kind, const Region& region, Duration max_age, TimePoint now) const {
    return core::needs_list(*state_, kind, region, max_age, now);
}

Duration SystemView::usual_list_age() const {
    return usual_age(state_->settings);
}

WallTime SystemView::here(WallTime aws_time) const {
    return aws_time - state_->aws_ahead;
}

std::vector<ResourceView> SystemView::resources() const {
    std::vector<ResourceView> all;
    all.reserve(state_->tracked.size());
    for (const auto& [id, record] : state_->tracked) all.emplace_back(record);
    return all;
}

std::optional<ResourceView> SystemView::find(const ResourceId& id) const {
    const auto found = state_->tracked.find(id);
    return found == state_->tracked.end() ? std::nullopt : std::optional(ResourceView(found->second));
}

std::optional<TimePoint> SystemView::sleep_at() const {
    if (state_->presence.is_blind() || !state_->holds.clients().empty()) return std::nullopt;
    const auto away_at = state_->presence.away_at();
    const bool away = state_->presence.is_away();
    if (!away && !away_at) return std::nullopt;
    auto held_until = state_->holds.warned_until();
    if (const auto snoozed = state_->holds.snoozed_until())
        held_until = *snoozed + state_->settings.presence.warning_time();
    if (away) return held_until;
    return std::max(*away_at, held_until.value_or(*away_at));
}

bool SystemView::is_warning() const {
    const auto presence = state_->presence.state();
    return (presence == PresenceState::idle && state_->presence.away_at()) ||
           (presence == PresenceState::away && state_->holds.warned_until());
}

std::vector<ResourceView> SystemView::would_sleep() const {
    std::vector<ResourceView> all;
    for (const auto& [id, record] : state_->tracked)
        if (is_to_sleep(record)) all.emplace_back(record);
    return all;
}

bool SystemView::has_asked_everything() const {
    const auto& state = *state_;
    const ReconcileContext context{.settings = state.settings,
                                   .away = state.away,
                                   .blind = false,  // What doze can't see now it may see before the suspend.
                                   .held = state.held,
                                   .now = {}};
    const auto may_be_asked = [&](const ResourceRecord& record) {
        if (record.trouble || record.busy || record.calls.given_up) return false;
        const auto desired = desired_state(record, context);
        if (!desired.wants_sleep()) return false;
        return !record.entry ||
               (record.entry->sleep_state == SleepState::sleeping && !record.calls.may_have_happened());
    };
    return state.configured && std::ranges::none_of(state.tracked, [&](const auto& each) {
               const auto& record = each.second;
               return record.calls.in_flight || (!state.settings.dry_run && may_be_asked(record));
           });
}

}  // namespace doze::core
