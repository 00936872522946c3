#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string>

#include "adapters/desktop/desktop.hpp"
#include "app/daemon/driver.hpp"
#include "core/notices/notices.hpp"

namespace doze::daemon {

/// Shows the engine's notices on the desktop, and posts pressed buttons to the engine.
class Notifier {
   public:
    /// `note` receives the reason if nothing can be shown. `driver` and `loop` must outlive this.
    Notifier(boost::asio::io_context& loop, Driver& driver, std::function<void(const std::string&)> note);

    void enable(bool enabled);

    /// Call after each engine step.
    void update();

   private:
    void press(notices::Button button);

    boost::asio::io_context& loop_;
    Driver& driver_;
    std::function<void(const std::string&)> note_;
    std::optional<notices::Notices> notices_;
    std::optional<notices::Desktop> desktop_;
    BootTimer timer_;
};

}  // namespace doze::daemon
