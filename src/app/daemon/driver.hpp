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

/// One deadline on CLOCK_BOOTTIME. Asio's own timers stand still during a suspend and would then be late
/// by as much; this one is due at once when the machine comes back.
class BootTimer {
   public:
    /// `on_due` is called on the loop, once per deadline.
    BootTimer(boost::asio::io_context& loop, std::function<void()> on_due);

    /// Replaces the deadline; none disarms.
    void set(std::optional<core::TimePoint> deadline);

   private:
    void wait();

    boost::asio::posix::stream_descriptor timer_;
    std::function<void()> on_due_;
    std::uint64_t expirations_ = 0;
};

/// Turns the engine: gathers what happened in one turn of the loop, lets the core decide, and hands the
/// effects out. Lives on the loop's thread.
class Driver final : public commands::Host {
   public:
    struct Callbacks {
        /// Writes services.yaml.
        std::function<Result<void>(const core::Registration&, bool remove)> save_registration;
        std::function<void(const core::Announce&)> log;

        /// What became of the journal's files, newest last.
        std::function<std::vector<std::string>()> journal_notes = [] { return std::vector<std::string>(); };

        /// All that had happened has been decided, and its calls are on their way.
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

    /// Why the journal can't be written, if it can't.
    [[nodiscard]] const std::optional<Error>& journal_trouble() const { return actions_.journal_trouble(); }
    [[nodiscard]] commands::JournalState journal() const override;

    /// The journal's files are not as they should be: tells, and tries again what could not be written.
    void check_journal() {
        actions_.check_journal();
        post(core::Tick{});
    }

   private:
    /// A client's hold, which its connection keeps; connections may live longer than the driver does.
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
    std::optional<core::TimePoint> deadline_;  ///< Of the timer.
    core::TimePoint listening_until_;          ///< Of the last time that the sources were listened to first.
    core::TimePoint last_turn_;
    bool scheduled_ = false;
    core::RequestId last_order_ = 0;
    std::map<core::RequestId, Done> waiting_;
    std::vector<core::Announce> announcements_;
    std::string told_trouble_;
    std::shared_ptr<Driver*> self_ = std::make_shared<Driver*>(this);  ///< Gone when this is: last to be made.
};

}  // namespace doze::daemon
