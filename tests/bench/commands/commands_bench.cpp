// What a command costs, without the transport.
#include <benchmark/benchmark.h>

#include "unit/protocol/desk.hpp"

namespace doze::protocol {
namespace {

constexpr std::size_t udp_buffer = 4096;

void stock(FakeHost& host, int count) {
    std::vector<core::Ec2Instance> fleet;
    for (int i = 0; i < count; ++i) {
        auto digits = std::to_string(i);
        fleet.push_back(instance("us-east-1", "i-" + std::string(17 - digits.size(), '0') + digits));
    }
    host.change().inventory.put(core::Kind::ec2, Region("us-east-1"), std::move(fleet), host.now());
}

void ask(benchmark::State& bench, std::string_view message, int instances, std::size_t limit, bool changing = false) {
    FakeHost host;
    stock(host, instances);
    Dispatcher dispatcher(host, ProgramInfo{.version = "1", .started = host.clock.boot()});
    std::size_t bytes = 0;
    for (auto step : bench) {
        if (changing) host.change();
        dispatcher.handle(message, limit, [&](std::string_view reply) { bytes += reply.size(); });
    }
    bench.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void unknown_text(benchmark::State& bench) {
    ask(bench, "UNKNOWN_COMMAND_X", 20, udp_buffer);
}
void ping_text(benchmark::State& bench) {
    ask(bench, "PING", 20, udp_buffer);
}
void ping_json(benchmark::State& bench) {
    ask(bench, R"({"id":"q1","type":"PING","timestamp":1621234567,"source":"test","content":{}})", 20, udp_buffer);
}
void unknown_json(benchmark::State& bench) {
    ask(bench, R"({"id":"q1","type":"NOPE","timestamp":1621234567,"source":"test","content":{}})", 20, udp_buffer);
}
void list_ec2_of_20(benchmark::State& bench) {
    ask(bench, "LIST_EC2", 20, udp_buffer);
}
void list_ec2_of_20_changing(benchmark::State& bench) {
    ask(bench, "LIST_EC2", 20, udp_buffer, true);
}
void aws_ec2_list_of_20(benchmark::State& bench) {
    ask(bench, R"({"id":"q1","type":"AWS_EC2_LIST","timestamp":1621234567,"source":"test","content":{}})", 20,
        udp_buffer);
}
void list_ec2_of_10000_first_page(benchmark::State& bench) {
    ask(bench, "LIST_EC2", 10'000, udp_buffer, true);
}
void list_ec2_of_10000_middle_page(benchmark::State& bench) {
    ask(bench, "MORE:et00.us-east-1..i-00000000000005000", 10'000, udp_buffer);
}
void list_ec2_of_10000_whole(benchmark::State& bench) {
    ask(bench, "LIST_EC2", 10'000, no_limit, true);
}
void status(benchmark::State& bench) {
    ask(bench, "STATUS", 20, udp_buffer);
}

BENCHMARK(unknown_text);
BENCHMARK(unknown_json);
BENCHMARK(ping_text);
BENCHMARK(ping_json);
BENCHMARK(list_ec2_of_20);
BENCHMARK(list_ec2_of_20_changing);
BENCHMARK(aws_ec2_list_of_20);
BENCHMARK(list_ec2_of_10000_first_page);
BENCHMARK(list_ec2_of_10000_middle_page);
BENCHMARK(list_ec2_of_10000_whole);
BENCHMARK(status);

}  // namespace
}  // namespace doze::protocol
