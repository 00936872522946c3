#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/system/error_code.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/activity/x11/connection.hpp"
#include "adapters/activity/x11/environment.hpp"
#include "base/retry.hpp"
#include "ports/activity_source.hpp"

namespace doze::activity::x11 {

/// What the sources on an X display have in common: it connects, waits for what the server says, notices that the
/// server went away and looks for it again, and tells each status once, when it has changed.
///
/// Held by a shared_ptr; its handlers hold it weakly, so that the source may go while they are under way, even from
/// within its own sink. Loop's thread only.
class Client : public std::enable_shared_from_this<Client> {
    // First, because its type is deduced.
   protected:
    /// A handler that does nothing after the end of this object, or on an error.
    template <class Then>
    auto guarded(Then then) {
        return [weak = weak_from_this(), then](const boost::system::error_code& error = {}) {
            const auto self = weak.lock();
            if (self && !self->stopped_ && !error) then();
        };
    }

   public:
    struct Source {
        std::string name;  ///< As in SourceStatus.
        core::ActivityKind kind;
        bool enabled = true;
    };

    /// `why_not_wayland`: what to say in a Wayland session, whose X server does not count.
    Client(boost::asio::io_context& io, X11Environment environment, std::vector<Source> sources,
           std::string why_not_wayland);
    virtual ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void start(ports::ActivitySink sink);

    /// Nothing is said or done from here on.
    void stop() { stopped_ = true; }

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

    void tell(const core::ActivitySignal& signal) const;
    void tell(core::SessionEvent event) const;

   private:
    void begin();
    void connect();
    void disconnect();
    void lose();
    void wait();
    void tell_all(core::SourceState state, const std::string& detail);
    void tell_status(const core::SourceStatus& status);

    boost::asio::io_context& io_;
    const X11Environment environment_;
    std::vector<Source> sources_;
    const std::string why_not_wayland_;
    ports::ActivitySink sink_;
    std::map<std::string, core::SourceStatus> told_;
    Retry retry_;
    std::optional<Connection> connection_;
    boost::asio::posix::stream_descriptor descriptor_;
    bool went_away_ = false;  ///< The last thing told is that the server was there and is lost.
    bool waiting_ = false;
    bool stopped_ = false;
};

}  // namespace doze::activity::x11
