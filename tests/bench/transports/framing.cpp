#include "framing.hpp"

#include <cstdio>
#include <cstdlib>

Protocol parse_protocol(std::string_view name) {
    if (name == "tcp") return Protocol::tcp;
    if (name == "http") return Protocol::http;
    if (name == "websocket") return Protocol::websocket;
    std::fprintf(stderr, "the protocols are tcp, http and websocket\n");
    std::exit(2);
}

namespace {

std::size_t whole_line(std::string_view bytes) {
    const auto end = bytes.find('\n');
    return end == std::string_view::npos ? 0 : end + 1;
}

/// With a Content-Length, or without a body.
std::size_t whole_http(std::string_view bytes) {
    const auto head = bytes.find("\r\n\r\n");
    if (head == std::string_view::npos) return 0;
    std::size_t body = 0;
    if (const auto at = bytes.find("Content-Length: "); at < head)
        body = std::strtoul(bytes.data() + at + 16, nullptr, 10);
    const auto size = head + 4 + body;
    return bytes.size() < size ? 0 : size;
}

std::size_t whole_frame(std::string_view bytes) {
    if (bytes.size() < 2) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    std::size_t head = 2, size = byte(1) & 0x7FU;
    const std::size_t extended = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (bytes.size() < head + extended) return 0;
    if (extended > 0) {
        size = 0;
        for (std::size_t i = 0; i < extended; ++i) size = size << 8 | byte(head + i);
    }
    head += extended + ((byte(1) & 0x80U) ? 4 : 0);
    return bytes.size() < head + size ? 0 : head + size;
}

}  // namespace

std::size_t whole_message(Protocol protocol, std::string_view bytes) {
    switch (protocol) {
        case Protocol::tcp: return whole_line(bytes);
        case Protocol::http: return whole_http(bytes);
        case Protocol::websocket: return whole_frame(bytes);
    }
    return 0;
}

std::string websocket_frame(std::string_view text, bool from_client) {
    std::string frame = "\x81";
    const char mask = from_client ? static_cast<char>(0x80) : '\0';
    if (text.size() < 126) {
        frame += static_cast<char>(mask | static_cast<char>(text.size()));
    } else {
        frame += static_cast<char>(mask | 126);
        frame += static_cast<char>(text.size() >> 8);
        frame += static_cast<char>(text.size());
    }
    if (from_client) frame.append(4, '\0');
    return frame.append(text);
}
