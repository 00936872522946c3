// Any bytes get one reply, valid JSON within the limit.
#include <cstdint>
#include <cstdlib>

#include "unit/protocol/desk.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static doze::protocol::Desk desk;
    desk.replies.clear();
    constexpr std::size_t limit = 512;
    desk.send({reinterpret_cast<const char*>(data), size}, limit);
    while (!desk.host.waiting.empty()) desk.host.finish(doze::core::RequestResult{.message = "Done."});
    desk.host.orders.clear();
    if (desk.replies.empty() && !desk.host.posted.empty()) desk.host.posted.clear();
    for (const auto& reply : desk.replies) {
        boost::system::error_code failed;
        boost::json::parse(reply, failed);
        if (failed || reply.size() > limit) std::abort();
    }
    return 0;
}
