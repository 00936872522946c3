#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/executor/actions.hpp"
#include "commands/host.hpp"
#include "core/engine.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"
#include "protocol/event_stream.hpp"

namespace doze::daemon {

/// A timer on CLOCK_BOOTTIME with one deadline. Asio's timers stop during a suspend and would be late by its length;
/// this one is due at once after the suspend.
class BootTimer {
   public:
    /// `on_due` is called on the loop, once per deadline.
    BootTimer(boost::asio::io_context& loop, std::function<void()> on_due);

    /// Replaces the deadline; an empty one disarms the timer.
    void set(std::optional<core::TimePoint> deadline);

   private:
    void wait();

    boost::asio::posix::stream_descriptor timer_;
    std::function<void()> on_due_;
    std::uint64_t expirations_ = 0;
};

/// Drives the engine: collects the events of one turn of the loop, calls the core, and carries out the effects. Loop's
/// thread only.
class Driver final : public commands::Host {
   public:
    struct Callbacks {
        /// Writes or removes a registration in services.yaml.
        std::function<Result<void>(const core::Registration&, bool remove)> save_registration;
        std::function<void(const core::Announce&)> log;

        /// What happened to the journal's files, newest last.
        std::function<std::vector<std::string>()> journal_notes = [] { return std::vector<std::string>(); };

        /// Called after each turn: all events are decided, and the resulting calls are under way.
        std::function<void()> turned = [] {};
    };

    Driver(boost::asio::io_context& loop, const ports::Clock& clock, ports::Journal& journal, ports::Cloud& cloud,
           core::State state, Callbacks outlets);

    [[nodiscard]] core::SystemView view() const override { return core::SystemView(state_); }
    [[nodiscard]] core::Now now() const override {
        auto now = clock_.now();
        now.aws_ahead = cloud_.aws_ahead(now);
        return now;
    }
    void post(core::Event event) override;
    void request(const std::function<core::Event(core::RequestId)>& make, Done done) override;
    [[nodiscard]] std::shared_ptr<void> hold(std::string reason, Done done) override;
    [[nodiscard]] Result<std::vector<core::HistoryLine>> history(const core::HistoryQuery& query) override {
        return actions_.history(query);
    }
    [[nodiscard]] const commands::Counters& tally() const override { return tally_; }
    void subscribe(std::weak_ptr<commands::EventSink> listener) override;

    /// Why the journal can't be written; empty if it can.
    [[nodiscard]] const std::optional<Error>& journal_trouble() const { return actions_.journal_trouble(); }
    [[nodiscard]] commands::JournalState journal() const override;

    /// Call when the journal's files are damaged: reports it, and retries what could not be written.
    void check_journal() {
        actions_.check_journal();
        post(core::Tick{});
    }

   private:
    /// A client's hold, kept by its connection, which may outlive the driver.
    class KeptHold {
       public:
        KeptHold(std::weak_ptr<Driver*> driver, core::RequestId id) : driver_(std::move(driver)), id_(id) {}
        ~KeptHold() {
            if (const auto driver = driver_.lock()) (*driver)->post(core::HoldReleased{id_});
        }
        KeptHold(const KeptHold&) = delete;
        KeptHold& operator=(const KeptHold&) = delete;

       private:
        std::weak_ptr<Driver*> driver_;
        core::RequestId id_;
    };

    void turn();
    void listen_first(std::vector<core::Event>& events, core::TimePoint now);
    [[nodiscard]] std::optional<core::TimePoint> next_deadline() const;
    void tell_journal_trouble();
    void count(const core::CallReturned& acted);
    void carry_out(core::Announce& announce);
    void carry_out(const core::Reply& reply);
    void carry_out(const core::Call& act);
    void carry_out(const core::SaveRegistration& save);
    template <class Effect>
    void carry_out(const Effect& effect) {
        actions_(effect);
    }

    boost::asio::io_context& loop_;
    const ports::Clock& clock_;
    const ports::Cloud& cloud_;
    executor::Actions actions_;
    core::State state_;
    Callbacks outlets_;
    BootTimer timer_;
    protocol::EventStream stream_;
    commands::Counters tally_;

    std::vector<core::Event> events_;
    std::optional<core::TimePoint> deadline_;  ///< The timer's deadline.
    core::TimePoint listening_until_;          ///< End of the last wait for the sources' input.
    core::TimePoint last_turn_;
    bool scheduled_ = false;
    core::RequestId last_order_ = 0;
    std::map<core::RequestId, Done> waiting_;
    std::vector<core::Announce> announcements_;
    std::string told_trouble_;
    std::shared_ptr<Driver*> self_ = std::make_shared<Driver*>(
        this);  ///< Last member, so that it is destroyed first: others can tell that the driver is gone.
};

}  // namespace doze::daemon
