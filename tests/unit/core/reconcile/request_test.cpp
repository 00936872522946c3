// What a person asked for.
#include "unit/core/reconcile/one_resource.hpp"

namespace doze::core::of_requests {
namespace {

using namespace std::chrono_literals;
using R = OneResource;

auto asked(RequestVerb verb, std::function<void(R&)> given) {
    return [=](R& r) {
        r.away = false;
        given(r);
        r.request(verb);
    };
}
auto start(std::function<void(R&)> given) {
    return asked(RequestVerb::start, std::move(given));
}
auto stop(std::function<void(R&)> given) {
    return asked(RequestVerb::stop, std::move(given));
}
auto scale(int desired, std::function<void(R&)> given) {
    return [=](R& r) {
        r.away = false;
        r.record.id = eks(Region("eu-west-1"), ClusterName("c"), NodegroupName("n"));
        r.see(Phase::awake, {.desired = 2, .min = 1, .max = 6}).state = "ACTIVE";
        given(r);
        r.request(RequestVerb::scale, desired);
    };
}

const auto sleeps = [](R& r) {
    r.row(SleepState::asleep);
    r.see(Phase::asleep);
};

TEST(RequestToStart, WakesWhatSleeps) {
    hold({
        {"put to sleep by doze", start([](R& r) {
             r.away = true;
             sleeps(r);
         }),
         "put asleep; call wake 1; say command"},
        {"stopped by somebody", start([](R& r) { r.see(Phase::asleep); }), "call wake 1; say command"},
        {"awake already", start([](R&) {}), "say command; reply"},
        {"starting already", start([](R& r) { r.see(Phase::waking); }), "say command; reply"},
        {"stopping", start([](R& r) { r.see(Phase::falling_asleep); }),
         "put waking of person; say command; reply; describe"},
        {"gone", start([](R& r) { r.see(Phase::gone); }), "refuse"},
        {"stuck", start([](R& r) { r.see(Phase::asleep).stuck = true; }), "refuse"},
        {"seen first", start([](R& r) { r.saw_long_ago(); }), "describe"},
        {"in a dry run it is said", start([](R& r) {
             sleeps(r);
             r.settings.dry_run = true;
         }),
         "say dry-run; reply"},
        {"left awake: nothing more to remember", start([](R& r) { r.row(SleepState::left_awake, Initiator::person); }),
         "close; say command; reply"},
    });
}

TEST(RequestToStart, OfWhatHasASizeBringsWhatItsRegistrationSaysWithinItsBounds) {
    const auto group = [](std::optional<int> desired, int min, int max) {
        return start([=](R& r) {
            r.record.id = eks(Region("eu-west-1"), ClusterName("c"), NodegroupName("n"));
            r.record.registration = Registration{.id = r.record.id, .desired_size = desired};
            r.see(Phase::asleep, {.desired = 0, .min = min, .max = max}).state = "ACTIVE";
        });
    };
    hold({
        {"nothing said: one", group(std::nullopt, 0, 6), "call wake 0/1/6; say command"},
        {"what is said", group(3, 0, 6), "call wake 0/3/6; say command"},
        {"no more than its maximum", group(9, 0, 6), "call wake 0/6/6; say command"},
        {"no less than its minimum", group(1, 2, 6), "call wake 2/2/6; say command"},
        {"one, where its maximum is none", start([](R& r) {
             r.record.id = asg(Region("eu-west-1"), GroupName("fleet"));
             r.record.registration = Registration{.id = r.record.id};
             r.see(Phase::asleep, {.desired = 0, .min = 0, .max = 0});
         }),
         "call wake 0/1/1; say command"},
        {"not registered: one",
         [=](R& r) {
             group(3, 0, 6)(r);
             r.record.registration.reset();
             r.settings.regions = {Region("eu-west-1")};
         },
         "call wake 0/1/6; say command"},
    });
}

TEST(RequestToStart, StandsUntilThePersonLeaves) {
    OneResource one;
    start(sleeps)(one);
    (void)one.reconcile();
    EXPECT_TRUE(one.record.requested_awake);
    EXPECT_TRUE(one.out.wake.intents.at(0).requested) << "in the row too";
    end_request(one.record, one.out);
    EXPECT_FALSE(one.record.requested_awake);
    EXPECT_FALSE(one.record.entry->requested);
}

TEST(RequestToStart, IsInTheRowBeforeAnythingIsDescribed) {
    OneResource one;
    one.row(SleepState::asleep);
    keep_request(one.record, one.context(), one.out);
    EXPECT_TRUE(one.record.requested_awake);
    ASSERT_EQ(one.out.put.size(), 1U);
    EXPECT_TRUE(one.out.put.front().requested);
    one.out = {};
    one.settings.dry_run = true;
    keep_request(one.record, one.context(), one.out);
    EXPECT_TRUE(one.out.empty()) << "a dry run writes nothing";
}

TEST(RequestToStop, PutsToSleepWhateverDozeWants) {
    hold({
        {"awake", stop([](R&) {}), "call sleep; say command"},
        {"held and blind", stop([](R& r) { r.held = r.blind = true; }), "call sleep; say command"},
        {"guarded", stop([](R& r) { r.record.seen->guard = Guard{.why = "Never."}; }), "say command; refuse"},
        {"not registered: its guards are asked first", stop([](R& r) {
             r.record.registration.reset();
             r.saw_long_ago();
         }),
         "describe guards"},
        {"doze's sleep becomes theirs", stop(sleeps), "put asleep of person; say command; reply"},
        {"doze's sleep that has begun, too", stop([](R& r) { r.row(SleepState::sleeping); }),
         "put sleeping of person; call sleep; say command"},
        {"and is answered where AWS accepted it", stop([](R& r) {
             r.row(SleepState::sleeping);
             r.accepted(70s);
         }),
         "put sleeping of person; call sleep; say command; reply"},
        {"starting: stopped as soon as that is over", stop([](R& r) { r.see(Phase::waking); }),
         "put sleeping of person; say command; reply; describe"},
        {"stopping already", stop([](R& r) { r.see(Phase::falling_asleep); }), "say command; reply"},
        {"in a dry run it is said", stop([](R& r) { r.settings.dry_run = true; }), "reply"},
        {"guarded in a dry run", stop([](R& r) {
             r.settings.dry_run = true;
             r.record.seen->guard = Guard{.why = "Never."};
         }),
         "refuse"},
    });
}

TEST(RequestToStop, WhileAWakeIsUnderWayDoubtsWhoseSleepIsSeen) {
    for (const auto phase : {Phase::asleep, Phase::waking}) {
        OneResource one;
        stop([=](R& r) {
            r.row(SleepState::waking);
            r.see(phase);
        })(one);
        (void)one.reconcile();
        EXPECT_EQ(one.record.entry->sleep_state, phase == Phase::asleep ? SleepState::asleep : SleepState::sleeping);
        EXPECT_EQ(one.record.entry->initiator, Initiator::person);
        EXPECT_EQ(one.record.entry->snapshot, Size{.desired = 1});
        if (phase == Phase::asleep) continue;
        EXPECT_EQ(one.record.calls.outcome, CallState::Outcome::uncertain) << "a wake that fails leaves doze's sleep";
    }
}

TEST(RequestToScale, KeepsToTheBounds) {
    hold({
        {"to more", scale(5, [](R&) {}), "call wake 1/5/6; say command"},
        {"to the most", scale(6, [](R&) {}), "call wake 1/6/6; say command"},
        {"beyond", scale(7, [](R&) {}), "say command; refuse"},
        {"to the least", scale(1, [](R&) {}), "call wake 1/1/6; say command"},
        {"to what it is", scale(2, [](R&) {}), "say command; reply"},
        {"to none is a stop", scale(0, [](R&) {}), "call sleep; say command"},
        {"on its way", scale(5, [](R& r) { r.see(Phase::changing).state = "UPDATING"; }), "say command; refuse"},
        {"asleep by doze: from its snapshot",
         scale(3,
               [](R& r) {
                   r.row(SleepState::asleep).snapshot = {.desired = 2, .min = 1, .max = 6};
                   r.see(Phase::asleep, {.desired = 0, .min = 0, .max = 6});
               }),
         "call wake 1/3/6; say command"},
        {"in a dry run it is said", scale(5, [](R& r) { r.settings.dry_run = true; }), "reply"},
    });
}

TEST(Requests, WaitForProofOfWhatContradictsTheJournal) {
    hold({
        {"gone", start([](R& r) {
             r.row(SleepState::asleep);
             r.see(Phase::gone).state = "";
         }),
         "describe"},
        {"of another size", stop([](R& r) {
             r.is_service();
             r.row(SleepState::asleep).left_size = slept(Kind::ecs, R::whole);
             r.see(Phase::awake, {.desired = 2, .min = 1, .max = 4});
         }),
         "describe"},
    });
}

TEST(Requests, AreAnsweredByTheCall) {
    struct Return {
        const char* rule;
        std::optional<Recovery> recovery;
        const char* said;
        bool stands;  ///< Is it still wanted awake?
        bool given_up;
    };
    const Return rows[] = {
        {"accepted", std::nullopt, "reply", true, false},
        {"in transit: later", Recovery::wait, "reply", true, false},
        {"no answer: told, and tried again", Recovery::retry, "say refused; refuse", true, false},
        {"no capacity: told, and tried again", Recovery::capacity, "say refused; refuse", true, false},
        {"refused", Recovery::tell, "say refused; refuse", false, true},
    };
    for (const auto& row : rows) {
        OneResource one;
        start(sleeps)(one);
        (void)one.reconcile();
        one.out = {};
        CallReturned returned{.id = one.record.id, .accepted = {}};
        if (row.recovery) returned.accepted = Error{.message = "No.", .recovery = *row.recovery};
        on_call_returned(one.record, returned, one.context(), one.out);
        one.record.polling.wanted.reset();
        EXPECT_EQ(one.said(), row.said) << row.rule;
        EXPECT_EQ(one.record.requested_awake, row.stands) << row.rule;
        EXPECT_EQ(one.record.calls.given_up, row.given_up) << row.rule;
        EXPECT_FALSE(one.record.request) << row.rule;
    }
}

TEST(Turning, BeginsEverythingAnew) {
    OneResource one;
    auto& record = one.record;
    record.absence_handled = record.calls.given_up = record.told_stuck = true;
    record.busy = record.only_shown = "so";
    record.polling.count = 9;
    record.polling.next = record.calls.next = one.now.boot + 1h;
    on_turn(record, false, one.now.boot);
    EXPECT_TRUE(record.absence_handled) << "until they leave";
    EXPECT_FALSE(record.calls.given_up);
    EXPECT_FALSE(record.told_stuck);
    EXPECT_FALSE(record.busy);
    EXPECT_FALSE(record.only_shown);
    EXPECT_EQ(record.polling.count, 0);
    EXPECT_EQ(record.polling.fresh_from, one.now.boot);
    EXPECT_LE(record.polling.next, one.now.boot);
    EXPECT_LE(record.calls.next, one.now.boot);
    on_turn(record, true, one.now.boot);
    EXPECT_FALSE(record.absence_handled);
    EXPECT_EQ(record.absent_since, one.now.boot);
}

}  // namespace
}  // namespace doze::core::of_requests
