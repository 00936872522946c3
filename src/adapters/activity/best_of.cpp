#include "adapters/activity/best_of.hpp"

#include <algorithm>
#include <utility>

namespace doze::activity {

using core::SourceState;

ports::ActivitySink naming(const ports::ActivitySink& sink) {
    const auto names = std::make_shared<std::map<core::ActivityKind, std::string>>();
    auto naming = sink;
    naming.status = [names, tell = sink.status](const core::SourceStatus& status) {
        (*names)[status.kind] = status.name;
        if (tell) tell(status);
    };
    naming.signal = [names, tell = sink.signal](core::ActivitySignal signal) {
        signal.source = (*names)[signal.kind];
        if (tell) tell(signal);
    };
    return naming;
}

BestOf::BestOf(std::vector<Candidate> candidates) {
    for (auto& candidate : candidates) seats_.push_back({.candidate = std::move(candidate)});
}

BestOf::~BestOf() = default;

bool BestOf::Seat::is(SourceState state) const {
    return std::ranges::any_of(said, [&](const auto& each) { return each.second.state == state; });
}

bool BestOf::Seat::sees() const {
    return std::ranges::any_of(
        said, [](const auto& each) { return each.second.state == SourceState::running && !each.second.partial; });
}

void BestOf::start(ports::ActivitySink sink) {
    sink_ = std::move(sink);
    // Until it is known which one sees, each may be the one.
    if (sink_.status)
        for (std::size_t index = 1; index < seats_.size(); ++index) sink_.status(seats_[index].candidate.introduction);
    run(0);
}

/// Hands the turn on to the next where this one can't run, and takes it back from the next where it can.
void BestOf::take(std::size_t index, const core::SourceStatus& status) {
    auto& seat = seats_[index];
    seat.said.insert_or_assign(status.name, status);
    if (sink_.status) sink_.status(status);
    const bool is_off =
        std::ranges::all_of(seat.said, [](const auto& each) { return each.second.state == SourceState::disabled; });
    if (seat.sees() || is_off) {
        for (auto after = index + 1; after < seats_.size(); ++after) rest(after);
        running_ = std::min(running_, index + 1);
    } else if ((seat.is(SourceState::unavailable) || seat.is(SourceState::running)) &&
               !seat.is(SourceState::starting) && index + 1 == running_) {
        run(index + 1);
    }
}

void BestOf::run(std::size_t index) {
    if (index >= seats_.size()) return;
    running_ = index + 1;
    auto& seat = seats_[index];
    seat.said.clear();
    seat.source = seat.candidate.make();
    auto taking = sink_;
    taking.status = [this, index](const core::SourceStatus& status) { take(index, status); };
    seat.source->start(naming(taking));
}

bool BestOf::has_settled() const {
    return running_ > 0 && !seats_[running_ - 1].said.empty() && !seats_[running_ - 1].is(SourceState::starting);
}

/// What it said of itself before is no longer true.
void BestOf::rest(std::size_t index) {
    auto& seat = seats_[index];
    if (seat.is(SourceState::standby)) return;
    seat.source.reset();
    if (seat.said.empty()) seat.said.emplace(seat.candidate.introduction.name, seat.candidate.introduction);
    for (auto& [name, status] : seat.said) {
        status.state = SourceState::standby;
        status.detail.clear();
        if (sink_.status) sink_.status(status);
    }
}

}  // namespace doze::activity
