#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/model/inventory.hpp"
#include "core/model/journal_entry.hpp"
#include "core/model/observation.hpp"
#include "core/model/resource.hpp"
#include "core/model/settings.hpp"
#include "core/policy/holds.hpp"
#include "core/presence/presence.hpp"

namespace doze::core {

struct State;
struct ResourceRecord;

// What the rest of the program may know of the core: status, lists, metrics, notices and the service manager read
// these, and never the core's own records. Views are values as cheap to copy as a pointer; like a std::string_view
// they, and what they return by reference or pointer, are good until the next step().

/// What is known and intended of one resource.
class ResourceView {
   public:
    explicit ResourceView(const ResourceRecord& record) : record_(&record) {}

    [[nodiscard]] const ResourceId& id() const;

    /// Null where the person took the registration back while doze still owes a wake, or only asked for it once.
    [[nodiscard]] const Registration* registration() const;

    /// What the newest description, or list, said of it; null before the first.
    [[nodiscard]] const Observation* seen() const;

    /// The open row of the journal; null where nothing sleeps, and nothing is owed.
    [[nodiscard]] const JournalEntry* entry() const;

    /// Whose it is; empty as long as that is not known.
    [[nodiscard]] const AccountId& owner() const;

    /// Did doze put it to sleep (and not, through doze, its person)?
    [[nodiscard]] bool asleep_by_doze() const;

    /// Did its person, through doze? It stays so until they say otherwise.
    [[nodiscard]] bool stopped_by_person() const;

    /// Did doze ask AWS to put it to sleep, and has not seen it restored yet?
    [[nodiscard]] bool owes_wake() const;

    /// It works and so stays awake for now: a sentence for a person; null where it does not.
    [[nodiscard]] const std::string* busy() const;

    /// What a dry run would do now, "be woken now (size 3)"; null where nothing.
    [[nodiscard]] const std::string* would() const;

    /// What stands in the way of it, for people: the newest description or call failed, AWS does not have it, or it is
    /// in a state that does not pass.
    [[nodiscard]] std::optional<Error> trouble() const;

    /// Why the newest description or call failed; null where it did not.
    [[nodiscard]] const Error* failure() const;

    /// How many descriptions, or calls, have failed in a row: the larger one.
    [[nodiscard]] int failures() const;

    /// Is it the description that failed, and not a call?
    [[nodiscard]] bool is_description_failing() const;

   private:
    const ResourceRecord* record_;
};

/// All that doze knows and intends.
class SystemView {
   public:
    explicit SystemView(const State& state) : state_(&state) {}

    [[nodiscard]] const Settings& settings() const;
    [[nodiscard]] const Presence& presence() const;
    [[nodiscard]] const Holds& holds() const;
    [[nodiscard]] const Inventory& inventory() const;

    /// Goes up whenever a list of resources would read differently.
    [[nodiscard]] std::uint64_t revision() const;

    /// The files have been read once; nothing is decided before.
    [[nodiscard]] bool is_configured() const;

    /// The person was told that doze sees neither keyboard nor pointer.
    [[nodiscard]] bool is_told_blind() const;

    /// Lists are being asked of AWS.
    [[nodiscard]] bool is_listing() const;

    /// AWS is asked for lists only for those who ask for them: whether it must be for somebody to whom this one may be
    /// so old.
    [[nodiscard]] bool needs_list(Kind kind, const Region& region, Duration max_age, TimePoint now) const;

    /// How old a list may be for those who do not say.
    [[nodiscard]] Duration usual_list_age() const;

    /// A time of AWS's clock on this machine's: for people.
    [[nodiscard]] WallTime here(WallTime aws_time) const;

    /// In the order of their ids: the registered resources, and those to which something is owed.
    [[nodiscard]] std::vector<ResourceView> resources() const;

    /// One of these.
    [[nodiscard]] std::optional<ResourceView> find(const ResourceId& id) const;

    /// When doze begins to put things to sleep if nothing else happens: the end of the countdown to away, or of the
    /// warning after a hold. None where nothing counts down: away and no hold, input that goes on, blind, or a client
    /// holds.
    [[nodiscard]] std::optional<TimePoint> sleep_at() const;

    /// Is the warning before a sleep on: idle, or away and a hold has just ended?
    [[nodiscard]] bool is_warning() const;

    /// What would be put to sleep then, as far as it is known: registered, awake, unguarded.
    [[nodiscard]] std::vector<ResourceView> would_sleep() const;

    /// Whatever this absence puts to sleep has been asked of AWS, or can't be now: a suspend cuts nothing short.
    [[nodiscard]] bool has_asked_everything() const;

   private:
    const State* state_;
};

}  // namespace doze::core
