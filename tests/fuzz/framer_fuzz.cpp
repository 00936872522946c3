// Any bytes in pieces: the same commands as in one piece, none longer than allowed, none with a line end, no byte
// twice; nothing after what is no text or another protocol.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "server/stream/framer.hpp"

namespace {

std::vector<std::string> cut(std::string_view bytes, std::size_t piece) {
    doze::server::Framer framer;
    std::vector<std::string> commands;
    while (!bytes.empty() && !framer.is_too_long()) {
        framer.put(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(bytes.size(), piece));
        while (const auto command = framer.next()) commands.emplace_back(*command);
    }
    if (const auto rest = framer.rest()) commands.emplace_back(*rest);
    return commands;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto commands = cut(bytes, bytes.size());
    if (commands != cut(bytes, std::size_t{1} + data[0])) std::abort();
    std::size_t total = 0;
    for (const auto& command : commands) {
        if (command.empty() || command.find('\n') != std::string::npos) std::abort();
        if (command.find('\x16') != std::string::npos || command.starts_with("GET /")) std::abort();
        if (command.size() > doze::server::Framer::longest) std::abort();
        total += command.size();
    }
    if (total > bytes.size()) std::abort();
    return 0;
}
