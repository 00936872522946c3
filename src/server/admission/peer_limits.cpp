#include "server/admission/peer_limits.hpp"

#include <algorithm>

namespace doze::server {

bool RateLimit::allow(const std::string& peer, Time now) {
    auto found = buckets_.find(peer);
    if (found == buckets_.end()) {
        if (buckets_.size() >= most_peers)
            std::erase_if(buckets_, [&](const auto& entry) { return refilled(entry.second, now) >= per_second_; });
        if (buckets_.size() >= most_peers) return false;
        found = buckets_.emplace(peer, Bucket{per_second_, now}).first;
    }
    auto& bucket = found->second;
    bucket = {refilled(bucket, now), now};
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
}

double RateLimit::refilled(const Bucket& bucket, Time now) const {
    const std::chrono::duration<double> rested = now - bucket.at;
    return std::min(per_second_, bucket.left + per_second_ * rested.count());
}

Attempts::Time Attempts::next_try(const Wrong& wrong) {
    if (wrong.times < free_tries) return wrong.last;
    return wrong.last + std::min(std::chrono::seconds(1LL << std::min(wrong.times - free_tries, 6U)), longest_wait);
}

std::chrono::seconds Attempts::wait(const std::string& peer, Time now) const {
    const auto found = wrong_.find(peer);
    if (found == wrong_.end()) return {};
    const auto until = next_try(found->second);
    return until > now ? std::chrono::ceil<std::chrono::seconds>(until - now) : std::chrono::seconds();
}

void Attempts::failed(const std::string& peer, Time now) {
    auto found = wrong_.find(peer);
    if (found == wrong_.end()) {
        if (wrong_.size() >= most_peers)
            wrong_.erase(std::ranges::min_element(wrong_, {}, [](const auto& each) { return each.second.last; }));
        found = wrong_.emplace(peer, Wrong()).first;
    }
    auto& wrong = found->second;
    if (now - wrong.last > forgotten_after) wrong.times = 0;
    ++wrong.times;
    wrong.last = now;
}

}  // namespace doze::server
