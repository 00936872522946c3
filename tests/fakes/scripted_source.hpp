#pragma once

#include <string>
#include <utility>

#include "ports/activity_source.hpp"

namespace doze::fakes {

/// A source whose signals and states come from the test. Signals before start() are
/// dropped.
class ScriptedSource final : public ports::ActivitySource {
   public:
    /// Reports `running` when started, unless told otherwise.
    explicit ScriptedSource(std::string name = "scripted-keyboard",
                            core::ActivityKind kind = core::ActivityKind::keyboard)
        : status_{.name = std::move(name), .kind = kind, .state = core::SourceState::running} {}

    void start(ports::ActivitySink sink) override {
        sink_ = std::move(sink);
        if (sink_.status) sink_.status(status_);
    }

    [[nodiscard]] bool is_started() const { return static_cast<bool>(sink_.signal); }

    /// Sends a signal of the source's kind.
    void push(core::TimePoint at, bool ongoing = false) {
        push(core::ActivitySignal{.kind = status_.kind, .at = at, .ongoing = ongoing});
    }
    void push(const core::ActivitySignal& signal) {
        if (sink_.signal) sink_.signal(signal);
    }

    /// The source appears or disappears. Before start(): what it will report then.
    void become(core::SourceState state, std::string detail = {}) {
        status_.state = state;
        status_.detail = std::move(detail);
        if (sink_.status) sink_.status(status_);
    }

    /// It sees only part of the input, or all of it again.
    void become_partial(bool partial) {
        status_.partial = partial;
        if (sink_.status) sink_.status(status_);
    }

    [[nodiscard]] const core::SourceStatus& status() const { return status_; }

   private:
    core::SourceStatus status_;
    ports::ActivitySink sink_;
};

}  // namespace doze::fakes
