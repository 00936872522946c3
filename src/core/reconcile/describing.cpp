#include "core/reconcile/describing.hpp"

#include <algorithm>
#include <vector>

#include "core/reconcile/reconcile.hpp"
#include "core/state.hpp"

namespace doze::core {

namespace {

using namespace std::chrono_literals;

Duration doubled(Duration first, int times, Duration longest) {
    return std::min(longest, first * (1 << std::clamp(times, 0, 16)));
}

}  // namespace

Duration describe_pause(int count) {
    constexpr int usual = 43;
    constexpr Duration first[] = {500ms, 3s, 7s};
    if (count < 3) return first[std::max(count, 0)];
    return doubled(longest_usual_pause, count - usual, 5min);
}

TimePoint next_describe(TimePoint now, int count) {
    const auto pause = describe_pause(count);
    const auto beat = pause / 2;
    const auto past_beat = (now + pause).time_since_epoch() % beat;
    return now + pause + (past_beat == Duration::zero() ? past_beat : beat - past_beat);
}

Duration retry_pause(Recovery recovery, int attempts, Duration check_interval) {
    const int again = attempts - 1;
    constexpr int waits = 40;  // Ten minutes: then it may last for hours.
    switch (recovery) {
        case Recovery::wait: return again < waits ? doubled(1s, again, 15s) : doubled(15s, again - waits, 5min);
        case Recovery::retry: return doubled(2s, again, 5min);
        case Recovery::capacity: return doubled(1min, again, 15min);
        case Recovery::plainly:
        case Recovery::tell: return std::max<Duration>(check_interval, 1min);
    }
    return 5min;
}

namespace {

constexpr double most_calls = DescribeBudget().calls;

/// For each batch, in the longest usual pause.
constexpr double pace = 1.5;

/// Sebastiano Vigna's SplitMix64: the same for the same seed and number, and else as good as random.
double draw(std::uint64_t seed, std::uint64_t number) {
    std::uint64_t bits = seed + (number + 1) * 0x9E3779B97F4A7C15U;
    bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
    bits ^= bits >> 31U;
    return static_cast<double>(bits >> 11U) * 0x1.0p-53;
}

/// Counts the calls that describe resources of one group, as they are added.
class Wave {
   public:
    explicit Wave(Kind kind) : most_(info(kind).described_at_once) {}

    void add(const ResourceId& id) {
        auto& room = room_[id.cluster];
        if (room == 0) {
            room = most_;
            ++calls_;
        }
        --room;
    }
    [[nodiscard]] bool has_room(const ResourceId& id) const {
        const auto found = room_.find(id.cluster);
        return found != room_.end() && found->second > 0;
    }
    [[nodiscard]] int calls() const { return calls_; }

   private:
    std::size_t most_;
    std::map<ClusterName, std::size_t> room_;
    int calls_ = 0;
};

void send(ResourceRecord& t, Now now, Batch& out) {
    t.polling.out = now.boot;
    t.polling.next = next_describe(now.boot, t.polling.count++);
    out.describes[*t.polling.wanted].push_back(t.id);
}

void send_some(std::vector<ResourceRecord*>& wanting, DescribeBudget& budget, Now now, Batch& out) {
    std::ranges::stable_sort(wanting, {}, [](const ResourceRecord* t) { return t->polling.due; });
    Wave all(wanting.front()->id.kind);
    for (const auto* t : wanting) all.add(t->id);
    if (budget.filled_at != TimePoint::min()) {
        const auto filled = static_cast<double>((now.boot - budget.filled_at).count()) * pace * all.calls() /
                            static_cast<double>(longest_usual_pause.count());
        budget.calls = std::min(most_calls, budget.calls + filled);
    }
    budget.filled_at = now.boot;

    Wave batch(wanting.front()->id.kind);
    const bool may_go = budget.calls > 0;
    const auto is_due = [&](const ResourceRecord& t) { return t.polling.due <= now.boot; };
    for (auto* t : wanting) {
        if (t->polling.out || !is_due(*t) || (t->polling.count > 0 && !may_go)) continue;
        batch.add(t->id);
        send(*t, now, out);
    }
    for (auto* t : wanting) {
        if (t->polling.out) continue;
        if (t->polling.fresh_from <= now.boot && t->polling.failed == 0 && batch.has_room(t->id)) {
            batch.add(t->id);
            send(*t, now, out);
        } else if (is_due(*t)) {
            const auto pause = static_cast<double>(longest_usual_pause.count()) * -budget.calls / (pace * all.calls());
            const auto later = now.boot + Duration(1 + static_cast<Duration::rep>(pause));
            t->wait(later);
        }
    }
    budget.calls = std::max<double>(budget.calls - batch.calls(), -all.calls());
}

}  // namespace

void describe_now(ResourceRecord& record, Now now, Batch& out) {
    if (record.polling.out || (record.polling.failed > 0 && now.boot < record.polling.next)) return;
    record.polling.out = now.boot;
    out.describes[Depth::usual].push_back(record.id);
}

void describe_all_if_due(State& state, Now now, Batch& out) {
    if (now.boot < state.next_round) return;
    const auto interval = static_cast<double>(state.settings.check_interval.count());
    const auto varied = interval * (0.9 + 0.2 * draw(state.seed, state.rounds++));
    state.next_round = now.boot + Duration(std::max<Duration::rep>(1, static_cast<Duration::rep>(varied)));
    for (auto& [id, record] : state.tracked) describe_now(record, now, out);
    state.inventory.forget_old_troubles(now.boot);
}

void send_describes(State& state, Now now, Batch& out) {
    std::map<DescribeGroup, std::vector<ResourceRecord*>> groups;
    for (auto& [id, record] : state.tracked) {
        if (!record.polling.wanted) continue;
        if (*record.polling.wanted == Depth::usual)
            groups[{id.region, id.kind, id.profile}].push_back(&record);
        else if (!record.polling.out && record.polling.due <= now.boot)
            send(record, now, out);
    }
    std::erase_if(state.describe_budgets, [&](const auto& each) {
        return now.boot - each.second.filled_at > 4 * longest_usual_pause && !groups.contains(each.first);
    });
    for (auto& [group, wanting] : groups) send_some(wanting, state.describe_budgets[group], now, out);
}

}  // namespace doze::core
