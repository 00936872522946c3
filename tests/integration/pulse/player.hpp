#pragma once

#include <pulse/stream.h>
#include <pulse/thread-mainloop.h>
#include <string>

#include "base/handle.hpp"

namespace doze::testing {

/// A program that plays a tone, until the test lets go of it.
class Player {
   public:
    /// Plays when this returns. `amplitude` 0..1; `output` is the name of a sink. Throws if the server does not take
    /// it.
    Player(const std::string& server, double amplitude, const std::string& output = "speakers");
    ~Player();
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    void pause() { cork(true); }
    void go_on() { cork(false); }

    /// As the sound settings do it, not the player.
    void mute(bool muted);

   private:
    void cork(bool corked);
    void write(std::size_t size);
    void wait_for(pa_operation* operation);

    const double amplitude_;
    Handle<pa_threaded_mainloop, pa_threaded_mainloop_free> loop_;
    Handle<pa_context, pa_context_unref> context_;
    Handle<pa_stream, pa_stream_unref> stream_;
    std::size_t written_ = 0;
};

}  // namespace doze::testing
