#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "core/inventory.hpp"
#include "core/ledger.hpp"
#include "core/observation.hpp"
#include "core/presence/presence.hpp"
#include "core/registration.hpp"
#include "core/settings.hpp"
#include "core/signal.hpp"

namespace doze::core {

/// Names a command that waits for its reply.
using OrderId = std::uint64_t;

/// What the files say now: at the start, and after each edit.
struct Configured {
    Settings settings;
    std::vector<Registration> registrations;
};

struct SignalSeen {
    Signal signal;
};

struct SourceChanged {
    SourceStatus status;
};

struct SessionChanged {
    SessionEvent event;
    std::string source = {};  ///< As in SourceStatus::name.
};

/// Something asks the desktop not to become idle, or no longer. `source` as in SourceStatus::name.
struct InhibitionChanged {
    std::string source;
    bool inhibited = false;
};

/// Everything of one kind in one region was looked at, or could not be.
struct Surveyed {
    Kind kind;
    Region region;
    Result<Survey> items;
    AccountId account = {};  ///< As in Observation.
};

/// One resource was looked at, or could not be.
struct Looked {
    ResourceId id;
    Result<Observation> seen;
};

/// A call of an Act effect came back for one resource. An answer of AWS without error is acceptance,
/// not the new state.
struct Acted {
    ResourceId id;
    Result<void> accepted;

    /// False where the call surely never left, because the journal could not be written.
    bool called = true;
};

/// A person's commands, from any transport. Each is answered by one Reply effect.
struct LeaveOrdered {
    OrderId order;
};
/// Nothing is put to sleep until then. Replaces a snooze that is on.
struct SnoozeOrdered {
    OrderId order;
    TimePoint until;
};
/// Ends the snooze.
struct ResumeOrdered {
    OrderId order;
};
/// A client holds everything awake until HoldReleased names this order.
struct HoldOrdered {
    OrderId order;
    std::string reason;  ///< One line.
};
struct HoldReleased {
    OrderId hold;
};
struct StartOrdered {
    OrderId order;
    ResourceId id;
};
struct StopOrdered {
    OrderId order;
    ResourceId id;
};
/// Kinds with sizes only. A desired size of 0 is a stop.
struct ScaleOrdered {
    OrderId order;
    ResourceId id;
    int desired = 0;
};
struct RegisterOrdered {
    OrderId order;
    Registration registration;
};
struct UnregisterOrdered {
    OrderId order;
    ResourceId id;
};
/// Asks AWS for all of one kind, in one region or all, where what was seen is older than `max_age`.
struct SurveyOrdered {
    OrderId order;
    Kind kind;
    std::optional<Region> region;
    Duration max_age{0};
};

/// services.yaml was written for an order, or could not be.
struct Saved {
    OrderId order;
    Result<void> done;
};

/// Open rows of the journal that could not be read at the start.
struct RowsFound {
    std::vector<LedgerEntry> rows;
};

/// Time passed.
struct Tick {};

/// doze may have stood still (frozen, suspended, out of memory) or is about to conclude something from silence: until
/// then what its sources have to say is still being read, and nothing is concluded.
struct Listening {
    TimePoint until;
};

using Event =
    std::variant<Configured, SignalSeen, SourceChanged, SessionChanged, InhibitionChanged, Surveyed, Looked, Acted,
                 LeaveOrdered, SnoozeOrdered, ResumeOrdered, HoldOrdered, HoldReleased, StartOrdered, StopOrdered,
                 ScaleOrdered, RegisterOrdered, UnregisterOrdered, SurveyOrdered, Saved, RowsFound, Tick, Listening>;

}  // namespace doze::core
