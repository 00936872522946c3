// What nobody put to sleep.
#include "unit/core/reconcile/one_resource.hpp"

namespace doze::core::of_awake {
namespace {

using namespace std::chrono_literals;
using R = OneResource;

TEST(ReconcileAwake, IsPutToSleepOnceInAnAbsence) {
    hold({
        {"away", [](R&) {}, "call sleep; say away"},
        {"here", [](R& r) { r.away = false; }, ""},
        {"handled in this absence", [](R& r) { r.record.absence_handled = true; }, "put left-awake of person", true},
        {"held", [](R& r) { r.held = true; }, ""},
        {"blind", [](R& r) { r.blind = true; }, ""},
        {"not registered", [](R& r) { r.record.registration.reset(); }, ""},
        {"asked for", [](R& r) { r.record.requested_awake = true; }, "put left-awake of person"},
        {"while a call is out nothing is decided", [](R& r) { r.record.calls.send(r.now.boot, false); }, ""},
    });
}

TEST(ReconcileAwake, IsSeenFirst) {
    hold({
        {"never seen", [](R& r) { r.record.seen.reset(); }, "describe"},
        {"long ago", [](R& r) { r.saw_long_ago(); }, "describe"},
        {"with its load, where that counts",
         [](R& r) {
             r.saw_long_ago();
             r.record.registration->busy_cpu_percent = 20;
         },
         "describe load"},
        {"not before its pause is over",
         [](R& r) {
             r.saw_long_ago();
             r.record.polling.next = r.now.boot + 9s;
         },
         "describe in 9 s"},
        {"on its way", [](R& r) { r.see(Phase::waking); }, "describe"},
        {"guarded as seen long ago tells nothing",
         [](R& r) {
             r.record.seen->guard = Guard{.why = "Never."};
             r.saw_long_ago();
         },
         "describe"},
    });
}

TEST(ReconcileAwake, IsNoLessThanAwake) {
    hold({
        {"asleep already", [](R& r) { r.see(Phase::asleep); }, "", true},
        {"said to be gone", [](R& r) { r.see(Phase::gone).state = "terminated"; }, "", true},
        {"not found, says one answer", [](R& r) { r.see(Phase::gone).state = ""; }, "describe in 60 s"},
        {"and a second one",
         [](R& r) {
             r.see(Phase::gone).state = "";
             r.doubted(60s);
         },
         "", true},
        {"asked for too early",
         [](R& r) {
             r.see(Phase::gone).state = "";
             r.doubted(59999ms);
         },
         "describe in 0.0 s"},
        {"asleep, says an answer from before it was restored",
         [](R& r) {
             r.record.restored = Size{.desired = 1};
             r.see(Phase::asleep);
         },
         "describe in 60 s"},
        {"of another size than it was restored to",
         [](R& r) {
             r.is_service();
             r.record.restored = R::whole;
             r.see(Phase::awake, {.desired = 2, .min = 1, .max = 4});
         },
         "describe in 60 s"},
        {"with its scaling switched off as a sleep would have",
         [](R& r) {
             r.is_service();
             r.see(Phase::awake, {.desired = 3, .min = 1, .max = 4, .suspended = info(Kind::ecs).suspends});
         },
         "describe in 60 s"},
    });
}

TEST(ReconcileAwake, StaysSoForWhatIsSeenOfIt) {
    const auto busy = [](std::optional<double> percent, std::string trouble = {}) {
        return [=](R& r) {
            r.record.registration->busy_cpu_percent = 20;
            r.record.seen->load = Load{.cpu_percent = percent, .trouble = trouble};
        };
    };
    hold({
        {"a guard", [](R& r) { r.record.seen->guard = Guard{.why = "Never."}; }, "say guarded", true},
        {"a tag", [](R& r) { r.record.seen->guard = Guard{.why = "A tag.", .by_tag = true}; }, "say guarded", true},
        {"that is overridden",
         [](R& r) {
             r.record.seen->guard = Guard{.why = "A tag.", .by_tag = true};
             r.record.registration->force = true;
         },
         "call sleep; say away"},
        {"what is not a tag is never overridden",
         [](R& r) {
             r.record.seen->guard = Guard{.why = "Never."};
             r.record.registration->force = true;
         },
         "say guarded", true},
        {"data that it would erase, untold", [](R& r) { r.record.seen->losses.instance_store = "m5d.large"; },
         "put left-awake of person; say guarded", true},
        {"told",
         [](R& r) {
             r.record.seen->losses.instance_store = "m5d.large";
             r.record.told_erased = true;
         },
         "call sleep; say away"},
        {"work", busy(20.5), "say busy"},
        {"work that is not measured", busy(std::nullopt), "say busy"},
        {"work that can't be asked for", busy(std::nullopt, "No."), "say busy"},
        {"as much as it may", busy(20.0), "call sleep; say away"},
        {"work that was not asked for yet", [](R& r) { r.record.registration->busy_cpu_percent = 20; },
         "describe load"},
    });
}

TEST(ReconcileAwake, IsBusyUntilTheNextCheck) {
    OneResource one;
    one.record.registration->busy_cpu_percent = 20;
    one.record.seen->load = Load{.cpu_percent = 90};
    EXPECT_EQ(one.reconcile(), "say busy");
    EXPECT_EQ(one.record.busy, "ec2:eu-west-1:i-1 is busy: its CPU is at 90 % (limit 20 %).");
    EXPECT_EQ(one.record.due, one.now.boot + one.settings.check_interval);
    one.out = {};
    EXPECT_EQ(one.reconcile(), "describe load in 5 min") << "and is not told again";
    one.now.boot += one.settings.check_interval;
    one.see(Phase::awake, {.desired = 1}).load = Load{.cpu_percent = 1};
    one.out = {};
    EXPECT_EQ(one.reconcile(), "call sleep; say away");
    EXPECT_EQ(one.record.busy, std::nullopt);
}

TEST(ReconcileAwake, ThatIsLeftSoIsRememberedAsItIsSeen) {
    const auto handled = [](auto more) {
        return [=](R& r) {
            r.record.absence_handled = true;
            more(r);
        };
    };
    hold({
        {"asleep: nothing to remember", handled([](R& r) { r.see(Phase::asleep); }), "", true},
        {"guarded: its guard remembers", handled([](R& r) { r.record.seen->guard = Guard{.why = "Never."}; }), "",
         true},
        {"never seen", handled([](R& r) { r.record.seen.reset(); }), "", true},
        {"held: considered again after the hold", handled([](R& r) { r.held = true; }), "", true},
        {"a dry run writes nothing", handled([](R& r) { r.settings.dry_run = true; }), "", true},
    });
}

TEST(ReconcileLeftAwake, LastsAsLongAsTheAbsence) {
    const auto left = [](auto more) {
        return [=](R& r) {
            r.row(SleepState::left_awake, Initiator::person);
            more(r);
        };
    };
    hold({
        {"away", left([](R&) {}), "", true},
        {"back", left([](R& r) { r.away = false; }), "close"},
        {"a hold", left([](R& r) { r.held = true; }), "close"},
        {"a hold, but asked for", left([](R& r) {
             r.held = true;
             r.record.requested_awake = true;
         }),
         "", true},
        {"back, though asked for", left([](R& r) {
             r.away = false;
             r.record.requested_awake = true;
         }),
         "close"},
    });
}

TEST(ReconcileStuck, IsLeftToItsPerson) {
    const auto stuck = [](auto more) {
        return [=](R& r) {
            more(r);
            r.see(Phase::awake, {.desired = 1}).stuck = true;
        };
    };
    hold({
        {"awake, and away", stuck([](R&) {}), "say refused"},
        {"awake, and here", stuck([](R& r) { r.away = false; }), ""},
        {"awake, and held", stuck([](R& r) { r.held = true; }), ""},
        {"going to sleep: given up", stuck([](R& r) { r.row(SleepState::sleeping); }), "close; say refused", true},
        {"unless a call may still do something", stuck([](R& r) {
             r.row(SleepState::sleeping);
             r.unanswered(10min);
         }),
         "say refused"},
        {"asleep, and away", stuck([](R& r) { r.row(SleepState::asleep); }), ""},
        {"asleep, and here", stuck([](R& r) {
             r.row(SleepState::asleep);
             r.away = false;
         }),
         "say refused"},
        {"waking", stuck([](R& r) { r.row(SleepState::waking); }), "say refused"},
        {"told once", stuck([](R& r) {
             r.row(SleepState::waking);
             r.record.told_stuck = true;
         }),
         ""},
    });
}

}  // namespace
}  // namespace doze::core::of_awake
