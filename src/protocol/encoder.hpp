#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "commands/cursor.hpp"
#include "commands/reply.hpp"
#include "protocol/message.hpp"

namespace doze::protocol {

/// Caches text replies, which stay the same until the state's revision changes. Holds at most 16 replies of at most 128
/// KiB.
class ReplyCache {
   public:
    struct Key {
        commands::ListScope scope;
        std::string_view region;  ///< Empty: all.
        std::size_t limit = 0;
    };

    /// Null if it is not cached. The pointer keeps the text alive, whatever happens to the cache.
    [[nodiscard]] std::shared_ptr<const std::string> find(const Key& key, std::uint64_t revision) const;

    void keep(const Key& key, std::uint64_t revision, std::string_view reply);

   private:
    struct Entry {
        commands::ListScope scope;
        std::string region;
        std::size_t limit;
        std::shared_ptr<const std::string> reply;
    };

    std::uint64_t revision_ = 0;  ///< The revision of all entries.
    std::vector<Entry> entries_;
};

/// Encodes replies. Keeps its buffer, and a cache of lists.
class Encoder {
   public:
    /// Receives the bytes, which are valid during the call.
    using Send = std::function<void(std::string_view)>;

    /// Sends valid JSON in valid UTF-8 without a line end, within the envelope's limit; nothing for a NoReply. `send`
    /// may call this function again.
    void encode(const Envelope& envelope, const Result<commands::Reply>& reply, const Send& send);

    /// The value of a single member of the status: "presence" or "holds".
    [[nodiscard]] static std::string status_member(const commands::StatusReply& reply, std::string_view member);

   private:
    /// Whether the reply fitted, and was sent.
    template <class Write>
    bool send_within(const Envelope& envelope, std::string_view type, const Send& send, std::size_t longest,
                     Write write);
    template <class Write>
    void send_object(const Envelope& envelope, std::string_view type, const Send& send, Write write);
    template <class Item, class Rest>
    void send_array(const Envelope& envelope, const Send& send, std::string_view name, std::size_t count, Item item,
                    Rest rest);
    void fail(const Envelope& envelope, const Send& send, const Error& error);

    void send_list(Envelope envelope, const commands::ListReply& reply, const Send& send);
    void send_status(const Envelope& envelope, const commands::StatusReply& reply, const Send& send);

    [[nodiscard]] std::string take_buffer();
    void send_and_keep(std::string out, const Send& send);
    void give_back(std::string out);

    ReplyCache cache_;
    std::string spare_;
};

}  // namespace doze::protocol
