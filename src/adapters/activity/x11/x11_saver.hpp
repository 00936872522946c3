#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "adapters/activity/source.hpp"
#include "adapters/activity/x11/x11_environment.hpp"

namespace doze::activity {

/// XScreenSaver on an X11 display, which tells what it does by a property of the root window (_SCREENSAVER_STATUS) and
/// nowhere else: `covered` while it blanks or draws, `locked` while it wants the password. Source "x11-saver", kind
/// session; without XScreenSaver it runs and says nothing.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
class X11Saver final : public SourceHandle {
   public:
    X11Saver(boost::asio::io_context& io, X11Environment environment);

   private:
    class Watcher;
};

}  // namespace doze::activity
