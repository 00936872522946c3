#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <optional>
#include <string>
#include <vector>

#include "adapters/activity/source.hpp"
#include "adapters/activity/x11/connection.hpp"
#include "adapters/activity/x11/environment.hpp"
#include "base/retry.hpp"

namespace doze::activity::x11 {

/// What the sources on an X display have in common: it connects, waits for what the server says, notices that the
/// server went away and looks for it again. It has one status or several.
class Client : public StatusReporter {
   public:
    struct Source {
        std::string name;  ///< As in SourceStatus.
        core::ActivityKind kind;
        bool enabled = true;
    };

    /// `why_not_wayland`: what to say in a Wayland session, whose X server does not count.
    Client(boost::asio::io_context& io, X11Environment environment, std::vector<Source> sources,
           std::string why_not_wayland);
    ~Client() override;

   protected:
    /// A server is there: asks it for what is to be watched. May wait for answers.
    [[nodiscard]] virtual Result<void> connected(const Connection& connection) = 0;

    /// Takes what has come in and sends what is due, without waiting; whether it did anything.
    virtual bool step() = 0;

    /// The connection is about to go.
    virtual void disconnected() = 0;

    /// There is none, and why. May end this object's owner.
    virtual void failed(const Error&) {}

    /// Only between connected() and disconnected().
    [[nodiscard]] bool is_connected() const { return connection_.has_value(); }
    [[nodiscard]] bool is_lost() const { return connection_->is_lost(); }
    [[nodiscard]] xcb_connection_t* xcb() const { return connection_->xcb.get(); }
    [[nodiscard]] xcb_window_t root() const { return connection_->screen->root; }

    /// Steps until there is nothing left to do, then waits for the server. For timers.
    void pump();

    /// Lets go of the server, says why, and tries again later.
    void fail(const Error& why);

    /// All sources run: something was read.
    void running(const std::string& detail = "");

    /// All sources are unavailable for now, although the server is there.
    void unavailable(const Error& why) { tell_all(core::SourceState::unavailable, why.text()); }

    /// From here on these are the sources; others are unavailable, because `instead`.
    void use(std::vector<Source> sources, const std::string& instead);

    using StatusReporter::tell;
    void tell(core::SessionEvent event) const { tell(event, sources_.front().name); }

   private:
    void begin() override;
    void connect();
    void disconnect();
    void lose();
    void wait();
    void tell_all(core::SourceState state, const std::string& detail);

    const X11Environment environment_;
    std::vector<Source> sources_;
    const std::string why_not_wayland_;
    Retry retry_;
    std::optional<Connection> connection_;
    boost::asio::posix::stream_descriptor descriptor_;
    bool went_away_ = false;  ///< The last thing told is that the server was there and is lost.
    bool waiting_ = false;
};

}  // namespace doze::activity::x11
