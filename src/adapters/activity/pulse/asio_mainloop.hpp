#pragma once

#include <boost/asio/io_context.hpp>
#include <pulse/mainloop-api.h>

namespace doze::activity::pulse {

/// Runs libpulse's main loop on an Asio loop: sockets, timers and deferred calls are served there, so libpulse
/// calls back on the loop's thread and needs no thread of its own. Must outlive the contexts created with its
/// api().
class AsioMainloop {
   public:
    explicit AsioMainloop(boost::asio::io_context& io);
    AsioMainloop(const AsioMainloop&) = delete;
    AsioMainloop& operator=(const AsioMainloop&) = delete;

    [[nodiscard]] pa_mainloop_api* api() { return &api_; }

   private:
    pa_mainloop_api api_;
};

}  // namespace doze::activity::pulse
