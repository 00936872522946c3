#include "app/offline/doctor/ports.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include "base/text.hpp"
#include "protocol/message.hpp"

namespace doze::doctor {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;
using boost::asio::ip::udp;

namespace {

/// The receive buffer that server/udp requests.
constexpr std::int64_t wanted_buffer = 4 << 20;

struct Row {
    unsigned user;
    std::string inode;
};

/// Finds a port's row in /proc/net/udp, tcp and their like (proc(5)): "sl local:PORT remote st tx:rx tr:tm retrnsmt uid
/// timeout inode ...", the port in hexadecimal. TCP rows count only if they listen.
std::optional<Row> row_of(Protocol protocol, std::uint16_t port, const fs::path& file) {
    constexpr std::string_view listens = "0A";
    const auto wanted = fmt::format(":{:04X}", port);
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);  // The headings.
    while (std::getline(in, line)) {
        std::istringstream words(line);
        std::string sl, local, remote, state, skipped, timeout;
        Row row{};
        words >> sl >> local >> remote >> state;
        for (int i = 0; i < 3; ++i) words >> skipped;
        words >> row.user >> timeout >> row.inode;
        if (words && local.ends_with(wanted) && (protocol == Protocol::udp || state == listens)) return row;
    }
    return std::nullopt;
}

/// The process that has the socket open; empty if it is another user's.
std::optional<int> process_of(const std::string& inode, const fs::path& proc) {
    const std::string wanted = "socket:[" + inode + "]";
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(proc, error)) {
        const std::string name = entry.path().filename();
        int pid = 0;
        const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (bad != std::errc() || end != name.data() + name.size()) continue;
        std::error_code unreadable;
        for (const auto& fd : fs::directory_iterator(entry.path() / "fd", unreadable)) {
            std::error_code gone;
            if (fs::read_symlink(fd.path(), gone) == wanted) return pid;
        }
    }
    return std::nullopt;
}

/// What to send, and texts that doze's answer contains.
struct Question {
    std::string text;
    std::array<std::string_view, 2> answer;
};

Question question_for(Protocol protocol, const ListenAddress& where) {
    if (protocol != Protocol::web)
        return {.text = protocol::create("PING", {}, "doctor"), .answer = {"\"PONG\"", "\"doze\""}};
    const bool v6 = where.ip.find(':') != std::string::npos;
    return {.text = fmt::format("GET /healthz HTTP/1.1\r\nHost: {}{}{}:{}\r\n\r\n", v6 ? "[" : "", where.ip,
                                v6 ? "]" : "", where.port),
            .answer = {"HTTP/1.1 200 ", R"({"status":"ok"})"}};
}

/// Blocks for at most 300 ms.
template <class Transport>
bool answers_as_doze(const ListenAddress& where, const Question& question) {
    boost::system::error_code error;
    const typename Transport::endpoint endpoint(boost::asio::ip::make_address(where.ip, error), where.port);
    boost::asio::io_context loop(1);
    typename Transport::socket socket(loop);
    if (!error) socket.connect(endpoint, error);
    if (error) return false;
    socket.send(boost::asio::buffer(question.text), 0, error);
    std::array<char, 4096> chunk{};
    std::string text;
    const auto is_answer = [&] {
        return std::ranges::all_of(question.answer, [&](auto part) { return text.find(part) != std::string::npos; });
    };
    const std::function<void()> receive = [&] {
        socket.async_receive(boost::asio::buffer(chunk), [&](boost::system::error_code failed, std::size_t size) {
            text.append(chunk.data(), size);
            if (!failed && !is_answer() && text.size() < 65'536)
                receive();  // TCP's greeting and events may precede it.
        });
    };
    receive();
    loop.run_for(std::chrono::milliseconds(300));
    return is_answer();
}

bool answers(Protocol protocol, const ListenAddress& where, const EventSink& listener) {
    boost::system::error_code error;
    if (!boost::asio::ip::make_address(where.ip, error).is_loopback()) return listener.user == ::geteuid();
    const auto question = question_for(protocol, where);
    return protocol == Protocol::udp ? answers_as_doze<udp>(where, question) : answers_as_doze<tcp>(where, question);
}

/// The port's names in the log and in settings.json.
struct Name {
    std::string_view module;
    std::string_view section;
};

Name name_of(Protocol protocol) {
    switch (protocol) {
        case Protocol::udp: return {.module = "udp", .section = "udp_server"};
        case Protocol::tcp: return {.module = "tcp", .section = "tcp_server"};
        case Protocol::web: return {.module = "web", .section = "web"};
    }
    return {};
}

std::string who(const EventSink& listener) {
    if (!listener.process) return fmt::format("a process of user {}", listener.user);
    return fmt::format("{} (process {})", listener.program, *listener.process);
}

}  // namespace

std::optional<EventSink> listener_of(Protocol protocol, std::uint16_t port, const fs::path& proc) {
    const std::string table = protocol == Protocol::udp ? "udp" : "tcp";
    auto row = row_of(protocol, port, proc / "net" / table);
    if (!row) row = row_of(protocol, port, proc / "net" / (table + "6"));
    if (!row) return std::nullopt;
    EventSink listener{.user = row->user, .process = process_of(row->inode, proc)};
    if (listener.process) {
        std::ifstream in(proc / std::to_string(*listener.process) / "comm");
        std::getline(in, listener.program);
    }
    return listener;
}

PortFacts examine_port(Protocol protocol, const ListenAddress& wanted, bool daemon_runs) {
    PortFacts facts{.protocol = protocol, .wanted = wanted, .daemon_runs = daemon_runs};
    if (wanted.port == 0) return facts;
    facts.listener = listener_of(protocol, wanted.port);
    facts.answers = facts.listener && daemon_runs && answers(protocol, wanted, *facts.listener);
    return facts;
}

Finding judge_port(const PortFacts& facts) {
    const auto [module, section] = name_of(facts.protocol);
    Finding finding{.area = "ports",
                    .what = fmt::format("{} {}:{}", upper_case(module), facts.wanted.ip, facts.wanted.port)};
    const auto another = fmt::format("choose another {}.port in settings.json", section);
    if (facts.wanted.port == 0) {
        finding.finding = "any free one";
    } else if (facts.answers) {
        finding.finding = "doze listens";
    } else if (facts.listener) {
        finding.grade = Grade::fail;
        finding.finding = "taken by " + who(*facts.listener);
        finding.fix = facts.listener->process
                          ? fmt::format("Stop it (`kill {}`), or {}.", *facts.listener->process, another)
                          : fmt::format("`sudo ss -{}lpn` shows which one. Stop it, or {}.",
                                        facts.protocol == Protocol::udp ? 'u' : 't', another);
    } else if (facts.daemon_runs) {
        finding.grade = Grade::fail;
        finding.finding = "doze runs, but does not listen there";
        finding.fix = fmt::format("aws_monitor.log says why (search for [{}]).", module);
    } else {
        finding.finding = "free";
    }
    return finding;
}

Finding judge_buffer(std::int64_t rmem_max) {
    Finding finding{.area = "ports", .what = "net.core.rmem_max", .finding = fmt::format("{} bytes", rmem_max)};
    if (rmem_max < wanted_buffer) {
        finding.grade = Grade::note;
        finding.finding += ": a burst of several hundred datagrams may lose some";
        finding.fix =
            fmt::format("If programs send such bursts: `sudo sysctl -w net.core.rmem_max={}`.", wanted_buffer);
    }
    return finding;
}

}  // namespace doze::doctor
