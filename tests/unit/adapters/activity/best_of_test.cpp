#include <gtest/gtest.h>

#include "adapters/activity/sources.hpp"
#include "fakes/scripted_source.hpp"

namespace doze::activity {
namespace {

using core::SourceState;

/// Three sources of the same, by name; the test says which of them can run.
class BestOfTest : public testing::Test {
   protected:
    void start() {
        std::vector<Candidate> candidates;
        for (const std::string name : {"best", "good", "last"}) {
            candidates.push_back(
                {.introduction = {.name = name, .kind = core::ActivityKind::input}, .make = [this, name] {
                     auto source = std::make_unique<fakes::ScriptedSource>(name, core::ActivityKind::input);
                     if (is_off_) source->become(SourceState::disabled);
                     if (!can_run_[name]) source->become(SourceState::unavailable, "not here");
                     made_[name] = source.get();
                     return source;
                 }});
        }
        best_.emplace(std::move(candidates));
        best_->start({.signal =
                          [this](const core::ActivitySignal& signal) {
                              ++signals_;
                              last_source_ = signal.source;
                          },
                      .status = [this](const core::SourceStatus& status) { states_[status.name] = status.state; }});
    }

    [[nodiscard]] std::vector<SourceState> states() { return {states_["best"], states_["good"], states_["last"]}; }

    std::map<std::string, bool> can_run_{{"best", true}, {"good", true}, {"last", true}};
    std::map<std::string, fakes::ScriptedSource*> made_;
    std::map<std::string, SourceState> states_;
    std::optional<BestOf> best_;
    bool is_off_ = false;
    int signals_ = 0;
    std::string last_source_;
};

TEST_F(BestOfTest, RunsTheBestAndLetsTheOthersStandBy) {
    start();
    EXPECT_EQ(states(), (std::vector{SourceState::running, SourceState::standby, SourceState::standby}));
    EXPECT_EQ(made_.size(), 1);
    EXPECT_TRUE(best_->has_settled());
}

TEST_F(BestOfTest, RunsTheNextWhereTheBestCannot) {
    can_run_["best"] = false;
    start();
    EXPECT_EQ(states(), (std::vector{SourceState::unavailable, SourceState::running, SourceState::standby}));
    made_["good"]->push(core::TimePoint(std::chrono::hours(1)));
    EXPECT_EQ(signals_, 1);
}

TEST_F(BestOfTest, RunsTheNextBesideOneThatDoesNotSeeAll) {
    start();
    made_["best"]->become_partial(true);
    EXPECT_EQ(states(), (std::vector{SourceState::running, SourceState::running, SourceState::standby}));
    made_["best"]->become_partial(false);
    EXPECT_EQ(states(), (std::vector{SourceState::running, SourceState::standby, SourceState::standby}));
}

TEST_F(BestOfTest, SignalsNameTheirSource) {
    start();
    made_["best"]->push(core::TimePoint(std::chrono::hours(1)));
    EXPECT_EQ(last_source_, "best");
}

TEST_F(BestOfTest, SaysOfAllThatNoneCan) {
    can_run_.clear();
    start();
    EXPECT_EQ(states(), (std::vector{SourceState::unavailable, SourceState::unavailable, SourceState::unavailable}));
    EXPECT_TRUE(best_->has_settled());
}

TEST_F(BestOfTest, TheNextSeesInThePlaceOfOneThatIsLostUntilItIsFoundAgain) {
    start();
    made_["best"]->become(SourceState::unavailable, "went away");
    EXPECT_EQ(states(), (std::vector{SourceState::unavailable, SourceState::running, SourceState::standby}));
    made_["best"]->become(SourceState::running);
    EXPECT_EQ(states(), (std::vector{SourceState::running, SourceState::standby, SourceState::standby}));
    made_["best"]->become(SourceState::unavailable, "went away");
    EXPECT_EQ(states(), (std::vector{SourceState::unavailable, SourceState::running, SourceState::standby}));
}

TEST_F(BestOfTest, ADesktopChangesOverSeveralSources) {
    can_run_ = {{"last", true}};
    start();
    EXPECT_EQ(states(), (std::vector{SourceState::unavailable, SourceState::unavailable, SourceState::running}));
    made_["best"]->become(SourceState::running);
    EXPECT_EQ(states(), (std::vector{SourceState::running, SourceState::standby, SourceState::standby}));
}

TEST_F(BestOfTest, WhatIsSwitchedOffIsNotReplaced) {
    is_off_ = true;
    start();
    EXPECT_EQ(states(), (std::vector{SourceState::disabled, SourceState::standby, SourceState::standby}));
    EXPECT_EQ(made_.size(), 1);
}

}  // namespace
}  // namespace doze::activity
