// What is on its way to sleep.
#include "unit/core/reconcile/one_resource.hpp"

namespace doze::core::of_sleeping {
namespace {

using namespace std::chrono_literals;
using R = OneResource;

/// A row is open, and the resource is still seen awake.
auto sleeping(std::function<void(R&)> more, Initiator initiator = Initiator::doze) {
    return [=](R& r) {
        r.row(SleepState::sleeping, initiator);
        more(r);
    };
}

/// The same of a service.
auto sleeping_service(std::function<void(R&)> more) {
    return [=](R& r) {
        r.is_service();
        r.row(SleepState::sleeping);
        more(r);
    };
}

const auto back = [](R& r) { r.away = false; };

TEST(ReconcileSleeping, GoesOnAsLongAsItIsWanted) {
    hold({
        {"away", sleeping([](R&) {}), "call sleep"},
        {"back", sleeping(back), "close; say returned", true},
        {"asked for", sleeping([](R& r) { r.record.requested_awake = true; }),
         "close; put left-awake of person; say command", true},
        {"held", sleeping([](R& r) { r.held = true; }), "close; say held", true},
        {"blind: nothing is sent, nothing given up", sleeping([](R& r) { r.blind = true; }), ""},
        {"a guard came", sleeping([](R& r) { r.record.seen->guard = Guard{.why = "Never."}; }), "close; say guarded",
         true},
        {"blind, and a guard came: it waits", sleeping([](R& r) {
             r.blind = true;
             r.record.seen->guard = Guard{.why = "Never."};
         }),
         ""},
        {"given up", sleeping([](R& r) { r.record.calls.given_up = true; }),
         "close; put left-awake of person; say refused", true},
        {"given up while blind", sleeping([](R& r) {
             r.record.calls.given_up = true;
             r.blind = true;
         }),
         "close; put left-awake of person; say refused", true},
    });
}

TEST(ReconcileSleeping, ByAPersonGoesOnWhateverDozeWants) {
    const auto person = [](auto more) { return sleeping(more, Initiator::person); };
    hold({
        {"here", person(back), "call sleep"},
        {"held", person([](R& r) { r.held = true; }), "call sleep"},
        {"blind", person([](R& r) { r.blind = true; }), "call sleep"},
        {"the opposite", person([](R& r) { r.record.requested_awake = true; }),
         "close; put left-awake of person; say command", true},
        {"a guard holds for them too", person([](R& r) { r.record.seen->guard = Guard{.why = "Never."}; }),
         "close; say guarded", true},
    });
}

TEST(ReconcileSleeping, IsSeenFirst) {
    hold({
        {"seen before the call came back", sleeping([](R& r) { r.saw_long_ago(); }), "describe"},
        {"on its way", sleeping([](R& r) { r.see(Phase::falling_asleep); }), "describe"},
        {"accepted just now: it does not show yet", sleeping([](R& r) { r.accepted(59s); }), "describe"},
        {"accepted a minute ago: asked again", sleeping([](R& r) { r.accepted(60s); }), "call sleep"},
        {"not answered: asked again at once", sleeping([](R& r) { r.unanswered(1s); }), "call sleep"},
        {"refused: asked again after its pause", sleeping([](R& r) { r.record.calls.next = r.now.boot + 4s; }), ""},
    });
}

TEST(ReconcileSleeping, IsNotForgottenWhileACallMayStillLand) {
    hold({
        {"accepted, and the person is back", sleeping([](R& r) {
             back(r);
             r.accepted(10s);
         }),
         "describe"},
        {"not answered, and the person is back", sleeping([](R& r) {
             back(r);
             r.unanswered(10s);
         }),
         "describe"},
        {"until that is proven", sleeping([](R& r) {
             back(r);
             r.unanswered(70s);
             r.doubted(60s);
         }),
         "close; say returned", true},
        {"not a moment before", sleeping([](R& r) {
             back(r);
             r.unanswered(70s);
             r.doubted(59999ms);
         }),
         "describe"},
        {"a guard closes nothing sooner", sleeping([](R& r) {
             r.unanswered(10s);
             r.record.seen->guard = Guard{.why = "Never."};
         }),
         "describe in 60 s"},
    });
}

TEST(ReconcileSleeping, LeavesNothingOfItsCallsToTheNextRow) {
    OneResource one;
    one.row(SleepState::sleeping);
    one.away = false;
    one.accepted(2min);
    one.record.calls.given_up = true;
    one.record.calls.asked = 1;
    one.doubted(60s);
    EXPECT_EQ(one.reconcile(), "close; say returned");
    EXPECT_EQ(one.record.calls.outcome, CallState::Outcome::none);
    EXPECT_FALSE(one.record.calls.given_up);
    EXPECT_FALSE(one.record.calls.asked);
    EXPECT_EQ(one.record.calls.last, one.now.boot - 2min) << "when the newest call was is known on";
}

TEST(ReconcileSleeping, ThatShowsIsTheCallsOrSomebodyElses) {
    const auto asleep = [](auto more) {
        return sleeping([=](R& r) {
            r.see(Phase::asleep);
            more(r);
        });
    };
    hold({
        {"accepted", asleep([](R& r) { r.accepted(30s); }), "put asleep; say verified", true},
        {"not answered, and nothing tells when", asleep([](R& r) { r.unanswered(30s); }), "put asleep; say verified",
         true},
        {"not answered, and the time fits", asleep([](R& r) {
             r.unanswered(30s);
             r.record.seen->changed_at = r.now.wall - 10min;
         }),
         "put asleep; say verified", true},
        {"not answered, and it was long before the row", asleep([](R& r) {
             r.unanswered(30s);
             r.record.seen->changed_at = r.now.wall - 16min;
         }),
         "describe in 60 s"},
        {"or after the call", asleep([](R& r) {
             r.unanswered(30s);
             r.record.seen->changed_at = r.now.wall - 4min;
         }),
         "describe in 60 s"},
        {"not answered, and shut down from inside", asleep([](R& r) {
             r.unanswered(30s);
             r.record.seen->reason = "Client.InstanceInitiatedShutdown: Instance initiated shutdown";
         }),
         "describe in 60 s"},
        {"nothing was called: somebody else's", asleep([](R&) {}), "close; say changed-by-hand", true},
        {"not settled yet", asleep([](R& r) {
             r.accepted(30s);
             r.record.seen->settled = false;
         }),
         "describe"},
        {"and the person is back: woken at once", asleep([](R& r) {
             r.accepted(30s);
             r.record.seen->settled = false;
             back(r);
         }),
         "call wake 1; say returned"},
        {"and asked for: not for a return", asleep([](R& r) {
             r.accepted(30s);
             r.record.requested_awake = true;
         }),
         "call wake 1; say command"},
        {"held: what sleeps stays so", asleep([](R& r) {
             r.accepted(30s);
             r.held = true;
         }),
         "put asleep; say verified", true},
    });
}

TEST(ReconcileSleeping, RemembersWhatAwsSaidOfIt) {
    OneResource one;
    one.row(SleepState::sleeping);
    one.accepted(30s);
    one.see(Phase::asleep).changed_at = one.now.wall - 10s;
    one.record.seen->created_at = one.now.wall - 24h;
    one.doubted(10s);
    EXPECT_EQ(one.reconcile(), "put asleep; say verified");
    EXPECT_FALSE(one.record.doubt) << "of what was seen before it slept";
    const auto& entry = *one.record.entry;
    EXPECT_EQ(entry.left_size, Size{});
    EXPECT_EQ(entry.left_changed_at, one.now.wall - 10s);
    EXPECT_EQ(entry.created_at, one.now.wall - 24h);
    EXPECT_EQ(entry.snapshot, Size{.desired = 1});
    EXPECT_EQ(one.record.left_reliable_from, one.now.boot + 30s) << "a minute after the call";
}

TEST(ReconcileSleeping, ThatStoppedHalfwayIsPutRight) {
    const Size halfway{.desired = 3, .min = 0, .max = 4, .suspended = info(Kind::ecs).suspends};
    const auto half = [=](auto more) {
        return sleeping_service([=](R& r) {
            r.see(Phase::awake, halfway);
            more(r);
        });
    };
    hold({
        {"and wanted: asked again", half([](R&) {}), "call sleep"},
        {"back", half(back), "call wake 1/3/4; say returned", true},
        {"held", half([](R& r) { r.held = true; }), "call wake 1/3/4; say held", true},
        {"guarded", half([](R& r) { r.record.seen->guard = Guard{.why = "Never."}; }), "call wake 1/3/4; say refused",
         true},
        {"given up", half([](R& r) { r.record.calls.given_up = true; }), "call wake 1/3/4; say refused", true},
    });
}

TEST(ReconcileSleeping, ChangedBySomebodyIsLetGo) {
    hold({
        {"before any call", sleeping_service([](R& r) { r.see(Phase::awake, {.desired = 2, .min = 1, .max = 4}); }),
         "close; call sleep; say changed-by-hand; say away"},
        {"after one: proven first", sleeping_service([](R& r) {
             r.accepted(90s);
             r.see(Phase::awake, {.desired = 2, .min = 1, .max = 4});
         }),
         "describe in 60 s"},
        {"and then left awake", sleeping_service([](R& r) {
             r.accepted(90s);
             r.see(Phase::awake, {.desired = 2, .min = 1, .max = 4});
             r.doubted(60s);
         }),
         "close; put left-awake of person; say changed-by-hand", true},
    });
}

TEST(ReconcileSleeping, ThatIsLostIsForgottenWhenProven) {
    hold({
        {"AWS says so", sleeping([](R& r) { r.see(Phase::gone).state = "terminated"; }), "close; say gone", true},
        {"one answer", sleeping([](R& r) { r.see(Phase::gone).state = ""; }), "describe in 60 s"},
        {"two", sleeping([](R& r) {
             r.see(Phase::gone).state = "";
             r.doubted(60s);
         }),
         "close; say gone", true},
        {"another one of its name", sleeping([](R& r) {
             r.record.entry->created_at = r.now.wall - 24h;
             r.record.seen->created_at = r.now.wall - 1h;
         }),
         "describe in 60 s"},
        {"its own, to the second", sleeping([](R& r) {
             r.record.entry->created_at = r.now.wall - 24h;
             r.record.seen->created_at = r.now.wall - 24h + 999ms;
         }),
         "call sleep"},
    });
}

TEST(ReconcileSending, EndsInADryRunAndTakesWhatTheCallNeeds) {
    hold({
        {"an open row is only shown", sleeping([](R& r) { r.settings.dry_run = true; }), "say dry-run"},
        {"a hibernation where it is registered so, and can", sleeping([](R& r) {
             r.record.registration->hibernate = true;
             r.record.seen->can_hibernate = true;
         }),
         "call hibernate"},
        {"and not where AWS can't", sleeping([](R& r) {
             r.record.registration->hibernate = true;
             r.record.seen->can_hibernate = true;
             r.record.calls.plainly = true;
         }),
         "call sleep"},
        {"nor where it was not launched so", sleeping([](R& r) { r.record.registration->hibernate = true; }),
         "call sleep"},
    });
    OneResource one;
    one.row(SleepState::sleeping).account = AccountId("111122223333");
    one.record.seen->pool = "t3.micro eu-west-1a";
    one.record.requested_awake = false;
    EXPECT_EQ(one.reconcile(), "call sleep");
    EXPECT_EQ(one.out.sleep.targets.at(0).account.str(), "111122223333");
    EXPECT_EQ(one.out.sleep.targets.at(0).pool, "t3.micro eu-west-1a");
    EXPECT_EQ(one.out.sleep.intents.at(0).called_at, one.now.wall);
    EXPECT_EQ(one.out.sleep.intents.at(0).sleep_state, SleepState::sleeping);
    EXPECT_TRUE(one.record.calls.in_flight);
    EXPECT_FALSE(one.record.is_fresh()) << "nothing seen before the answer tells how it is after it";
}

}  // namespace
}  // namespace doze::core::of_sleeping
