// Any bytes: nobody without the token is let in, and what is signed is let in as it was, once.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/admission/signed_datagram.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace doze::server;
    constexpr std::int64_t now = 1'700'000'000;
    const doze::Secret token("a token of enough characters");
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    SignedDatagrams gate(token, 0);
    const End here{.ip = boost::asio::ip::address_v4::loopback(), .port = 20200};
    if (gate.let_in(bytes, here, now).command) std::abort();
    const auto datagram = sign_datagram(token, now, "000102030405060708090a0b0c0d0e0f", here, bytes);
    if (gate.let_in(datagram, here, now).command != bytes || gate.let_in(datagram, here, now).command) std::abort();
    return 0;
}
