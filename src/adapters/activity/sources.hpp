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

/// Wraps a sink: adds to each signal the name of the source that reported its kind. One such wrapper for each source.
[[nodiscard]] ports::ActivitySink naming(const ports::ActivitySink& sink);

/// A source that can be created, and created again later.
struct Candidate {
    /// Its name and kind until it has reported a status.
    core::SourceStatus introduction;
    std::function<std::unique_ptr<ports::ActivitySource>()> make;
};

/// Of several sources that see the same, runs the best one that works and sees everything. While a better one can't, it
/// keeps looking for its API and the next one runs in its place; once it can, those after it are stopped and stand by.
/// Loop's thread only.
class BestOf final : public ports::ActivitySource {
   public:
    /// Best first.
    explicit BestOf(std::vector<Candidate> candidates);
    ~BestOf() override;

    void start(ports::ActivitySink sink) override;

    /// Whether it is decided which candidate runs, or that none can.
    [[nodiscard]] bool has_settled() const;

   private:
    struct Seat {
        Candidate candidate;
        std::unique_ptr<ports::ActivitySource> source = nullptr;
        std::map<std::string, core::SourceStatus> said = {};

        [[nodiscard]] bool is(core::SourceState state) const;
        /// Whether it runs and sees everything.
        [[nodiscard]] bool sees() const;
    };

    void take(std::size_t index, const core::SourceStatus& status);
    void run(std::size_t index);
    void rest(std::size_t index);

    std::vector<Seat> seats_;
    ports::ActivitySink sink_;
    std::size_t running_ = 0;  ///< The first so many seats have a source.
};

class LogindSession;
class OtherSessions;
class X11Saver;

/// The status of a source that is about to be replaced by a new one: unknown. A source that is silent until there is
/// something to report gets `standby`.
[[nodiscard]] core::SourceStatus made_anew(core::SourceStatus status);

/// All sources of this machine: the best that can run among those for the person's input, the best among those for the
/// active window, and one of everything else. Loop's thread only.
class Sources final : public ports::ActivitySource {
   public:
    /// `clock` must outlive the sources.
    Sources(boost::asio::io_context& io, const ports::Clock& clock, const ports::SourceSettings& settings);
    ~Sources() override;

    /// Signals carry the name of their source.
    void start(ports::ActivitySink sink) override;

    /// Releases the delay of a suspend or shutdown: nothing needs the time any more.
    void let_suspend();

    /// Whether each source has reported if it can run.
    [[nodiscard]] bool have_settled() const;

   private:
    struct Single {
        core::SourceStatus status;
        std::unique_ptr<ports::ActivitySource> source;
    };

    [[nodiscard]] std::vector<Candidate> input_candidates() const;
    [[nodiscard]] std::vector<Candidate> window_candidates() const;
    void make();
    /// Without a `source`, it is reported as disabled.
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
    std::map<std::string, core::SourceStatus> told_;  ///< The newest status of each source.
    LogindSession* session_ = nullptr;                ///< Owned by the singles.
    boost::asio::steady_timer desktop_timer_;
};

}  // namespace doze::activity
