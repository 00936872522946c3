// Any bytes in settings.json and services.yaml are understood or refused; an edit of what was understood
// adds exactly what it should, and takes it out again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/services.hpp"
#include "config/settings_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace doze;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)config::parse_settings(text, "settings.json");
    const auto services = config::parse_services(text, "services.yaml");
    if (!services) return 0;
    const core::Registration added{.id = core::ec2(Region("us-east-1"), InstanceId("i-0123456789abcdef0"))};
    const auto edited = config::with_registration(text, added, "services.yaml");
    if (!edited) return 0;
    const auto again = config::parse_services(*edited, "services.yaml");
    if (!again || again->value.size() != services->value.size() + 1) std::abort();
    if (!config::without_registration(*edited, added.id, "services.yaml")) std::abort();
    return 0;
}
