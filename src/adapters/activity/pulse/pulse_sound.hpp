#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "adapters/activity/source.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

struct PulseSoundOptions {
    /// The sound server, in the syntax of PULSE_SERVER. Empty: the one that libpulse finds (PULSE_SERVER, client.conf,
    /// XDG_RUNTIME_DIR).
    std::string server;

    /// 0..1, 1 is full scale. A sound counts if its peak is above this.
    double volume_threshold = 0.01;

    /// The shortest pause between two looks, and the silence after which a sound is over.
    core::Duration interval = std::chrono::seconds(2);
};

/// Sound being played, by PulseAudio or PipeWire's pipewire-pulse; never the microphone. Source "pulse": an ongoing
/// audio signal while sound can be heard.
///
/// The server announces when an output starts and stops playing; until then this source costs nothing. While an output
/// plays that is neither muted nor at volume zero, its monitor is opened now and then for a few tenths of a second to
/// read the highest peak; muted and silent players leave it at 0. The pauses are `interval`, growing up to 16 times
/// that while nothing changes. Of the players it learns nothing, not even their number.
///
/// Reconnects to a lost or missing server after 1 s, then with growing pauses, up to 30 s.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink. Connecting to
/// a local server does not block; a remote server's name is resolved first, which does.
class PulseSound final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    PulseSound(boost::asio::io_context& io, const ports::Clock& clock, PulseSoundOptions options);

   private:
    class Watcher;
};

}  // namespace doze::activity
