// Random sequences of everything that can happen to doze: people, hands at AWS, failures, kills. Whatever
// the order, what must never happen does not, and what was put to sleep comes back as it was.
#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "sim/simulation.hpp"

namespace doze::sim::property_test {
namespace {

using namespace std::chrono_literals;
using core::Phase;
using core::Size;
using testing::IsEmpty;

const Region east("us-east-1");
const Region seoul("ap-northeast-2");
/// Registered, but in a region that is not configured: looked at one by one.
const Region elsewhere("eu-west-1");

const Size strangers_size{.desired = 2, .min = 1, .max = 3, .suspended = 0b010};

core::ResourceId instance(int number, const Region& region) {
    return core::ec2(region, InstanceId(fmt::format("i-{:017x}", number)));
}

/// What a random life can meet besides failures and restarts.
struct Chances {
    bool hands = false;          ///< Somebody else starts, stops and resizes at AWS.
    bool bounds = false;         ///< Somebody else changes bounds, and what is suspended.
    bool orders = false;         ///< The person's commands.
    bool wrong_answers = false;  ///< AWS does not find what is there, or shows what was.
};

/// One random life.
class Life {
   public:
    explicit Life(std::uint64_t seed)
        : dice_(seed * 7919 + 1), sim_(seed, {.aws = {.stale_for = seed % 3 == 0 ? 45s : 0s}}) {
        add(instance(1, east), {.desired = 1});
        add(instance(2, seoul), {.desired = 1});
        add(instance(3, east), {.desired = 0});
        add(instance(4, elsewhere), {.desired = 1});
        add(core::ecs(east, ClusterName("dev"), ServiceName("api")), {.desired = 3});
        add(core::ecs(east, ClusterName("dev"), ServiceName("idle")), {.desired = 0});
        add(core::eks(seoul, ClusterName("dev"), NodegroupName("nodes")), {.desired = 2, .min = 1, .max = 4});
        add(core::ecs(east, ClusterName("dev"), ServiceName("scaled")),
            {.desired = 3, .min = 2, .max = 6, .suspended = 0b010});
        add(core::asg(east, GroupName("workers")), {.desired = 2, .min = 1, .max = 4, .suspended = 0b001});
        add(core::rds(seoul, DatabaseName("orders")), {.desired = 1});
        add(core::rds_cluster(elsewhere, DatabaseName("ledger")), {.desired = 1});
        stranger_ = sim_.add(instance(9, east), {.desired = 1}, false);
        sim_.add(strangers_, strangers_size, false);
        // Another account has some of the same names.
        for (const auto& [id, size] : elsewhere_) sim_.cloud.add_elsewhere(id, size);
        // This machine's clock is right, or minutes behind, or hours ahead.
        sim_.cloud.set_ahead(seed % 4 == 1 ? 20min : seed % 4 == 2 ? -3h : 0min);
        sim_.boot();
        sim_.come_back_and_stay(1min);
    }

    void live(int acts, Chances chances) {
        for (int i = 0; i < acts; ++i) act(chances);
    }

    /// Everything that was announced, for whoever has to find out why a seed fails.
    [[nodiscard]] std::string story() const {
        std::string all;
        for (const auto& line : sim_.lines()) all += line + "\n";
        return all;
    }

    /// Faults end, the person leaves once more and comes back for good: everything untouched by other
    /// hands must have slept, and must be as it was at the very beginning.
    void expect_a_good_end(bool orders) {
        sim_.cloud.clear_faults();
        sim_.journal.fail_next(0, {});
        if (!sim_.is_running()) sim_.boot();
        sim_.see(true);
        sim_.settings.dry_run = false;
        sim_.reload();
        sim_.cloud.sign_in_elsewhere(false);
        sim_.cloud.tell_account(true);
        let_go();
        sim_.order_resume();
        sim_.post(core::SessionChanged{core::SessionEvent::unlocked});
        sim_.come_back_and_stay(2h);
        if (orders) {  // What the person stopped, they start again: its size must not be forgotten.
            for (const auto& id : all_)
                if (before_[id].desired > 0) sim_.order_start(id);
            sim_.order_start(stranger_);
            sim_.order_start(strangers_);
            sim_.come_back_and_stay(1h);
        }
        expect_untouched_as_before("after the return");
        sim_.leave_and_stay_away(3h);
        for (const auto& id : all_) {
            if (touched_.contains(id)) continue;
            const auto truth = sim_.cloud.truth(id);
            EXPECT_EQ(truth.phase, Phase::asleep) << core::to_string(id) << " did not sleep in the last absence";
        }
        sim_.come_back_and_stay(2h);
        expect_untouched_as_before("at the end");
        for (const auto& [id, row] : sim_.journal.rows())
            EXPECT_EQ(row.initiator, core::Initiator::person) << core::to_string(id) << " is still owed";
        EXPECT_THAT(sim_.lines(), testing::Not(testing::Contains(testing::HasSubstr("forgets"))));
        EXPECT_EQ(sim_.cloud.truth(stranger_).phase, Phase::awake);
        EXPECT_EQ(sim_.cloud.truth(strangers_).size, strangers_size);
        for (const auto& [id, size] : elsewhere_)
            EXPECT_EQ(sim_.cloud.truth_elsewhere(id).size, size) << core::to_string(id) << " of another account";
        EXPECT_THAT(sim_.violations(), IsEmpty());
        EXPECT_EQ(sim_.journal.refused_overwrites(), 0);
        EXPECT_LT(sim_.cloud.calls().size(), 6000U) << "calls in a hot loop";
        if (testing::Test::HasFailure()) ADD_FAILURE() << story();
    }

   private:
    void add(const core::ResourceId& id, const Size& size) {
        all_.push_back(sim_.add(id, size));
        before_[id] = size;
    }

    void expect_untouched_as_before(const char* when) {
        for (const auto& id : all_) {
            const auto truth = sim_.cloud.truth(id);
            EXPECT_EQ(truth.size.suspended, before_[id].suspended)
                << core::to_string(id) << " is not as it was " << when;
            if (touched_.contains(id)) continue;
            // An order to start wakes what slept from the beginning.
            if (before_[id].desired == 0 && ordered_.contains(id)) continue;
            EXPECT_EQ(truth.size, before_[id]) << core::to_string(id) << " is not as it was " << when;
        }
    }

    [[nodiscard]] core::Duration some_time() {
        const fakes::Range spans[] = {{0s, 2s}, {2s, 1min}, {1min, 10min}, {10min, 50min}, {50min, 4h}};
        return dice_.draw(spans[dice_.roll(5)]);
    }

    [[nodiscard]] const core::ResourceId& any() { return all_[dice_.roll(all_.size())]; }

    void act(const Chances& chances) {
        switch (dice_.roll(chances.bounds || chances.wrong_answers ? 22 : 19)) {
            case 0:
            case 1: sim_.come_back_and_stay(some_time()); return;
            case 2:
            case 3:
            case 4: sim_.leave_and_stay_away(some_time()); return;
            case 5: sim_.type(); return;
            case 6: return fail_somehow();
            case 7: return kill_and_start();
            case 8: return sim_.see(dice_.roll(3) != 0);
            case 9: return touch_session();
            case 10:
            case 11:
                if (chances.hands) touch_by_hand();
                return;
            case 12:
                if (chances.orders) give_an_order();
                return;
            case 13: return sicken_disk(chances.hands);
            case 14: sim_.cloud.clear_faults(); return;
            case 15:
            case 16: return hold_or_let_go();
            case 17:
                sim_.cloud.sign_in_elsewhere(dice_.roll(2) == 0);
                return sim_.cloud.tell_account(dice_.roll(4) != 0);
            case 19:
                if (chances.bounds) set_bounds_by_hand();
                return;
            case 20:
            case 21:
                if (chances.wrong_answers) answer_wrongly();
                return;
            default:
                sim_.settings.dry_run = dice_.roll(3) == 0;
                if (sim_.is_running()) sim_.reload();
                return;
        }
    }

    void fail_somehow() {
        using fakes::CallKind;
        using fakes::Fault;
        const Fault faults[] = {Fault::throttled,       Fault::denied,  Fault::capacity, Fault::lost,
                                Fault::lost_after_done, Fault::fizzles, Fault::half_done};
        const CallKind kinds[] = {CallKind::list, CallKind::describe, CallKind::sleep, CallKind::wake};
        const auto kind = kinds[dice_.roll(4)];
        const bool reads = kind == CallKind::list || kind == CallKind::describe;
        const Fault of_reads[] = {Fault::throttled, Fault::denied, Fault::lost};
        const auto fault = reads ? of_reads[dice_.roll(3)] : faults[dice_.roll(7)];
        // A service that fizzles keeps its count while its tasks do not follow: no hand of doze can help.
        const auto times = 1 + static_cast<int>(dice_.roll(5));
        if (kind == CallKind::list)
            sim_.cloud.inject(fault, kind, std::nullopt, times);
        else
            sim_.cloud.inject(fault, kind, any(), times);
    }

    /// For some writes, or until it is well again. Not with hands beside it: whose a stop was that came after a close
    /// which the disk did not take, nobody can tell after a kill.
    void sicken_disk(bool hands) {
        const bool for_long = !hands && dice_.roll(2) == 0;
        sim_.journal.fail_next(for_long ? 1'000'000 : static_cast<int>(dice_.roll(4)), fakes::disk_full());
    }

    /// What is wrong for longer, or twice a minute apart, is no single answer any more.
    void answer_wrongly() {
        if (sim_.clock.boot() < right_until_) return;
        right_until_ = sim_.clock.boot() + 4min;
        const auto fault = dice_.roll(2) == 0 ? fakes::Fault::empty : fakes::Fault::old;
        const auto span = dice_.draw({1s, 45s});
        if (fault == fakes::Fault::empty) sim_.cloud.inject_for(fault, fakes::CallKind::list, std::nullopt, span);
        sim_.cloud.inject_for(fault, fakes::CallKind::describe,
                              dice_.roll(2) == 0 ? std::optional(any()) : std::nullopt, span);
    }

    /// At rest, so that it can't be a moment before or after doze's own call.
    void set_bounds_by_hand() {
        const auto id = any();
        const auto truth = sim_.cloud.truth(id);
        if (!truth.size.min || touched_.contains(id) || !truth.settled || !sim_.is_running()) return;
        const auto row = sim_.journal.rows().find(id);
        const bool sleeps = row != sim_.journal.rows().end() && row->second.sleep_state == core::SleepState::asleep;
        if (sleeps ? truth.phase != Phase::asleep : truth.phase != Phase::awake || is_dozes(id)) return;
        if (sim_.state().presence.is_away() != sleeps || sim_.state().tracked.at(id).polling.out) return;
        auto to = truth.size;
        const auto before = sleeps ? row->second.snapshot : truth.size;
        auto& after = before_[id];
        if (dice_.roll(2) == 0) {
            const int max = 1 + static_cast<int>(dice_.roll(5));
            if (max < to.desired || max < *to.min || max == core::slept(id.kind, before).max) return;
            to.max = after.max = max;
            after.min = std::min(*before.min, max);
            after.desired = std::clamp(before.desired, *after.min, max);
        } else {
            if (id.kind != core::Kind::asg) return;
            constexpr std::uint16_t health_check = 0b100000;
            to.suspended ^= health_check;
            after.suspended ^= health_check;
        }
        ASSERT_TRUE(sim_.cloud.change_by_hand(id, to)) << core::to_string(id);
        if (sleeps)
            sim_.leave_and_stay_away(2min);
        else
            sim_.come_back_and_stay(2min);
    }

    void hold_or_let_go() {
        switch (dice_.roll(5)) {
            case 0: sim_.order_snooze(std::max<core::Duration>(some_time(), 1min)); return;
            case 1: sim_.order_resume(); return;
            case 2: sim_.order_leave(); return;
            case 3: held_.push_back(sim_.order_hold("make")); return;
            default: return let_go();
        }
    }

    void let_go() {
        for (const auto hold : held_) sim_.post(core::HoldReleased{hold});
        held_.clear();
    }

    void kill_and_start() {
        held_.clear();
        if (sim_.is_running()) sim_.kill();
        sim_.run_for(some_time());
        sim_.boot();
    }

    void touch_session() {
        const core::SessionEvent events[] = {core::SessionEvent::locked, core::SessionEvent::unlocked,
                                             core::SessionEvent::suspending, core::SessionEvent::resumed};
        sim_.post(core::SessionChanged{events[dice_.roll(4)]});
    }

    void touch_by_hand() {
        const auto id = any();
        touched_.insert(id);
        sim_.stopped_by_hand.erase(id);
        if (core::info(id.kind).sized) {
            (void)sim_.cloud.resize_by_hand(id, {.desired = static_cast<int>(dice_.roll(4)), .min = 0, .max = 4});
        } else if (!core::info(id.kind).members.empty()) {
            (void)sim_.cloud.resize_by_hand(id, {.desired = static_cast<int>(dice_.roll(6))});
        } else if (dice_.roll(2) == 0) {
            (void)sim_.cloud.start_by_hand(id);
        } else if (sim_.cloud.truth(id).phase == Phase::awake && !is_dozes(id) && sim_.cloud.stop_by_hand(id)) {
            // A hand that moves in the moment between doze's look (which AWS may answer with what was)
            // and its call can't be told from doze's own.
            sim_.run_for(60s);
            if (!is_dozes(id)) sim_.stopped_by_hand.insert(id);
        }
    }

    /// Does doze have it in hand, or is it about to?
    [[nodiscard]] bool is_dozes(const core::ResourceId& id) const {
        if (!sim_.is_running()) return true;
        const auto row = sim_.journal.rows().find(id);
        if (row != sim_.journal.rows().end() && row->second.sleep_state != core::SleepState::left_awake) return true;
        const auto tracked = sim_.state().tracked.find(id);
        if (tracked == sim_.state().tracked.end()) return false;
        const auto& it = tracked->second;
        return it.polling.out || it.calls.in_flight || (sim_.state().presence.is_away() && !it.absence_handled);
    }

    void give_an_order() {
        const auto roll = dice_.roll(6);
        const auto id = roll == 0 ? stranger_ : roll == 1 ? strangers_ : any();
        ordered_.insert(id);
        switch (dice_.roll(3)) {
            case 0: sim_.order_start(id); return;
            case 1: sim_.order_stop(id); return;
            default:
                if (id == strangers_) return;
                // A scale changes what the group is from then on.
                if (core::info(id.kind).sized) touched_.insert(id);
                sim_.order_scale(id, static_cast<int>(dice_.roll(5)));
                return;
        }
    }

    fakes::Dice dice_;
    Simulation sim_;
    std::vector<core::ResourceId> all_;
    core::ResourceId stranger_;  ///< Not registered, as the next.
    core::ResourceId strangers_ = core::asg(east, GroupName("strangers"));
    std::map<core::ResourceId, Size> before_;
    const std::map<core::ResourceId, Size> elsewhere_{
        {core::ecs(east, ClusterName("dev"), ServiceName("api")), {.desired = 0}},
        {core::ecs(east, ClusterName("dev"), ServiceName("idle")), {.desired = 2}},
        {core::asg(east, GroupName("workers")), {.desired = 1, .min = 1, .max = 2}},
        {core::rds(seoul, DatabaseName("orders")), {.desired = 1}}};
    std::set<core::ResourceId> touched_;
    std::set<core::ResourceId> ordered_;
    std::vector<core::RequestId> held_;
    core::TimePoint right_until_ = core::TimePoint::min();
};

constexpr int acts = 80;

class Property : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Property, FailuresAndRestartsLoseNothing) {
    Life life(GetParam());
    life.live(acts, {});
    life.expect_a_good_end(false);
}

TEST_P(Property, HandsAtAwsAreRespected) {
    Life life(GetParam());
    life.live(acts, {.hands = true});
    life.expect_a_good_end(false);
}

TEST_P(Property, OrdersInBetweenLoseNothing) {
    Life life(GetParam());
    life.live(acts, {.orders = true});
    life.expect_a_good_end(true);
}

TEST_P(Property, WrongAnswersLoseNothing) {
    const bool orders = GetParam() % 2 == 0;
    Life life(GetParam());
    life.live(acts, {.orders = orders, .wrong_answers = true});
    life.expect_a_good_end(orders);
}

TEST_P(Property, WhatHandsDidStaysAndWhatDozeDidGoesBack) {
    Life life(GetParam());
    life.live(acts, {.hands = true, .bounds = true});
    life.expect_a_good_end(false);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Property, testing::Range<std::uint64_t>(1, 61));

}  // namespace
}  // namespace doze::sim::property_test
