// What is on its way back.
#include "unit/core/reconcile/one_resource.hpp"

namespace doze::core::of_waking {
namespace {

using namespace std::chrono_literals;
using R = OneResource;

/// A row is open, the person is there, and it is still seen asleep.
auto waking(std::function<void(R&)> more, Initiator initiator = Initiator::doze) {
    return [=](R& r) {
        r.away = false;
        r.row(SleepState::waking, initiator);
        r.see(Phase::asleep);
        more(r);
    };
}

/// Nothing was put to sleep: a person's request to start opened the row.
auto starting(std::function<void(R&)> more) {
    return waking(
        [=](R& r) {
            r.record.entry->left_size.reset();
            more(r);
        },
        Initiator::person);
}

const auto leave = [](R& r) { r.away = true; };

TEST(ReconcileWaking, GoesOnAsLongAsItIsWanted) {
    hold({
        {"here", waking([](R&) {}), "call wake 1"},
        {"away again: asleep for the same reason as before", waking(leave), "put asleep"},
        {"away, and asked for", waking([](R& r) {
             leave(r);
             r.record.requested_awake = true;
         }),
         "call wake 1"},
        {"away, and a person began it", starting(leave), "call wake 1"},
        {"given up", waking([](R& r) { r.record.calls.given_up = true; }), "put asleep; call wake 1; say returned"},
        {"given up, and nothing to restore", starting([](R& r) { r.record.calls.given_up = true; }), "close"},
        {"held, blind and guarded", waking([](R& r) {
             r.held = r.blind = true;
             r.record.seen->guard = Guard{.why = "Never."};
         }),
         "call wake 1"},
        {"after its pause", waking([](R& r) { r.record.calls.next = r.now.boot + 2s; }), ""},
        {"seen first", waking([](R& r) { r.saw_long_ago(); }), "describe"},
        {"on its way", waking([](R& r) { r.see(Phase::waking); }), "describe"},
        {"a dry run sends nothing", waking([](R& r) { r.settings.dry_run = true; }), "say dry-run"},
    });
}

TEST(ReconcileWaking, KnowsItsOwnSleepByWhatAwsSaysOnceItMustShow) {
    const auto later = [](Duration after, Duration settles) {
        return waking([=](R& r) {
            r.record.entry->left_changed_at = r.now.wall - 1h;
            r.record.entry->called_at = r.now.wall - 1h;
            r.record.seen->changed_at = r.now.wall - 1h + after;
            r.record.left_reliable_from = r.now.boot + settles;
        });
    };
    hold({
        {"before", later(2s, 1ms), "call wake 1"},
        {"a little later", later(2s, 0s), "put waking; call wake 1"},
        {"much later is somebody's", later(5min + 1s, 0s), "describe"},
    });
}

TEST(ReconcileWaking, WaitsForWhatMayStillShow) {
    hold({
        {"accepted just now", waking([](R& r) { r.accepted(59s); }), "describe"},
        {"accepted, and it fell back", waking([](R& r) { r.accepted(60s); }), "say refused"},
        {"accepted, seen on its way, and it fell back", waking([](R& r) {
             r.accepted(5s);
             r.record.calls.see_under_way();
         }),
         "say refused"},
        {"not answered: asked again at once", waking([](R& r) { r.unanswered(5s); }), "call wake 1"},
        {"not answered, and away again", waking([](R& r) {
             leave(r);
             r.unanswered(5s);
         }),
         "describe"},
        {"until it must show, and then proven", waking([](R& r) {
             leave(r);
             r.unanswered(60s);
         }),
         "describe in 60 s"},
        {"proven", waking([](R& r) {
             leave(r);
             r.unanswered(2min);
             r.doubted(60s);
         }),
         "put asleep"},
    });
}

TEST(ReconcileWaking, RemembersAsLeftWhatItFellBackTo) {
    OneResource one;
    waking([](R& r) {
        leave(r);
        r.unanswered(2min);
        r.doubted(60s);
        r.record.seen->changed_at = r.now.wall - 30s;
    })(one);
    EXPECT_EQ(one.reconcile(), "put asleep");
    EXPECT_EQ(one.record.entry->left_changed_at, one.now.wall - 30s);
    EXPECT_EQ(one.record.entry->initiator, Initiator::doze);
}

TEST(ReconcileWaking, OfWhatIsNotAsLeftIsProvenSomebodyElses) {
    const auto changed = [](auto more) {
        return waking([=](R& r) {
            r.record.entry->left_changed_at = r.now.wall - 1h;
            r.record.seen->changed_at = r.now.wall - 30min;
            more(r);
        });
    };
    hold({
        {"one answer", changed([](R&) {}), "describe"},
        {"two", changed([](R& r) { r.doubted(60s); }), "close; say changed-by-hand"},
        {"its own call may have done it", changed([](R& r) { r.unanswered(5s); }), "call wake 1"},
    });
}

TEST(ReconcileWaking, EndsWhenItIsSeenRestored) {
    const auto awake = [](auto more) {
        return waking([=](R& r) {
            r.see(Phase::awake, {.desired = 1});
            more(r);
        });
    };
    const auto accepted = [=](auto more) {
        return awake([=](R& r) {
            r.record.calls.asked = 1;
            r.accepted(30s);
            more(r);
        });
    };
    hold({
        {"accepted, and seen: that is proof", accepted([](R&) {}), "close; say verified"},
        {"seen alone is none", awake([](R&) {}), "describe"},
        {"seen twice is", awake([](R& r) { r.doubted(60s); }), "close; say verified"},
        {"not settled yet", accepted([](R& r) { r.record.seen->settled = false; }), "describe"},
        {"not settled, and leaving again", accepted([](R& r) {
             r.record.seen->settled = false;
             leave(r);
         }),
         "close; call sleep; say verified; say away"},
        {"not settled within its time", accepted([](R& r) {
             r.record.seen->settled = false;
             r.record.calls.accepted_at = r.now.boot - 15min;
         }),
         "close; say verified"},
        {"one moment sooner", accepted([](R& r) {
             r.record.seen->settled = false;
             r.record.calls.accepted_at = r.now.boot - 15min + 1ms;
         }),
         "describe"},
        {"asked for, it stays so in this absence", accepted([](R& r) {
             leave(r);
             r.record.requested_awake = true;
         }),
         "close; put left-awake of person; say verified", true},
    });
    OneResource one;
    accepted([](R&) {})(one);
    EXPECT_EQ(one.reconcile(), "close; say verified");
    EXPECT_EQ(one.record.restored, Size{.desired = 1});
}

TEST(ReconcileWaking, PutsBackAllThatItsSleepSwitchedOff) {
    const auto half = [](int desired, auto more) {
        return [=](R& r) {
            r.is_service();
            r.away = false;
            r.row(SleepState::waking).left_size = slept(Kind::ecs, R::whole);
            auto size = slept(Kind::ecs, R::whole);
            size.desired = desired;
            r.see(Phase::awake, size);
            more(r);
        };
    };
    hold({
        {"its size is back", half(3, [](R&) {}), "call wake 1/3/4"},
        {"just called", half(3, [](R& r) { r.accepted(59s); }), "describe"},
        {"called a minute ago: it must show by then", half(3, [](R& r) { r.accepted(60s); }), "call wake 1/3/4"},
        {"its size is somebody's", half(2, [](R&) {}), "call wake 2 min 1 (desired stays)"},
        {"all is back",
         half(3,
              [](R& r) {
                  r.see(Phase::awake, R::whole);
                  r.record.calls.asked = 3;
                  r.accepted(30s);
              }),
         "close; say verified"},
    });
}

TEST(ReconcileWaking, ScalesWhatIsAwake) {
    const auto scaling = [](auto more) {
        return [=](R& r) {
            r.record.id = eks(Region("eu-west-1"), ClusterName("c"), NodegroupName("n"));
            r.away = false;
            r.row(SleepState::waking, Initiator::person).snapshot = {.desired = 5, .min = 1, .max = 6};
            r.record.entry->left_size.reset();
            r.record.scale_to = Size{.desired = 5, .min = 1, .max = 6};
            r.see(Phase::awake, {.desired = 2, .min = 1, .max = 6});
            more(r);
        };
    };
    hold({
        {"to what was asked for", scaling([](R&) {}), "call wake 1/5/6"},
        {"refused: it stays as it is, and nothing is said of others",
         scaling([](R& r) { r.record.calls.given_up = true; }), "close", true},
        {"done", scaling([](R& r) {
             r.record.calls.asked = 5;
             r.accepted(10s);
             r.see(Phase::awake, {.desired = 5, .min = 1, .max = 6});
         }),
         "close; say verified"},
    });
}

TEST(ReconcileCalls, TellAcceptanceFromRefusalAndSilence) {
    struct Return {
        const char* rule;
        SleepState state;
        std::optional<Error> error;
        bool called;
        CallState::Outcome outcome;
        bool given_up;
        Duration pause;
        const char* said;
    };
    using enum CallState::Outcome;
    const auto error = [](Recovery recovery, bool unanswered = false) {
        return Error{.code = ErrorCode::aws_error, .message = "No.", .recovery = recovery, .unanswered = unanswered};
    };
    const Return rows[] = {
        {"accepted", SleepState::sleeping, std::nullopt, true, accepted, false, 0s, ""},
        {"refused: a sleep is given up", SleepState::sleeping, error(Recovery::tell), true, none, true, 5min,
         "say refused"},
        {"a wake is not", SleepState::waking, error(Recovery::tell), true, none, false, 5min, "say refused"},
        {"not answered", SleepState::waking, error(Recovery::retry), true, uncertain, false, 2s, "say refused"},
        {"refused after a repetition", SleepState::sleeping, error(Recovery::capacity, true), true, uncertain, false,
         1min, "say refused"},
        {"never sent", SleepState::sleeping, error(Recovery::retry), false, none, false, 2s, "say refused"},
        {"in transit: nothing is said", SleepState::sleeping, error(Recovery::wait), true, none, false, 1s, ""},
        {"no capacity", SleepState::waking, error(Recovery::capacity), true, none, false, 1min, "say refused"},
    };
    for (const auto& row : rows) {
        OneResource one;
        one.row(row.state);
        one.record.calls.send(one.now.boot, false);
        const CallReturned returned{.id = one.record.id,
                                    .accepted = row.error ? Result<void>(*row.error) : Result<void>(),
                                    .called = row.called};
        on_call_returned(one.record, returned, one.context(), one.out);
        const auto& calls = one.record.calls;
        EXPECT_FALSE(calls.in_flight) << row.rule;
        EXPECT_EQ(calls.outcome, row.outcome) << row.rule;
        EXPECT_EQ(calls.given_up, row.given_up) << row.rule;
        EXPECT_EQ(one.record.polling.fresh_from, one.now.boot) << row.rule;
        EXPECT_EQ(calls.next, row.error ? one.now.boot + row.pause : TimePoint::min()) << row.rule;
        EXPECT_EQ(one.said(), row.said) << row.rule;
        EXPECT_FALSE(one.record.is_fresh() && row.error && one.record.polling.seen_at < one.now.boot) << row.rule;
    }
}

TEST(ReconcileCalls, AHibernationIsTriedForFiveMinutes) {
    OneResource one;
    one.row(SleepState::sleeping);
    const CallReturned not_yet{.id = one.record.id,
                               .accepted = Error{.message = "Not ready.", .recovery = Recovery::wait}};
    const auto fail = [&] {
        one.out = {};
        one.record.calls.send(one.now.boot, true);
        on_call_returned(one.record, not_yet, one.context(), one.out);
    };
    fail();
    EXPECT_EQ(one.said(), "say refused");
    EXPECT_EQ(one.record.calls.next, one.now.boot + 30s);
    EXPECT_EQ(one.record.calls.attempts, 0);
    one.now.boot += 5min - 1ms;
    fail();
    EXPECT_EQ(one.said(), "") << "told once";
    EXPECT_FALSE(one.record.calls.plainly);
    one.now.boot += 1ms;
    fail();
    EXPECT_TRUE(one.record.calls.plainly);
    EXPECT_EQ(one.record.calls.next, one.now.boot);
}

}  // namespace
}  // namespace doze::core::of_waking
