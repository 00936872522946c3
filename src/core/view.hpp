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

// What the rest of the program may read of the core: status, lists, metrics, notices and the service manager use these
// views, never the core's own records. A view is as cheap to copy as a pointer. Like a std::string_view it dangles: it
// and what it returns by reference or pointer are valid until the next step(). Use on the loop's thread only.

/// What doze knows and intends of one resource.
class ResourceView {
   public:
    explicit ResourceView(const ResourceRecord& record) : record_(&record) {}

    [[nodiscard]] const ResourceId& id() const;

    /// Null if it is not registered: it was unregistered while doze owes it a wake, or a command named it once.
    [[nodiscard]] const Registration* registration() const;

    /// What the newest description or list said of it; null before the first.
    [[nodiscard]] const Observation* seen() const;

    /// Its open row in the journal; null if it does not sleep and nothing is owed to it.
    [[nodiscard]] const JournalEntry* entry() const;

    /// The account that owns it; empty until that is known.
    [[nodiscard]] const AccountId& owner() const;

    /// Did doze put it to sleep by itself, and not by a person's command?
    [[nodiscard]] bool asleep_by_doze() const;

    /// Was it put to sleep by a person's command? Then it stays asleep until a command starts it.
    [[nodiscard]] bool stopped_by_person() const;

    /// Has doze called AWS to put it to sleep, and not seen it restored since?
    [[nodiscard]] bool owes_wake() const;

    /// Why it is too busy to sleep now, as a sentence for a person; null if it is not.
    [[nodiscard]] const std::string* busy() const;

    /// What would be done now if this were no dry run: "be woken now (size 3)"; null if nothing.
    [[nodiscard]] const std::string* would() const;

    /// What is wrong with it, for people: the newest description or call failed, AWS does not have it, or it is in a
    /// state that does not pass by itself. None if nothing is.
    [[nodiscard]] std::optional<Error> trouble() const;

    /// Why the newest description or call failed; null if it did not.
    [[nodiscard]] const Error* failure() const;

    /// How many descriptions or calls have failed in a row, whichever is more.
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

    /// Whether AWS must be asked for this list to answer somebody who accepts one as old as `max_age`. doze lists only
    /// on such demand.
    [[nodiscard]] bool needs_list(Kind kind, const Region& region, Duration max_age, TimePoint now) const;

    /// How old a list may be for those who do not name a `max_age`.
    [[nodiscard]] Duration usual_list_age() const;

    /// Converts a time of AWS's clock to this machine's, to be shown to people.
    [[nodiscard]] WallTime here(WallTime aws_time) const;

    /// The registered resources and those to which something is owed, in the order of their ids.
    [[nodiscard]] std::vector<ResourceView> resources() const;

    /// One of resources(); none if it is not among them.
    [[nodiscard]] std::optional<ResourceView> find(const ResourceId& id) const;

    /// When doze begins to put things to sleep if nothing else happens: the end of the countdown to away, or of the
    /// warning after a hold. None where nothing counts down: away and no hold, input that goes on, blind, or a client
    /// holds.
    [[nodiscard]] std::optional<TimePoint> sleep_at() const;

    /// Is the warning before a sleep on: idle, or away and a hold has just ended?
    [[nodiscard]] bool is_warning() const;

    /// What would be put to sleep then, as far as it is known: registered, awake, unguarded.
    [[nodiscard]] std::vector<ResourceView> would_sleep() const;

    /// All calls that this absence wants have been made, or can't be made now: the machine may be suspended.
    [[nodiscard]] bool has_asked_everything() const;

   private:
    const State* state_;
};

}  // namespace doze::core
