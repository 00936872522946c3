#pragma once

#include <algorithm>
#include <functional>
#include <pulse/stream.h>
#include <string>

#include "base/handle.hpp"

namespace doze::activity::pulse {

/// One short look at how loud an output is: opens its monitor, takes a few peaks that the server computes (one per
/// fifth of a second, so nothing of what is played can be heard in them) and keeps the highest. Ends by itself as
/// soon as it has them. Destroying it closes the monitor.
class PeakLook {
   public:
    /// `monitor` is the name of the monitor source of an output. Any other source is refused: nothing that the
    /// server or its policy puts in its place (such as a microphone) is ever read. `done` is called once, from within
    /// a callback of libpulse or from within this constructor.
    PeakLook(pa_context* context, std::string monitor, std::function<void()> done);
    ~PeakLook();
    PeakLook(const PeakLook&) = delete;
    PeakLook& operator=(const PeakLook&) = delete;

    [[nodiscard]] bool is_done() const { return done_ == nullptr; }

    /// The highest so far, 0..1; 0 if nothing could be read.
    [[nodiscard]] float peak() const { return std::min(peak_, 1.0F); }

   private:
    void on_state();
    void on_readable();
    void finish();

    [[nodiscard]] bool is_the_monitor() const;

    const std::string monitor_;
    std::function<void()> done_;
    Handle<pa_stream, pa_stream_unref> stream_;
    float peak_ = 0;
    std::size_t peaks_ = 0;
};

}  // namespace doze::activity::pulse
