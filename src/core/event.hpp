#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "core/model/inventory.hpp"
#include "core/model/journal_entry.hpp"
#include "core/model/observation.hpp"
#include "core/model/resource.hpp"
#include "core/model/settings.hpp"
#include "core/presence/activity.hpp"
#include "core/presence/presence.hpp"

namespace doze::core {

/// Names a command that waits for its reply.
using RequestId = std::uint64_t;

/// The contents of settings.json and services.yaml: at the start, and after each edit.
struct Configured {
    Settings settings;
    std::vector<Registration> registrations;
};

struct ActivitySeen {
    ActivitySignal signal;
};

struct SourceChanged {
    SourceStatus status;
};

struct SessionChanged {
    SessionEvent event;
    std::string source = {};  ///< As in SourceStatus::name.
};

/// A program began or ceased to ask the desktop not to become idle. `source` as in SourceStatus::name.
struct InhibitionChanged {
    std::string source;
    bool inhibited = false;
};

/// Everything of one kind in one region was listed, or could not be.
struct Listed {
    Kind kind;
    Region region;
    Result<Listing> items;
    AccountId account = {};  ///< As in Observation.
};

/// One resource was described, or could not be.
struct Described {
    ResourceId id;
    Result<Observation> seen;
};

/// A Call was answered for one resource. An answer without error means that AWS accepted the call, not that the new
/// state has been reached.
struct CallReturned {
    ResourceId id;
    Result<void> accepted;

    /// False if the call certainly did not go out, such as when the journal could not be written.
    bool called = true;
};

/// A person's commands, from any transport. Each is answered by one Reply effect.
struct LeaveRequested {
    RequestId request;
};
/// Nothing is put to sleep until then. Replaces a snooze that is on.
struct SnoozeRequested {
    RequestId request;
    TimePoint until;
};
/// Ends the snooze.
struct ResumeRequested {
    RequestId request;
};
/// A client holds everything awake until HoldReleased names this request.
struct HoldRequested {
    RequestId request;
    std::string reason;  ///< One line.
};
struct HoldReleased {
    RequestId hold;
};
struct StartRequested {
    RequestId request;
    ResourceId id;
};
struct StopRequested {
    RequestId request;
    ResourceId id;
};
/// Kinds with sizes only. A desired size of 0 is a stop.
struct ScaleRequested {
    RequestId request;
    ResourceId id;
    int desired = 0;
};
struct RegisterRequested {
    RequestId request;
    Registration registration;
};
struct UnregisterRequested {
    RequestId request;
    ResourceId id;
};
/// Asks AWS for all of one kind, in one region or all, where what was seen is older than `max_age`.
struct ListRequested {
    RequestId request;
    Kind kind;
    std::optional<Region> region;
    Duration max_age{0};
};

/// services.yaml was written for a request, or could not be.
struct Saved {
    RequestId request;
    Result<void> done;
};

/// Open rows of the journal that could not be read at the start.
struct RowsFound {
    std::vector<JournalEntry> rows;
};

/// Time passed.
struct Tick {};

/// Until `until`, what the sources have to say is still being read, and nothing is concluded from their silence: doze
/// did not run for a while (frozen, suspended, out of memory), or is about to find the person idle or away.
struct Listening {
    TimePoint until;
};

using Event = std::variant<Configured, ActivitySeen, SourceChanged, SessionChanged, InhibitionChanged, Listed,
                           Described, CallReturned, LeaveRequested, SnoozeRequested, ResumeRequested, HoldRequested,
                           HoldReleased, StartRequested, StopRequested, ScaleRequested, RegisterRequested,
                           UnregisterRequested, ListRequested, Saved, RowsFound, Tick, Listening>;

}  // namespace doze::core
