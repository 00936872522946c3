#include "core/view.hpp"

#include <algorithm>

#include "core/engine.hpp"
#include "core/state.hpp"
#include "core/troubles.hpp"

namespace doze::core {
namespace {

template <class Value>
const Value* pointer_to(const std::optional<Value>& value) {
    return value ? &*value : nullptr;
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
    return entry && entry->owner == Initiator::doze && entry->step != SleepState::left_awake && entry->called_at;
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
    return std::max(record_->attempts, record_->failed_describes);
}

bool ResourceView::is_description_failing() const {
    return record_->failed_describes > 0;
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
    return core::sleep_at(*state_);
}

bool SystemView::is_warning() const {
    return core::is_warning(*state_);
}

std::vector<ResourceView> SystemView::would_sleep() const {
    std::vector<ResourceView> all;
    for (const auto& id : core::would_sleep(*state_)) all.emplace_back(state_->tracked.at(id));
    return all;
}

bool SystemView::has_asked_everything() const {
    return core::has_asked_everything(*state_);
}

}  // namespace doze::core
