#include "server/admission/rate_limit.hpp"

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

}  // namespace doze::server
