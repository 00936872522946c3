#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/activity/best_of.hpp"
#include "ports/activity_source.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

class LogindSession;
class OtherSessions;
class X11Saver;

/// What is known of a source whose successor is about to be made: nothing. Those that say nothing before there is
/// something to say stand by.
[[nodiscard]] core::SourceStatus made_anew(core::SourceStatus status);

/// All sources of this machine: of those that see the person's input, and of those that see the active window, the best
/// that can run; and one for everything else. Loop's thread only.
class Sources final : public ports::ActivitySource {
   public:
    /// `clock` must outlive the sources.
    Sources(boost::asio::io_context& io, const ports::Clock& clock, const ports::SourceSettings& settings);
    ~Sources() override;

    /// Signals name their source.
    void start(ports::ActivitySink sink) override;

    /// Nothing needs the time before a suspend or shutdown any more.
    void let_suspend();

    /// Each has said whether it can run.
    [[nodiscard]] bool have_settled() const;

   private:
    struct Single {
        core::SourceStatus status;
        std::unique_ptr<ports::ActivitySource> source;
    };

    [[nodiscard]] std::vector<Candidate> input_candidates() const;
    [[nodiscard]] std::vector<Candidate> window_candidates() const;
    void make();
    /// Without a source it is switched off.
    void add(core::SourceStatus status, std::unique_ptr<ports::ActivitySource> source);
    void begin();
    void watch_for_desktop();
    void begin_anew();

    boost::asio::io_context& io_;
    const ports::Clock& clock_;
    const ports::SourceSettings settings_;
    ports::ActivitySink sink_;
    bool beside_desktop_;
    std::unique_ptr<BestOf> input_;
    std::unique_ptr<BestOf> window_;
    std::vector<Single> singles_;
    std::unique_ptr<OtherSessions> others_;
    std::unique_ptr<X11Saver> saver_;
    std::map<std::string, core::SourceStatus> told_;  ///< The newest of each source.
    LogindSession* session_ = nullptr;                ///< One of the singles.
    boost::asio::steady_timer desktop_timer_;
};

}  // namespace doze::activity
