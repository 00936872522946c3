#include "commands/handlers.hpp"

#include <variant>

namespace doze::commands {

Answer handle(const Request& request, const Context& context) {
    return std::visit([&](const auto& one) { return handle(one, context); }, request);
}

}  // namespace doze::commands
