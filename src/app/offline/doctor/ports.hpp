#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "app/offline/doctor/finding.hpp"
#include "config/settings_file.hpp"

/// The UDP, TCP and web ports, and how much the kernel keeps for the former.
namespace doze::doctor {

enum class Protocol { udp, tcp, web };

/// Who has a port. Another user's process is not known, but the user is.
struct EventSink {
    unsigned user = 0;
    std::optional<int> process = std::nullopt;
    std::string program = {};  ///< Empty where the process is not known.

    bool operator==(const EventSink&) const = default;
};

/// Whoever has this port on any address. `proc`: /proc.
[[nodiscard]] std::optional<EventSink> listener_of(Protocol protocol, std::uint16_t port,
                                                   const std::filesystem::path& proc = "/proc");

struct PortFacts {
    Protocol protocol = Protocol::udp;
    ListenAddress wanted;
    std::optional<EventSink> listener = std::nullopt;
    bool daemon_runs = false;

    /// A PING there was answered as doze does. (Which process a daemon is can't be seen: its memory is private.) Beyond
    /// loopback, where a PING needs the token: this user has it open.
    bool answers = false;
};

/// Sends a PING (or looks at /healthz) if a daemon runs, and waits up to 300 ms for its answer.
[[nodiscard]] PortFacts examine_port(Protocol protocol, const ListenAddress& wanted, bool daemon_runs);

[[nodiscard]] Finding judge_port(const PortFacts& facts);

/// `rmem_max`: net.core.rmem_max in bytes.
[[nodiscard]] Finding judge_buffer(std::int64_t rmem_max);

}  // namespace doze::doctor
