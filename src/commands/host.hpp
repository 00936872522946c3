#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/effect.hpp"
#include "core/event.hpp"
#include "core/model/reason.hpp"
#include "core/model/resource.hpp"
#include "core/view.hpp"

namespace doze::commands {

/// Counters since the start.
struct Counters {
    struct Calls {
        std::uint64_t sleeps = 0;    ///< Resources that AWS was asked to put to sleep.
        std::uint64_t wakes = 0;     ///< Resources that AWS was asked to wake.
        std::uint64_t failures = 0;  ///< Of both kinds: refused, or unanswered.
    };
    std::map<core::Kind, Calls> calls;
    std::size_t listeners = 0;  ///< Connections that currently receive events.
};

/// A connection that can receive events besides replies.
class EventSink {
   public:
    virtual ~EventSink() = default;

    /// Receives an event: JSON in valid UTF-8 without a line end, valid during the call. Must not block; a client that
    /// reads too slowly loses the oldest events.
    virtual void hear(std::string_view event) = 0;

    /// Stores the connection's hold, which ends with the connection, or when another one replaces it.
    void keep(std::shared_ptr<void> hold) { hold_ = std::move(hold); }
    [[nodiscard]] bool keeps() const { return hold_ != nullptr; }

    /// Whether it receives the person's timer each second, which the original's dashboard needs.
    void want_timer(bool wanted) { wants_timer_ = wanted; }
    [[nodiscard]] bool wants_timer() const { return wants_timer_; }

    /// The region of the instance list that it shows; empty for all.
    void show_region(std::string region) { region_ = std::move(region); }
    [[nodiscard]] const std::string& region() const { return region_; }

    /// True at the first call only.
    [[nodiscard]] bool is_to_be_greeted() { return !std::exchange(greeted_, true); }

   private:
    std::shared_ptr<void> hold_;
    std::string region_;
    bool wants_timer_ = false;
    bool greeted_ = false;
};

/// The program's description of itself.
struct ProgramInfo {
    std::string version;
    core::TimePoint started;
};

/// State of the journal on disk.
struct JournalState {
    std::optional<std::string> trouble = std::nullopt;  ///< Why it can't be written; nothing is put to sleep then.
    std::vector<std::string> notes = {};                ///< What happened to damaged or missing files.
};

/// The program as the commands see it. Loop's thread only.
class Host {
   public:
    virtual ~Host() = default;

    [[nodiscard]] virtual core::SystemView view() const = 0;
    [[nodiscard]] virtual core::Now now() const = 0;

    /// Passes an event without a reply to the engine.
    virtual void post(core::Event event) = 0;

    /// Passes a request to the engine under a new id. `done` is called exactly once, perhaps before this returns,
    /// perhaps minutes later.
    using Done = std::function<void(const Result<core::RequestResult>&)>;
    virtual void request(const std::function<core::Event(core::RequestId)>& make, Done done) = 0;

    /// Keeps everything awake until the returned object is released, which may outlive the host. `reason` is one line.
    /// `done` as for request().
    [[nodiscard]] virtual std::shared_ptr<void> hold(std::string reason, Done done) = 0;

    /// Actions and their reasons, newest first.
    [[nodiscard]] virtual Result<std::vector<core::HistoryLine>> history(const core::HistoryQuery& query) = 0;

    [[nodiscard]] virtual JournalState journal() const { return {}; }

    [[nodiscard]] virtual const Counters& tally() const = 0;

    /// From now on the listener receives every event (docs/protocol.md, "Events"), as long as it exists.
    virtual void subscribe(std::weak_ptr<EventSink> listener) = 0;
};

}  // namespace doze::commands
