#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "adapters/activity/x11/environment.hpp"
#include "ports/activity_source.hpp"

namespace doze::activity {

/// XScreenSaver on an X11 display, which tells what it does by a property of the root window (_SCREENSAVER_STATUS) and
/// nowhere else: `covered` while it blanks or draws, `locked` while it wants the password. Source "x11-saver", kind
/// session; without XScreenSaver it runs and says nothing.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
class X11Saver final : public ports::ActivitySource {
   public:
    X11Saver(boost::asio::io_context& io, X11Environment environment);
    ~X11Saver() override;
    X11Saver(const X11Saver&) = delete;
    X11Saver& operator=(const X11Saver&) = delete;

    void start(ports::ActivitySink sink) override;

   private:
    class Watcher;
    std::shared_ptr<Watcher> watcher_;
};

}  // namespace doze::activity
