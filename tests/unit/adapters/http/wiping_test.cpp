// What a request carried must not stay in memory. The test looks through its own, so the server is another process.

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "adapters/http/curl_http_client.hpp"
#include "base/handle.hpp"

namespace doze::http {
namespace {

namespace asio = boost::asio;

constexpr char mask = 0x5A;
using Masked = std::array<char, 400>;  ///< A token, never in plain text outside of the request.

/// Of a token's end this much is looked for: freed memory keeps its end, while lists of free memory overwrite its
/// beginning.
constexpr std::size_t tail = 32;

Masked make_token(char first) {
    Masked token{};
    for (std::size_t i = 0; i < token.size(); ++i) token[i] = static_cast<char>((first + i * i % 23) ^ mask);
    return token;
}

std::string plain(const Masked& token) {
    std::string text(token.size(), '\0');
    for (std::size_t i = 0; i < token.size(); ++i) text[i] = static_cast<char>(token[i] ^ mask);
    return text;
}

bool found_in(const std::vector<char>& memory, const Masked& token) {
    const char* const wanted = token.data() + token.size() - tail;
    for (std::size_t at = 0; at + tail <= memory.size(); ++at) {
        std::size_t same = 0;
        while (same < tail && (memory[at + same] ^ mask) == wanted[same]) ++same;
        if (same == tail) return true;
    }
    return false;
}

/// Looks through all of this process's memory that can be written to.
bool is_in_memory(const Masked& token) {
    constexpr std::size_t largest = std::size_t{64} << 20;  // Above: what sanitizers keep for themselves.
    const UniqueFd memory(::open("/proc/self/mem", O_RDONLY));
    std::ifstream maps("/proc/self/maps");
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    for (std::string line; std::getline(maps, line);) {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::array<char, 5> rights{};
        if (std::sscanf(line.c_str(), "%zx-%zx %4s", &begin, &end, rights.data()) != 3) continue;
        if (rights[1] == 'w' && end - begin <= largest) ranges.emplace_back(begin, end);
    }
    for (const auto& [begin, end] : ranges) {
        std::vector<char> copy(end - begin);
        const auto got = ::pread(memory.get(), copy.data(), copy.size(), static_cast<off_t>(begin));
        if (got <= 0) continue;
        copy.resize(static_cast<std::size_t>(got));
        const bool found = found_in(copy, token);
        ::explicit_bzero(copy.data(), copy.size());
        if (found) return true;
    }
    return false;
}

/// A process that answers each connection's first request when told to.
class OtherProcess {
   public:
    OtherProcess() {
        const UniqueFd listener(::socket(AF_INET, SOCK_STREAM, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof(address);
        EXPECT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
        ::listen(listener.get(), 8);
        ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length);
        port_ = ntohs(address.sin_port);
        std::array<int, 2> gate{};
        EXPECT_EQ(::pipe(gate.data()), 0);
        child_ = ::fork();
        if (child_ == 0) serve(listener.get(), gate[0]);
        ::close(gate[0]);
        gate_.reset(gate[1]);
    }
    ~OtherProcess() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    OtherProcess(const OtherProcess&) = delete;
    OtherProcess& operator=(const OtherProcess&) = delete;

    void let_answer() { EXPECT_EQ(::write(gate_.get(), "x", 1), 1); }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

   private:
    [[noreturn]] static void serve(int listener, int gate) {
        constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        while (true) {
            const int connection = ::accept(listener, nullptr, nullptr);
            std::array<char, 65536> bytes{};
            if (::read(connection, bytes.data(), bytes.size()) <= 0 || ::read(gate, bytes.data(), 1) != 1 ||
                ::write(connection, answer.data(), answer.size()) <= 0) {
                ::_exit(1);
            }
        }
    }

    pid_t child_ = 0;
    unsigned port_ = 0;
    UniqueFd gate_;
};

TEST(Wiping, LeavesNothingOfARequestInMemory) {
    OtherProcess server;
    asio::io_context io(1);
    const auto client = *CurlHttpClient::open(io.get_executor());
    const Masked in_header = make_token('A');
    const Masked in_body = make_token('a');

    std::optional<Result<ports::HttpResponse>> answer;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
            ports::HttpRequest request{.method = "POST", .url = server.url()};
            request.headers.emplace_back("X-Amz-Security-Token", plain(in_header));
            request.body = plain(in_body);
            answer = co_await client->send(std::move(request));
        },
        asio::detached);
    for (int i = 0; i < 5; ++i) io.poll_one();
    EXPECT_TRUE(is_in_memory(in_header)) << "the search finds nothing, so it would prove nothing";
    EXPECT_TRUE(is_in_memory(in_body));
    server.let_answer();
    while (!answer) io.run_one();
    ASSERT_TRUE(*answer) << answer->error().message;
    EXPECT_FALSE(is_in_memory(in_header));
    EXPECT_FALSE(is_in_memory(in_body));
}

}  // namespace
}  // namespace doze::http
