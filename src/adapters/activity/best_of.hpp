#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ports/activity_source.hpp"

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

}  // namespace doze::activity
