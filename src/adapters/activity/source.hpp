#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "ports/activity_source.hpp"

namespace doze::activity {

/// Base of every source's implementation: passes each status to the sink once, when it changed, and nothing after
/// stop().
///
/// Held by a shared_ptr. Handlers hold it weakly and lock it while they run, so the source may be destroyed meanwhile,
/// even from within its own sink. Loop's thread only.
class StatusReporter : public std::enable_shared_from_this<StatusReporter> {
    // First in the class, because its return type is deduced.
   protected:
    /// A handler that does nothing once the source is gone, or on an error such as a cancelled timer.
    template <class Then>
    auto guarded(Then then) {
        return [weak = weak_from_this(), then](const boost::system::error_code& error = {}) {
            const auto self = weak.lock();
            if (self && !self->stopped_ && !error) then();
        };
    }

   public:
    explicit StatusReporter(boost::asio::io_context& io) : io_(io) {}
    virtual ~StatusReporter() = default;
    StatusReporter(const StatusReporter&) = delete;
    StatusReporter& operator=(const StatusReporter&) = delete;

    void start(ports::ActivitySink sink);

    /// After this call nothing is reported and no handler runs.
    void stop();

   protected:
    virtual void begin() = 0;

    /// Cancels pending operations: the source is about to be destroyed.
    virtual void let_go() {}

    [[nodiscard]] bool is_stopped() const { return stopped_; }

    void tell(const core::SourceStatus& status);
    void tell(const core::ActivitySignal& signal) const;
    void tell(core::SessionEvent event, const std::string& source) const;
    void tell_inhibited(const std::string& source, bool inhibited) const;

    /// The newest status of each source, by name.
    [[nodiscard]] const std::map<std::string, core::SourceStatus>& told() const { return told_; }

    boost::asio::io_context& io_;

   private:
    ports::ActivitySink sink_;
    std::map<std::string, core::SourceStatus> told_;
    bool stopped_ = false;
};

/// Base of a source that has one status.
class SingleSource : public StatusReporter {
   public:
    /// `introduction`: its name, its kind, and whether it starts out as partial.
    SingleSource(boost::asio::io_context& io, core::SourceStatus introduction);

   protected:
    using StatusReporter::tell;
    void tell(core::SessionEvent event) const { tell(event, introduction_.name); }
    void tell_inhibited(bool inhibited) const { StatusReporter::tell_inhibited(introduction_.name, inhibited); }

    [[nodiscard]] bool has_told_status() const { return !told().empty(); }
    void tell_running(std::string detail = "");
    /// Runs, but currently sees only part of the person's input.
    void tell_partial(std::string detail);
    void tell_unavailable(std::string why);
    void tell_unavailable(const Error& why) { tell_unavailable(why.text()); }
    /// Can't run, and the person may be active where it can't see.
    void tell_hiding(std::string why);
    void tell_standby();
    void tell_disabled();

   private:
    [[nodiscard]] core::SourceStatus status(core::SourceState state, std::string detail = "") const;

    const core::SourceStatus introduction_;
};

/// The public part of a source, owned by its users; may be destroyed at any time, even from within the source's sink.
class SourceHandle : public ports::ActivitySource {
   public:
    ~SourceHandle() override { inside_->stop(); }
    SourceHandle(const SourceHandle&) = delete;
    SourceHandle& operator=(const SourceHandle&) = delete;

    void start(ports::ActivitySink sink) final { inside_->start(std::move(sink)); }

   protected:
    explicit SourceHandle(std::shared_ptr<StatusReporter> inside) : inside_(std::move(inside)) {}

   private:
    const std::shared_ptr<StatusReporter> inside_;
};

}  // namespace doze::activity
