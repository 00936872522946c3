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

/// What has been counted since the start.
struct Counters {
    struct Calls {
        std::uint64_t sleeps = 0;    ///< Resources that AWS was asked to put to sleep.
        std::uint64_t wakes = 0;     ///< The same, to wake.
        std::uint64_t failures = 0;  ///< Of both: refused, or without an answer.
    };
    std::map<core::Kind, Calls> calls;
    std::size_t listeners = 0;  ///< Connections that hear events now.
};

/// A connection that can carry events beside replies.
class EventSink {
   public:
    virtual ~EventSink() = default;

    /// One event: JSON in valid UTF-8 without a line end, which lives as long as the call. Must not block; a client
    /// that reads too slowly loses the oldest.
    virtual void hear(std::string_view event) = 0;

    /// What this connection keeps everything awake with: let go with the connection, or when another takes its place.
    void keep(std::shared_ptr<void> hold) { hold_ = std::move(hold); }
    [[nodiscard]] bool keeps() const { return hold_ != nullptr; }

    /// Whether it hears the person's timer each second, as the original's dashboard wants it.
    void want_timer(bool wanted) { wants_timer_ = wanted; }
    [[nodiscard]] bool wants_timer() const { return wants_timer_; }

    /// The region of the list of instances that it shows; empty for all.
    void show_region(std::string region) { region_ = std::move(region); }
    [[nodiscard]] const std::string& region() const { return region_; }

    /// True the first time.
    [[nodiscard]] bool is_to_be_greeted() { return !std::exchange(greeted_, true); }

   private:
    std::shared_ptr<void> hold_;
    std::string region_;
    bool wants_timer_ = false;
    bool greeted_ = false;
};

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

    /// Hands the engine a request under a fresh id. `done` is called exactly once, perhaps before this
    /// returns, perhaps minutes later.
    using Done = std::function<void(const Result<core::RequestResult>&)>;
    virtual void request(const std::function<core::Event(core::RequestId)>& make, Done done) = 0;

    /// Nothing is put to sleep until the result, which may outlive the host, is let go. `reason` is one line. `done` as
    /// of request().
    [[nodiscard]] virtual std::shared_ptr<void> hold(std::string reason, Done done) = 0;

    /// What doze did and why, newest first.
    [[nodiscard]] virtual Result<std::vector<core::HistoryLine>> history(const core::HistoryQuery& query) = 0;

    [[nodiscard]] virtual JournalState journal() const { return {}; }

    [[nodiscard]] virtual const Counters& tally() const = 0;

    /// From now on the listener hears every event (docs/protocol.md, "Events"), as long as it lives.
    virtual void subscribe(std::weak_ptr<EventSink> listener) = 0;
};

}  // namespace doze::commands
