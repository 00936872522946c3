#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "adapters/activity/source.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

struct PulseSoundOptions {
    /// Where the sound server is, as PULSE_SERVER says it. Empty: where libpulse finds it (PULSE_SERVER, client.conf,
    /// XDG_RUNTIME_DIR).
    std::string server;

    /// 0..1, 1 is full scale. What is played counts when its peak is above it.
    double volume_threshold = 0.01;

    /// The shortest pause between two looks at how loud it is, and how long it must be quiet for the sound to be over.
    core::Duration interval = std::chrono::seconds(2);
};

/// Sound that is played, by PulseAudio or PipeWire's pipewire-pulse; never the microphone. Reports the source "pulse":
/// an ongoing audio signal while it can be heard.
///
/// The server says when an output begins to play and stops; until then this costs nothing. While one plays that is
/// neither muted nor at volume zero, its monitor is opened now and then for a few tenths of a second (pauses of
/// `interval`, longer and longer up to 16 times that while nothing changes) for the highest peak, which muted players
/// and silent ones leave at 0. Of the players it learns nothing, not even how many there are.
///
/// A server that is lost or not there yet is tried again after 1 s, then with growing pauses, up to 30 s.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink. Connecting
/// does not wait for a local server; the name of one elsewhere is looked up first, which waits.
class PulseSound final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    PulseSound(boost::asio::io_context& io, const ports::Clock& clock, PulseSoundOptions options);

   private:
    class Watcher;
};

}  // namespace doze::activity
