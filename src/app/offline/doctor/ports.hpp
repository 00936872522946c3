#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "app/offline/doctor/finding.hpp"
#include "config/settings_file.hpp"

/// Checks the UDP, TCP and web ports, and the kernel's UDP receive buffer.
namespace doze::doctor {

enum class Protocol { udp, tcp, web };

/// Who listens on a port. The process is only known if it is this user's.
struct EventSink {
    unsigned user = 0;
    std::optional<int> process = std::nullopt;
    std::string program = {};  ///< Empty if the process is not known.

    bool operator==(const EventSink&) const = default;
};

/// Who listens on this port, on any address. `proc`: /proc.
[[nodiscard]] std::optional<EventSink> listener_of(Protocol protocol, std::uint16_t port,
                                                   const std::filesystem::path& proc = "/proc");

struct PortFacts {
    Protocol protocol = Protocol::udp;
    ListenAddress wanted;
    std::optional<EventSink> listener = std::nullopt;
    bool daemon_runs = false;

    /// doze answered there. (The daemon's process can't be seen, because its memory is private.) Beyond loopback, where
    /// PING needs the token: this user has the port open.
    bool answers = false;
};

/// Sends a PING (or a request for /healthz) if a daemon runs, and waits up to 300 ms for the answer.
[[nodiscard]] PortFacts examine_port(Protocol protocol, const ListenAddress& wanted, bool daemon_runs);

[[nodiscard]] Finding judge_port(const PortFacts& facts);

/// `rmem_max`: net.core.rmem_max in bytes.
[[nodiscard]] Finding judge_buffer(std::int64_t rmem_max);

}  // namespace doze::doctor
