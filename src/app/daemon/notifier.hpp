#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string>

#include "adapters/desktop/desktop.hpp"
#include "app/daemon/driver.hpp"
#include "core/notices/notices.hpp"

namespace doze::daemon {

/// Tells the person on the desktop what the engine does, and the engine which buttons they press.
class Notifier {
   public:
    /// `note` takes why nothing can be shown. Both must outlive this.
    Notifier(boost::asio::io_context& loop, Driver& driver, std::function<void(const std::string&)> note);

    void enable(bool enabled);

    /// The engine has stepped.
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
