#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ports/activity_source.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

/// Adds to each signal the name of the source that told of its kind. One such sink for each source.
[[nodiscard]] ports::ActivitySink naming(const ports::ActivitySink& sink);

/// A source that may be made, and made again.
struct Candidate {
    /// Its name and kind, as long as it has not spoken for itself.
    core::SourceStatus introduction;
    std::function<std::unique_ptr<ports::ActivitySource>()> make;
};

/// Of several sources that see the same, the first that can run and see all of it. While it can't, it goes on looking
/// for its API, and the next one sees in its place; as soon as it can, those after it are stopped and stand by. Loop's
/// thread only.
class BestOf final : public ports::ActivitySource {
   public:
    /// The best first.
    explicit BestOf(std::vector<Candidate> candidates);
    ~BestOf() override;

    void start(ports::ActivitySink sink) override;

    /// It is known which one sees, or that none can.
    [[nodiscard]] bool has_settled() const;

   private:
    struct Seat {
        Candidate candidate;
        std::unique_ptr<ports::ActivitySource> source = nullptr;
        std::map<std::string, core::SourceStatus> said = {};

        [[nodiscard]] bool is(core::SourceState state) const;
        /// Runs, and sees all.
        [[nodiscard]] bool sees() const;
    };

    void take(std::size_t index, const core::SourceStatus& status);
    void run(std::size_t index);
    void rest(std::size_t index);

    std::vector<Seat> seats_;
    ports::ActivitySink sink_;
    std::size_t running_ = 0;  ///< Seats before it have a source.
};

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
