#include "fakes/simulated_cloud.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <tuple>
#include <utility>

namespace doze::fakes {

namespace {

/// AWS's refusal for this fault; empty if the fault is of another kind.
std::optional<Error> refusal(std::optional<Fault> fault, const std::string& what) {
    if (!fault) return std::nullopt;
    switch (*fault) {
        case Fault::throttled:
            return Error{.code = ErrorCode::throttled,
                         .message = "AWS asks to go slower with " + what + ".",
                         .recovery = Recovery::retry,
                         .aws_code = "RequestLimitExceeded"};
        case Fault::denied:
            return Error{.code = ErrorCode::access_denied,
                         .message = "The credentials do not allow " + what + ".",
                         .next_step = "Add the permission to the policy.",
                         .aws_code = "UnauthorizedOperation"};
        case Fault::capacity:
            return Error{.code = ErrorCode::aws_error,
                         .message = "AWS has no room for " + what + " now.",
                         .recovery = Recovery::capacity,
                         .aws_code = "InsufficientInstanceCapacity"};
        case Fault::not_ready:
            return Error{.code = ErrorCode::aws_error,
                         .message = what + " is not ready to hibernate yet.",
                         .recovery = Recovery::wait,
                         .aws_code = "UnsupportedOperation"};
        case Fault::not_hibernated:
            return Error{.code = ErrorCode::aws_error,
                         .message = what + " can't be hibernated.",
                         .recovery = Recovery::plainly,
                         .aws_code = "UnsupportedHibernationConfiguration"};
        case Fault::lost:
        case Fault::lost_after_done:
        case Fault::half_done:
        case Fault::repeated:
        case Fault::empty:
        case Fault::old:
        case Fault::fizzles: return std::nullopt;
    }
    return std::nullopt;
}

Error timed_out(const std::string& what) {
    return {
        .code = ErrorCode::aws_error, .message = "AWS did not answer about " + what + ".", .recovery = Recovery::retry};
}

}  // namespace

SimulatedCloud::SimulatedCloud(FakeClock& clock, std::uint64_t seed, Pace pace)
    : clock_(clock), dice_(seed), pace_(pace), aws_(pace.aws, dice_), other_aws_(pace.aws, dice_) {}

void SimulatedCloud::request(std::optional<Fault> fault, const std::function<Action(core::Now at)>& at_aws,
                             const Action& on_lost) {
    const auto life = life_;
    const auto arrives = clock_.boot() + dice_.draw(pace_.travel);
    const bool is_lost = fault == Fault::lost || fault == Fault::lost_after_done || fault == Fault::half_done;
    const auto back = dice_.draw(is_lost ? pace_.timeout : pace_.answer);
    if (fault == Fault::lost) {
        answer_at(arrives + back, life, on_lost);
        return;
    }
    auto arrive = [=, this](core::Now at) {
        const Action answer = [this, said = at_aws(at)](core::Now then) {
            heard_ = true;
            said(then);
        };
        answer_at(at.boot + back, life, is_lost ? on_lost : answer);
    };
    events_.emplace(arrives, Event{.run = std::move(arrive), .is_answer = false});
}

void SimulatedCloud::answer_at(core::TimePoint at, std::uint64_t life, Action action) {
    if (life != life_) return;
    events_.emplace(at, Event{.run = std::move(action), .is_answer = true});
}

void SimulatedCloud::list(core::Kind kind, const Region& region, Listed done) {
    ++lists_;
    const auto fault = take_fault(CallKind::list, nullptr);
    const auto what = std::string(core::to_string(kind)) + " in " + region.str();
    const auto shared = std::make_shared<decltype(done)>(std::move(done));
    request(
        fault,
        [=, &aws = reached(), whose = account()](core::Now at) -> Action {
            auto result = Result<core::Listing>(aws.listing(kind, region, at.boot));
            if (auto no = refusal(fault, what)) result = std::move(*no);
            if (fault == Fault::empty && result) std::visit([](auto& items) { items.clear(); }, *result);
            return [=](core::Now) { (*shared)(result, whose); };
        },
        [=](core::Now) { (*shared)(timed_out(what), {}); });
}

void SimulatedCloud::describe(std::vector<core::ResourceId> ids, core::Depth depth,
                              std::function<void(const core::ResourceId&, Result<core::Observation>)> each) {
    const auto shared = std::make_shared<decltype(each)>(std::move(each));
    std::map<std::tuple<core::Kind, Region, ProfileName, ClusterName>, std::size_t> batches;
    for (const auto& id : ids)
        if (batches[{id.kind, id.region, id.profile, id.cluster}]++ % core::info(id.kind).described_at_once == 0)
            ++describes_;
    for (const auto& id : ids) {
        ++descriptions_;
        const auto fault = take_fault(CallKind::describe, &id);
        request(
            fault,
            [=, this, &aws = reached(), whose = account()](core::Now at) -> Action {
                auto result = Result<core::Observation>(fault == Fault::old ? aws.old_description(id, at.boot)
                                                                            : aws.describe(id, at.boot));
                if (fault == Fault::empty) result = core::Observation{.id = id};
                result->account = whose;
                if (depth == core::Depth::load) result->load = loads_[id];
                if (auto no = refusal(fault, core::to_string(id))) result = std::move(*no);
                return [=](core::Now) { (*shared)(id, result); };
            },
            [=](core::Now) { (*shared)(id, timed_out(core::to_string(id))); });
    }
}

void SimulatedCloud::sleep(std::vector<core::Target> targets, Outcome each) {
    act(core::Verb::sleep, targets, std::move(each));
}

void SimulatedCloud::wake(std::vector<core::Target> targets, Outcome each) {
    act(core::Verb::wake, targets, std::move(each));
}

void SimulatedCloud::act(core::Verb verb, const std::vector<core::Target>& targets, Outcome each) {
    const auto shared = std::make_shared<Outcome>(std::move(each));
    for (const auto& target : targets) {
        const auto id = target.id;
        if (!target.account.str().empty() && target.account != account()) {
            // Like the real adapter, which makes no call for that.
            answer_at(clock_.boot(), life_, [=](core::Now) {
                (*shared)(id, Error{.code = ErrorCode::other_account,
                                    .message = "The credentials are of another account.",
                                    .recovery = Recovery::retry});
            });
            continue;
        }
        const auto fault = take_fault(verb == core::Verb::sleep ? CallKind::sleep : CallKind::wake, &id);
        const auto number = calls_.size();
        calls_.push_back({.verb = verb,
                          .id = id,
                          .size = target.size,
                          .desired_stays = target.desired_stays,
                          .at = clock_.boot(),
                          .hibernate = target.hibernate});
        request(
            fault,
            [=, this, &aws = reached()](core::Now at) -> Action {
                auto result = take_effect(aws, calls_[number], fault, at);
                calls_[number].arrived = true;
                calls_[number].accepted = result.has_value();
                if (fault == Fault::repeated && result)
                    result = Error{.code = ErrorCode::aws_error,
                                   .message = core::to_string(id) + " is in no state for that.",
                                   .recovery = Recovery::wait,
                                   .aws_code = "InvalidDBInstanceState",
                                   .unanswered = true};
                return [=](core::Now) { (*shared)(id, result); };
            },
            [=](core::Now) { (*shared)(id, timed_out(core::to_string(id))); });
    }
}

Result<void> SimulatedCloud::take_effect(SimulatedAws& aws, const LoggedCall& call, std::optional<Fault> fault,
                                         core::Now at) {
    const bool of_hibernation = fault == Fault::not_ready || fault == Fault::not_hibernated;
    if (of_hibernation && !call.hibernate) fault.reset();
    if (auto no = refusal(fault, core::to_string(call.id))) return std::move(*no);
    const bool fizzles = fault == Fault::fizzles;
    const bool half = fault == Fault::half_done;
    const bool two_calls = call.id.kind == core::Kind::asg || (call.id.kind == core::Kind::ecs && call.size.min);
    if (half && !two_calls) return {};
    if (call.verb == core::Verb::sleep) {
        // The real adapter sends all three sizes of a node group, with the maximum last seen.
        if (call.id.kind == core::Kind::eks) return aws.start(call.id, {0, 0, call.size.max}, at, fizzles);
        return aws.stop(call.id, at, fizzles, half);
    }
    if (call.desired_stays) return aws.put_back(call.id, call.size, at);
    return aws.start(call.id, call.size, at, fizzles, half);
}

std::optional<core::TimePoint> SimulatedCloud::next_event() const {
    if (events_.empty()) return std::nullopt;
    return events_.begin()->first;
}

core::Now SimulatedCloud::moment(core::TimePoint at) const {
    return {at, clock_.wall() + ahead_ - (clock_.boot() - at)};
}

void SimulatedCloud::run_due() {
    while (!events_.empty() && events_.begin()->first <= clock_.boot()) {
        const auto event = events_.extract(events_.begin());
        event.mapped().run(moment(event.key()));
    }
}

void SimulatedCloud::advance_to(core::TimePoint at) {
    run_due();
    while (!events_.empty() && events_.begin()->first <= at) {
        clock_.advance_to(events_.begin()->first);
        run_due();
    }
    clock_.advance_to(at);
}

void SimulatedCloud::drop_pending() {
    ++life_;
    heard_ = false;
    std::erase_if(events_, [](const auto& event) { return event.second.is_answer; });
}

void SimulatedCloud::run_arrivals() {
    for (auto next = events_.begin(); next != events_.end() && next->first <= clock_.boot();) {
        const auto event = next++;
        if (event->second.is_answer) continue;
        const auto arrival = events_.extract(event);
        arrival.mapped().run(moment(arrival.key()));
    }
}

void SimulatedCloud::add(const core::ResourceId& id, const core::Size& size, std::string pool) {
    assert(id.kind != core::Kind::eks || (size.min && size.max));
    if (pool.empty() && id.kind == core::Kind::ec2) pool = "t3.micro/" + id.region.str() + "a";
    aws_.add(id, size, std::move(pool));
}

void SimulatedCloud::set_losses(const core::ResourceId& id, core::Losses losses) {
    aws_.set_losses(id, std::move(losses));
}

void SimulatedCloud::set_guard(const core::ResourceId& id, std::optional<core::Guard> guard) {
    aws_.set_guard(id, std::move(guard));
}

void SimulatedCloud::set_stuck(const core::ResourceId& id, bool is_stuck) {
    aws_.set_stuck(id, is_stuck);
}

void SimulatedCloud::set_can_hibernate(const core::ResourceId& id) {
    aws_.set_can_hibernate(id);
}

Result<void> SimulatedCloud::stop_by_hand(const core::ResourceId& id) {
    run_arrivals();
    return aws_.stop(id, moment(clock_.boot()));
}

Result<void> SimulatedCloud::start_by_hand(const core::ResourceId& id) {
    run_arrivals();
    return aws_.start(id, {.desired = 1}, moment(clock_.boot()));
}

Result<void> SimulatedCloud::resize_by_hand(const core::ResourceId& id, const core::Size& size) {
    run_arrivals();
    if (!core::info(id.kind).sized && id.kind != core::Kind::ecs && size.desired == 0)
        return aws_.stop(id, moment(clock_.boot()));
    if (id.kind == core::Kind::eks || !(core::info(id.kind).sized || id.kind == core::Kind::ecs))
        return aws_.start(id, size, moment(clock_.boot()));
    auto whole = aws_.truth(id, clock_.boot()).size;
    whole.desired = size.desired;
    if (size.min) whole.min = size.min;
    if (size.max) whole.max = size.max;
    return aws_.change(id, whole, moment(clock_.boot()));
}

Result<void> SimulatedCloud::change_by_hand(const core::ResourceId& id, const core::Size& to) {
    run_arrivals();
    return aws_.change(id, to, moment(clock_.boot()));
}

void SimulatedCloud::shut_down_from_inside(const core::ResourceId& id) {
    run_arrivals();
    aws_.shut_down_from_inside(id, moment(clock_.boot()));
}

void SimulatedCloud::terminate(const core::ResourceId& id, bool outright) {
    run_arrivals();
    aws_.terminate(id, moment(clock_.boot()), outright);
}

void SimulatedCloud::make_anew(const core::ResourceId& id, const core::Size& size) {
    run_arrivals();
    aws_.make_anew(id, size, moment(clock_.boot()));
}

AccountId SimulatedCloud::account() const {
    return AccountId(!tells_account_ ? "" : elsewhere_ ? "222222222222" : "111111111111");
}

core::Observation SimulatedCloud::truth_elsewhere(const core::ResourceId& id) {
    run_arrivals();
    return other_aws_.truth(id, clock_.boot());
}

core::Observation SimulatedCloud::truth(const core::ResourceId& id) {
    run_arrivals();
    return aws_.truth(id, clock_.boot());
}

void SimulatedCloud::inject(Fault fault, CallKind kind, std::optional<core::ResourceId> id, int times) {
    assert(kind == CallKind::sleep || kind == CallKind::wake || fault == Fault::throttled || fault == Fault::denied ||
           fault == Fault::lost || fault == Fault::empty || fault == Fault::old);
    if (times > 0) faults_.push_back({fault, kind, std::move(id), times});
}

void SimulatedCloud::inject_for(Fault fault, CallKind kind, std::optional<core::ResourceId> id, core::Duration span) {
    inject(fault, kind, std::move(id), always);
    faults_.back().until = clock_.boot() + span;
}

std::optional<Fault> SimulatedCloud::take_fault(CallKind kind, const core::ResourceId* id) {
    std::erase_if(faults_,
                  [&](const OrderedFault& ordered) { return ordered.until && clock_.boot() >= *ordered.until; });
    const auto find = [&](bool for_any) {
        return std::find_if(faults_.begin(), faults_.end(), [&](const OrderedFault& ordered) {
            return ordered.kind == kind && (for_any ? !ordered.id : id != nullptr && ordered.id == *id);
        });
    };
    auto found = find(false);
    if (found == faults_.end()) found = find(true);
    if (found == faults_.end()) return std::nullopt;
    const auto fault = found->fault;
    if (found->times != always && --found->times == 0) faults_.erase(found);
    return fault;
}

}  // namespace doze::fakes
