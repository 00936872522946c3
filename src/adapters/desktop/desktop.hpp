#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "core/notices/notices.hpp"

namespace doze::notices {

/// Shows notices on the desktop (org.freedesktop.Notifications 1.2, on the session bus). Never waits for the desktop.
/// Without a notification server nothing happens; a server without buttons shows the notice without them. A notice with
/// buttons is shown again after the server restarts, and is closed with this object, since nobody would handle its
/// buttons.
///
/// Loop's thread only. Handlers may destroy this object.
class Desktop {
   public:
    struct Callbacks {
        std::function<void(Button)> pressed;
        /// Called once with the reason, a sentence, if nothing can be shown.
        std::function<void(const std::string&)> note;
    };

    /// `session_address` as in dbus::BusEnvironment.
    Desktop(boost::asio::io_context& io, const std::string& session_address, Language language, Callbacks outlets);
    ~Desktop();
    Desktop(const Desktop&) = delete;
    Desktop& operator=(const Desktop&) = delete;

    /// Replaces the standing notice of the same subject, if there is one.
    void show(const Notice& notice);
    void close(Subject subject);

   private:
    class Talk;
    std::shared_ptr<Talk> talk_;
};

}  // namespace doze::notices
