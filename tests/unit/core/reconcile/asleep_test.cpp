// What sleeps, and what is let go.
#include "unit/core/reconcile/one_resource.hpp"

namespace doze::core::of_asleep {
namespace {

using namespace std::chrono_literals;
using R = OneResource;

/// It sleeps as doze left it, an hour ago.
auto asleep(std::function<void(R&)> more, Initiator initiator = Initiator::doze) {
    return [=](R& r) {
        r.row(SleepState::asleep, initiator).left_changed_at = r.now.wall - 1h;
        r.see(Phase::asleep).changed_at = r.now.wall - 1h;
        more(r);
    };
}

auto service_asleep(std::function<void(R&)> more) {
    return [=](R& r) {
        r.is_service();
        r.row(SleepState::asleep).left_size = slept(Kind::ecs, R::whole);
        r.see(Phase::asleep, slept(Kind::ecs, R::whole));
        more(r);
    };
}

const auto back = [](R& r) { r.away = false; };

TEST(ReconcileAsleep, WakesWhenItsPersonIsBack) {
    hold({
        {"away", asleep([](R&) {}), ""},
        {"back", asleep(back), "call wake 1; say returned"},
        {"back, and blind", asleep([](R& r) {
             back(r);
             r.blind = true;
         }),
         "call wake 1; say returned"},
        {"away, and asked for", asleep([](R& r) { r.record.requested_awake = true; }), "call wake 1; say command"},
        {"no longer registered", asleep([](R& r) {
             back(r);
             r.record.registration.reset();
         }),
         "call wake 1; say returned"},
        {"a service, to what it was", service_asleep(back), "call wake 1/3/4; say returned"},
        {"as seen now, not before", asleep([](R& r) {
             back(r);
             r.saw_long_ago();
         }),
         "describe"},
        {"on its way", asleep([](R& r) {
             back(r);
             r.see(Phase::falling_asleep);
         }),
         "describe"},
        {"on its way, and nobody waits", asleep([](R& r) { r.see(Phase::falling_asleep); }), ""},
        {"in a dry run it is shown", asleep([](R& r) {
             back(r);
             r.settings.dry_run = true;
         }),
         "say dry-run"},
    });
}

TEST(ReconcileAsleep, ByAPersonStaysSo) {
    hold({
        {"back", asleep(back, Initiator::person), ""},
        {"asked for", asleep([](R& r) { r.record.requested_awake = true; }, Initiator::person),
         "call wake 1; say command"},
    });
}

TEST(ReconcileAsleep, ChangedMeanwhileIsSomebodyElses) {
    hold({
        {"stopped anew, says one answer", asleep([](R& r) {
             back(r);
             r.record.seen->changed_at = r.now.wall - 59min;
         }),
         "describe"},
        {"and a second", asleep([](R& r) {
             back(r);
             r.record.seen->changed_at = r.now.wall - 59min;
             r.doubted(60s);
         }),
         "close; say changed-by-hand"},
        {"an earlier time is an old answer", asleep([](R& r) {
             back(r);
             r.record.seen->changed_at = r.now.wall - 61min;
         }),
         "call wake 1; say returned"},
        {"shut down from inside", asleep([](R& r) {
             back(r);
             r.record.seen->changed_at.reset();
             r.record.seen->reason = "Client.InstanceInitiatedShutdown";
         }),
         "describe"},
        {"its maximum is 0 by somebody: nothing can be woken", service_asleep([](R& r) {
             back(r);
             r.record.seen->size.max = 0;
         }),
         "describe"},
        {"a later time before the first one could be relied on: the wake looks again", asleep([](R& r) {
             back(r);
             r.record.entry->called_at = r.now.wall - 1h;
             r.record.seen->changed_at = r.now.wall - 59min;
             r.record.left_reliable_from = r.now.boot + 1s;
         }),
         "say returned; describe"},
        {"shut down from inside before it could be relied on: the same", asleep([](R& r) {
             back(r);
             r.record.seen->changed_at.reset();
             r.record.seen->reason = "Client.InstanceInitiatedShutdown: Instance initiated shutdown";
             r.record.left_reliable_from = r.now.boot + 1s;
         }),
         "describe"},
        {"a time of the call, where the first answer was an old one: its own sleep", asleep([](R& r) {
             back(r);
             r.record.seen->changed_at = r.now.wall - 10min;
             r.record.left_reliable_from = r.now.boot + 1s;
         }),
         "call wake 1; say returned"},
    });
}

TEST(ReconcileAsleep, LearnsWhatAwsSaysOnceItMustShow) {
    const auto later = [](Duration after, Duration settles) {
        return asleep([=](R& r) {
            r.record.entry->called_at = r.now.wall - 1h;
            r.record.seen->changed_at = r.now.wall - 1h + after;
            r.record.left_reliable_from = r.now.boot + settles;
        });
    };
    hold({
        {"a little later", later(2s, 0s), "put asleep"},
        {"not before", later(2s, 1ms), ""},
        {"the same", later(0s, 0s), ""},
        {"much later is somebody's", later(5min + 1s, 0s), ""},
    });
}

TEST(ReconcileAsleep, SeenAwakeIsSomebodysOrAws) {
    const auto awake = [](auto more) {
        return asleep([=](R& r) {
            r.see(Phase::awake, {.desired = 1});
            more(r);
        });
    };
    hold({
        {"one answer", awake([](R&) {}), "describe in 60 s"},
        {"proven, away", awake([](R& r) { r.doubted(60s); }), "close; put left-awake of person; say started-by-hand",
         true},
        {"before they left: the next absence is this one", awake([](R& r) {
             r.doubted(60s);
             r.record.absent_since = r.now.boot - 59s;
         }),
         "close; call sleep; say started-by-hand; say away"},
        {"AWS's own start", awake([](R& r) {
             r.doubted(60s);
             r.record.entry->restarts_at = r.now.wall - 5min;
         }),
         "call sleep; say restarted"},
        {"an hour early", awake([](R& r) {
             r.doubted(60s);
             r.record.entry->restarts_at = r.now.wall + 1h;
         }),
         "call sleep; say restarted"},
        {"earlier is a hand", awake([](R& r) {
             r.doubted(60s);
             r.record.entry->restarts_at = r.now.wall + 1h + 1s;
         }),
         "close; put left-awake of person; say started-by-hand", true},
        {"a day late is a hand", awake([](R& r) {
             r.doubted(60s);
             r.record.entry->restarts_at = r.now.wall - 24h - 1s;
         }),
         "close; put left-awake of person; say started-by-hand", true},
        {"AWS's own start, and the person is back: it stays", awake([](R& r) {
             back(r);
             r.doubted(60s);
             r.record.entry->restarts_at = r.now.wall - 5min;
         }),
         "close; say started-by-hand", true},
    });
}

TEST(ReconcileAsleep, WokenBySomebodyWithItsScalingOffIsPutRight) {
    const auto woken = [](int desired, auto more) {
        return service_asleep([=](R& r) {
            auto size = slept(Kind::ecs, R::whole);
            size.desired = desired;
            r.see(Phase::awake, size);
            more(r);
        });
    };
    hold({
        {"as large as it was, and back: the wake does it", woken(3, back), "call wake 1/3/4; say returned"},
        {"of another size: proven first", woken(2, back), "describe"},
        {"and then let go",
         woken(2,
               [](R& r) {
                   back(r);
                   r.doubted(60s);
               }),
         "put letting-go; call wake 2 min 1 (desired stays); say started-by-hand", true},
    });
}

TEST(ReconcileLettingGo, EndsWhenNothingIsOwed) {
    const auto going = [](Size seen, auto more) {
        return [=](R& r) {
            r.is_service();
            r.row(SleepState::letting_go).left_size = slept(Kind::ecs, R::whole);
            r.see(seen.desired > 0 ? Phase::awake : Phase::asleep, seen);
            more(r);
        };
    };
    auto owed = slept(Kind::ecs, R::whole);
    owed.desired = 2;
    const Size whole{.desired = 2, .min = 1, .max = 4};
    hold({
        {"owed", going(owed, [](R&) {}), "call wake 2 min 1 (desired stays)"},
        {"owed, and just called", going(owed, [](R& r) { r.accepted(59s); }), "describe"},
        {"owed, and called a minute ago", going(owed, [](R& r) { r.accepted(60s); }),
         "call wake 2 min 1 (desired stays)"},
        {"restored, says one answer", going(whole, [](R&) {}), "describe in 60 s"},
        {"and a second", going(whole, [](R& r) { r.doubted(60s); }), "close; put left-awake of person", true},
        {"stopped again: it is doze's again", going(slept(Kind::ecs, R::whole), [](R&) {}), "put asleep"},
        {"in a dry run nothing", going(owed, [](R& r) { r.settings.dry_run = true; }), ""},
    });
}

}  // namespace
}  // namespace doze::core::of_asleep
