#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/listener.hpp"
#include "commands/tally.hpp"
#include "core/effect.hpp"
#include "core/event.hpp"
#include "core/model/history.hpp"
#include "core/view.hpp"

namespace doze::commands {

/// What the program says of itself.
struct ProgramInfo {
    std::string version;
    core::TimePoint started;
};

/// How the journal on disk is.
struct JournalState {
    std::optional<std::string> trouble = std::nullopt;  ///< Why it can't be written; nothing is put to sleep meanwhile.
    std::vector<std::string> notes = {};                ///< What became of files that were damaged or gone.
};

/// What the commands need of the program around them. Lives on the loop's thread.
class Host {
   public:
    virtual ~Host() = default;

    [[nodiscard]] virtual core::SystemView view() const = 0;
    [[nodiscard]] virtual core::Now now() const = 0;

    /// Hands the engine an event that has no reply.
    virtual void post(core::Event event) = 0;

    /// Hands the engine an order under a fresh id. `done` is called exactly once, perhaps before this
    /// returns, perhaps minutes later.
    using Done = std::function<void(const Result<core::RequestResult>&)>;
    virtual void order(const std::function<core::Event(core::RequestId)>& make, Done done) = 0;

    /// Nothing is put to sleep until the result, which may outlive the host, is let go. `reason` is one line. `done` as
    /// of order().
    [[nodiscard]] virtual std::shared_ptr<void> hold(std::string reason, Done done) = 0;

    /// What doze did and why, newest first.
    [[nodiscard]] virtual Result<std::vector<core::HistoryLine>> history(const core::HistoryQuery& query) = 0;

    [[nodiscard]] virtual JournalState journal() const { return {}; }

    [[nodiscard]] virtual const Counters& tally() const = 0;

    /// From now on the listener hears every event (docs/protocol.md, "Events"), as long as it lives.
    virtual void subscribe(std::weak_ptr<EventSink> listener) = 0;
};

}  // namespace doze::commands
