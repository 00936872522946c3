#include "protocol/reply_cache.hpp"

namespace doze::protocol {

std::shared_ptr<const std::string> ReplyCache::find(const Key& key, std::uint64_t revision) const {
    if (revision != revision_) return nullptr;
    for (const auto& entry : entries_)
        if (entry.scope == key.scope && entry.limit == key.limit && entry.region == key.region) return entry.reply;
    return nullptr;
}

void ReplyCache::keep(const Key& key, std::uint64_t revision, std::string_view reply) {
    constexpr std::size_t most_entries = 16;
    constexpr std::size_t longest_entry = 128 << 10;
    if (reply.size() > longest_entry) return;
    if (revision != revision_ || entries_.size() >= most_entries) entries_.clear();
    revision_ = revision;
    entries_.push_back({key.scope, std::string(key.region), key.limit, std::make_shared<const std::string>(reply)});
}

}  // namespace doze::protocol
