#pragma once

#include <gmock/gmock.h>
#include <optional>
#include <string>

#include "core/presence/activity.hpp"
#include "desktop.hpp"
#include "integration/listening.hpp"

namespace doze::testing {

/// A private desktop, and a source that listens to it.
template <class Source, class Options>
class Watching : public Listening {
   protected:
    Watching() { options_.environment.runtime_dir = desktop_.runtime_dir().string(); }

    void watch() {
        source_.emplace(io_, clock_, options_);
        source_->start(sink());
    }
    void watch_until_it_runs() {
        watch();
        until_state(core::SourceState::running);
    }

    [[nodiscard]] const std::string& detail() const { return statuses_.back().detail; }

    Desktop desktop_;
    Options options_;
    std::optional<Source> source_;
};

inline auto begins() {
    return ::testing::AllOf(::testing::Field(&core::ActivitySignal::kind, core::ActivityKind::input),
                            ::testing::Field(&core::ActivitySignal::ongoing, true));
}
inline auto ends() {
    return ::testing::AllOf(::testing::Field(&core::ActivitySignal::kind, core::ActivityKind::input),
                            ::testing::Field(&core::ActivitySignal::ongoing, false));
}

}  // namespace doze::testing
