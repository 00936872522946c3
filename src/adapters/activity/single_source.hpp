#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "ports/activity_source.hpp"

namespace doze::activity {

/// The inside of a source that has one status: it tells the sink, each status once, when it has changed. Nothing is
/// told after stop().
///
/// Held by a shared_ptr; its handlers hold it weakly, and keep it while they run, so that the source may go while they
/// are under way, even from within its own sink. Loop's thread only.
class SingleSource : public std::enable_shared_from_this<SingleSource> {
    // First, because its type is deduced.
   protected:
    /// A handler that does nothing once the source is gone, or on an error, such as that of a cancelled timer.
    template <class Then>
    auto guarded(Then then) {
        return [weak = weak_from_this(), then](const boost::system::error_code& error = {}) {
            const auto self = weak.lock();
            if (self && !self->stopped_ && !error) then();
        };
    }

   public:
    /// `introduction`: its name and kind, and whether it is partial from the start.
    SingleSource(boost::asio::io_context& io, core::SourceStatus introduction)
        : io_(io), status_(std::move(introduction)), always_partial_(status_.partial) {}
    virtual ~SingleSource() = default;
    SingleSource(const SingleSource&) = delete;
    SingleSource& operator=(const SingleSource&) = delete;

    void start(ports::ActivitySink sink) {
        sink_ = std::move(sink);
        boost::asio::post(io_, guarded([this] { begin(); }));
    }

    /// Nothing is said or done from here on.
    void stop() {
        stopped_ = true;
        let_go();
    }

   protected:
    virtual void begin() = 0;

    /// Cancels what is under way: the source is about to go.
    virtual void let_go() {}

    [[nodiscard]] bool is_stopped() const { return stopped_; }
    [[nodiscard]] bool has_told_status() const { return status_.state != core::SourceState::starting; }

    void tell_running(std::string detail = "") { tell_status(core::SourceState::running, std::move(detail)); }
    /// Runs, and for now sees only some of the person's input.
    void tell_partial(std::string detail) { tell_status(core::SourceState::running, std::move(detail), true); }
    void tell_unavailable(std::string why) { tell_status(core::SourceState::unavailable, std::move(why)); }
    void tell_unavailable(const Error& why) { tell_unavailable(why.text()); }
    /// Can't run, and the person may be where it can't look.
    void tell_hiding(std::string why) { tell_status(core::SourceState::unavailable, std::move(why), true, true); }
    void tell_standby() { tell_status(core::SourceState::standby, ""); }
    void tell_disabled() { tell_status(core::SourceState::disabled, ""); }

    void tell(const core::ActivitySignal& signal) {
        if (!stopped_ && sink_.signal) sink_.signal(signal);
    }
    void tell(core::SessionEvent event) {
        if (!stopped_ && sink_.session) sink_.session(event, status_.name);
    }
    void tell_inhibited(bool inhibited) {
        if (!stopped_ && sink_.inhibited) sink_.inhibited(status_.name, inhibited);
    }

    boost::asio::io_context& io_;

   private:
    void tell_status(core::SourceState state, std::string detail, bool partial = false, bool hides = false) {
        if (stopped_) return;
        auto status = status_;
        status.state = state;
        status.detail = std::move(detail);
        status.partial = partial || always_partial_;
        status.hides = hides;
        if (status == status_) return;
        status_ = status;
        if (sink_.status) sink_.status(status);
    }

    core::SourceStatus status_;
    const bool always_partial_;
    ports::ActivitySink sink_;
    bool stopped_ = false;
};

}  // namespace doze::activity
