#pragma once

#include <functional>

#include "core/settings.hpp"
#include "core/signal.hpp"

namespace doze::ports {

/// Where signals go. Called on the loop's thread only.
struct SignalSink {
    std::function<void(const core::Signal&)> signal;
    std::function<void(const core::SourceStatus&)> status;
};

/// Turns one desktop API into signals. Runs on the loop, never blocks it, and looks for its API again by
/// itself after losing it. Destroying it stops it.
class SignalSource {
   public:
    virtual ~SignalSource() = default;

    /// Begins to look; the first status says whether it can. Call once.
    virtual void start(SignalSink sink) = 0;
};

}  // namespace doze::ports
