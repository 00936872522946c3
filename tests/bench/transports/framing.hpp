#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Where messages end on each transport, as little of it as a benchmark needs.
enum class Protocol { tcp, http, websocket };

/// Ends the program where there is no such protocol.
Protocol parse_protocol(std::string_view name);

/// Bytes of the first whole message in `bytes`, its framing included; 0 if there is none yet.
std::size_t whole_message(Protocol protocol, std::string_view bytes);

/// One text message of a WebSocket client, masked with zeros (RFC 6455, 5.2), or of a server.
std::string websocket_frame(std::string_view text, bool from_client);
