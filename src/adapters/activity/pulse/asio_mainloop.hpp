#pragma once

#include <boost/asio/io_context.hpp>
#include <pulse/mainloop-api.h>

namespace doze::activity::pulse {

/// libpulse's main loop on an Asio loop: what it waits for (sockets, times, "as soon as possible") is waited for
/// there, so that libpulse calls back on the loop's thread and needs none of its own. Must outlive the contexts
/// that were made with its api().
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
