// The configuration module by itself: reads a folder (creating its files with defaults), asks for a setting
// by its path, and registers an instance, with every comment in services.yaml left where it is.
//
//     example_configuration FOLDER [INSTANCE REGION]

#include <fmt/format.h>

#include "config/store.hpp"

using namespace doze;

int main(int argc, char** argv) {
    if (argc != 2 && argc != 4) {
        fmt::print(stderr, "usage: {} FOLDER [INSTANCE REGION]\n", argv[0]);
        return 2;
    }
    auto store = config::Store::open(argv[1]);
    if (!store) {
        fmt::print(stderr, "{}\n", store.error().text());
        return 1;
    }
    for (const auto& note : store->notes()) fmt::print("note: {}\n", note.text);
    const auto timeout = store->settings().get<double>("activity_monitor.inactivity_timeout_minutes");
    fmt::print("activity_monitor.inactivity_timeout_minutes = {}\n", *timeout);

    if (argc == 4) {
        const auto instance = parse_instance_id(argv[2]);
        const auto region = parse_region(argv[3]);
        if (!instance || !region) {
            fmt::print(stderr, "{}\n", instance ? region.error().text() : instance.error().text());
            return 2;
        }
        if (const auto added = store->add({.id = core::ec2(*region, *instance), .description = "added by an example"});
            !added) {
            fmt::print(stderr, "{}\n", added.error().text());
            return 1;
        }
        (void)store->reload();
    }
    for (const auto& registration : store->registrations())
        fmt::print("registered: {} {}\n", core::to_string(registration.id), registration.description);
    return 0;
}
