#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "core/notices/notices.hpp"

namespace doze::notices {

/// Shows notices on the desktop (org.freedesktop.Notifications 1.2, on the session bus). Never waits for the desktop.
/// Where nobody shows notifications nothing happens; where buttons are not offered, the notice has none. A notice with
/// buttons is shown again to a server that was started anew, while it stands, and goes with this object: nobody would
/// hear its buttons.
///
/// Loop's thread only. Handlers may destroy this object.
class Desktop {
   public:
    struct Callbacks {
        std::function<void(Button)> pressed;
        /// Why nothing can be shown: a sentence, said once.
        std::function<void(const std::string&)> note;
    };

    /// `session_address` as in dbus::BusEnvironment.
    Desktop(boost::asio::io_context& io, const std::string& session_address, Language language, Callbacks outlets);
    ~Desktop();
    Desktop(const Desktop&) = delete;
    Desktop& operator=(const Desktop&) = delete;

    /// In place of the notice of the same subject that stands, if one does.
    void show(const Notice& notice);
    void close(Subject subject);

   private:
    class Talk;
    std::shared_ptr<Talk> talk_;
};

}  // namespace doze::notices
