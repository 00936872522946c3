// The service manager by itself: the engine with its journal and AWS, without keyboard, transports or files.
// Puts one instance to sleep as if its person had left, and wakes it as if they had come back.
//
//     example_service_manager REGION INSTANCE JOURNAL-FILE

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <string_view>

#include "adapters/store/sqlite_journal.hpp"
#include "app/access/cloud_access.hpp"
#include "app/daemon/driver.hpp"
#include "ports/clock.hpp"

using namespace doze;

int main(int argc, char** argv) {
    const auto region = parse_region(argc == 4 ? argv[1] : "");
    const auto instance = parse_instance_id(argc == 4 ? argv[2] : "");
    if (!region || !instance) {
        fmt::print(stderr, "usage: {} REGION INSTANCE JOURNAL-FILE\n", argv[0]);
        return 2;
    }
    boost::asio::io_context io(1);
    const ports::SystemClock clock;
    auto cloud = access::CloudAccess::open(io, clock);
    auto journal = store::SqliteJournal::open(argv[3]);
    if (!cloud || !journal) {
        fmt::print(stderr, "{}\n", cloud ? journal.error().text() : cloud.error().text());
        return 1;
    }

    daemon::Driver* manager = nullptr;
    boost::asio::steady_timer back(io);
    bool slept = false;
    int exit_code = 0;
    const auto on_line = [&](const core::Announce& line) {
        fmt::print("[{}] {}\n", core::to_string(line.reason), line.text);
        if (line.level == core::Level::error) {
            exit_code = 1;
            io.stop();
        }
        if (line.reason != core::Reason::verified) return;
        if (std::exchange(slept, true)) return io.stop();
        // Right after "I leave", signs of life are taken for the hand that said so, and ignored.
        back.expires_after(std::chrono::seconds(5));
        back.async_wait([&](auto error) {
            if (error) return;
            manager->post(core::ActivitySeen{{.kind = core::ActivityKind::session, .at = clock.now().boot}});
        });
    };
    daemon::Driver driver(io, clock, **journal, (*cloud)->cloud(), core::start({}, std::nullopt, clock.now()),
                          {.save_registration = [](const auto&, bool) { return Result<void>(); }, .log = on_line});
    manager = &driver;
    driver.post(
        core::Configured{.settings = {.regions = {*region}}, .registrations = {{.id = core::ec2(*region, *instance)}}});
    driver.request([](core::RequestId id) { return core::LeaveRequested{id}; }, [](const auto&) {});
    boost::asio::steady_timer too_long(io, std::chrono::minutes(15));
    too_long.async_wait([&](auto error) {
        if (error) return;
        exit_code = 1;
        io.stop();
    });
    io.run();
    return exit_code;
}
