#include "config/services.hpp"

#include <fmt/format.h>
#include <string>
#include <string_view>
#include <utility>

#include "config/services_reader.hpp"
#include "config/yaml_text.hpp"

namespace doze::config {

Result<Loaded<Registrations>> parse_services(std::string_view text, std::string_view file) {
    return parse_services_of(core::kinds(), text, file);
}

Result<Loaded<Registrations>> parse_services_of(std::span<const core::KindInfo> kinds, std::string_view text,
                                                std::string_view file) {
    text = without_bom(text);
    if (auto readable = check_text(text, file, largest_services); !readable) return readable.error();
    const auto document = load_yaml(text, file);
    if (!document) return document.error();
    Findings findings(file);
    auto placed = read_services(document->root, findings, kinds);
    if (!placed) return placed.error();
    Loaded<Registrations> loaded{{}, std::move(placed->notes)};
    for (auto& item : placed->value)
        if (!item.duplicate) loaded.value.push_back(std::move(item.registration));
    return loaded;
}

std::vector<Note> check_services(std::string_view text, std::string_view file) {
    text = without_bom(text);
    if (auto readable = check_text(text, file, largest_services); !readable) return {to_note(readable.error())};
    const auto document = load_yaml(text, file);
    if (!document) return {to_note(document.error())};
    Findings findings(file);
    auto placed = read_services(document->root, findings);
    return placed ? std::move(placed->notes) : findings.take_notes();
}

std::string default_services_text() {
    return services_template(core::kinds());
}

std::string services_template(std::span<const core::KindInfo> kinds) {
    std::string text = R"(# What doze may put to sleep while you are away, and wakes, as it was, when you come back.
# By itself doze touches nothing that is not registered here.
#
# Edit this file as you like, or use "doze register" and "doze unregister": comments and order stay, and
# edits are picked up without a restart. For example:
)";
    for (const auto& kind : kinds) {
        text += fmt::format("#\n# {}:\n", kind.registry);
        std::string_view before = "#   - ";
        for (auto rest = kind.example; !rest.empty(); before = "#     ") {
            const auto line = rest.substr(0, rest.find('\n') + 1);
            text.append(before).append(line);
            rest.remove_prefix(line.size());
        }
    }
    for (const auto& kind : kinds) text += fmt::format("\n{}: []\n", kind.registry);
    return text;
}

}  // namespace doze::config
