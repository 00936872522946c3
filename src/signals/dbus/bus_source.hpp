#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "ports/signal_source.hpp"

namespace doze::signals::dbus {

/// The inside of a source on the bus: it tells the sink, and stays alive while one of its handlers runs, even if that
/// destroys the source. Nothing is told after stop().
class BusSource : public std::enable_shared_from_this<BusSource> {
   public:
    BusSource(boost::asio::io_context& io, std::string name, core::SignalKind kind)
        : io_(io), status_{.name = std::move(name), .kind = kind} {}
    virtual ~BusSource() = default;
    BusSource(const BusSource&) = delete;
    BusSource& operator=(const BusSource&) = delete;

    void start(ports::SignalSink sink) {
        sink_ = std::move(sink);
        boost::asio::post(io_, [weak = weak_from_this()] {
            const auto self = weak.lock();
            if (self && !self->stopped_) self->begin();
        });
    }

    void stop() { stopped_ = true; }

   protected:
    virtual void begin() = 0;

    /// A handler for a timer, which does nothing once the source is gone or the timer was cancelled.
    template <class Then>
    auto guarded(Then then) {
        return [weak = weak_from_this(), then](const boost::system::error_code& error) {
            const auto self = weak.lock();
            if (self && !self->stopped_ && !error) then();
        };
    }

    void tell_running(std::string detail = "") { tell_state(core::SourceState::running, std::move(detail)); }
    void tell_unavailable(std::string why) { tell_state(core::SourceState::unavailable, std::move(why)); }
    void tell_unavailable(const Error& why) { tell_unavailable(why.text()); }

    void tell(const core::Signal& signal) {
        if (!stopped_ && sink_.signal) sink_.signal(signal);
    }
    void tell(core::SessionEvent event) {
        if (!stopped_ && sink_.session) sink_.session(event);
    }
    void tell_inhibited(bool inhibited) {
        if (!stopped_ && sink_.inhibited) sink_.inhibited(status_.name, inhibited);
    }

    boost::asio::io_context& io_;

   private:
    void tell_state(core::SourceState state, std::string detail) {
        if (status_.state == state && status_.detail == detail) return;
        status_.state = state;
        status_.detail = std::move(detail);
        if (!stopped_ && sink_.status) sink_.status(status_);
    }

    core::SourceStatus status_;
    ports::SignalSink sink_;
    bool stopped_ = false;
};

}  // namespace doze::signals::dbus
