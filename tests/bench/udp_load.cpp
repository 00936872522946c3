// Loads a UDP server from a process of its own and prints one line of JSON.
//
//   udp_load PORT [--outstanding N] [--seconds S] [--message TEXT] [--pid PID]   closed loop
//   udp_load PORT --burst N [--message TEXT]                                     N at once, then counts replies
//
// Replies are matched to requests in order, which holds for a server that answers in order. --pid reads
// the CPU time of the server's threads from /proc.

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "measure.hpp"

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t batch = 32;

struct Options {
    std::uint16_t port = 0;
    std::size_t outstanding = 1;
    double seconds = 3;
    std::size_t burst = 0;
    std::string message = "PING";
    std::string pid;
};

Options parse(int argc, char** argv) {
    Options options;
    if (argc < 2) std::exit((std::fprintf(stderr, "usage: udp_load PORT [options]; see udp_load.cpp\n"), 2));
    options.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    for (int i = 2; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const std::string value = argv[i + 1];
        if (name == "--outstanding") options.outstanding = std::stoul(value);
        if (name == "--seconds") options.seconds = std::stod(value);
        if (name == "--burst") options.burst = std::stoul(value);
        if (name == "--message") options.message = value;
        if (name == "--pid") options.pid = value;
    }
    return options;
}

int connect_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    const int wanted = 4 << 20;
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
    const timeval patience{.tv_sec = 0, .tv_usec = 500'000};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in there{};
    there.sin_family = AF_INET;
    there.sin_port = htons(port);
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&there), sizeof there) != 0) {
        std::perror("connect");
        std::exit(1);
    }
    return fd;
}

class Loop {
   public:
    explicit Loop(const Options& options) : fd_(connect_to(options.port)), message_(options.message) {
        for (std::size_t i = 0; i < batch; ++i) {
            out_iov_[i] = {.iov_base = message_.data(), .iov_len = message_.size()};
            out_[i].msg_hdr.msg_iov = &out_iov_[i];
            out_[i].msg_hdr.msg_iovlen = 1;
            in_iov_[i] = {.iov_base = buffers_[i].data(), .iov_len = buffers_[i].size()};
            in_[i].msg_hdr.msg_iov = &in_iov_[i];
            in_[i].msg_hdr.msg_iovlen = 1;
        }
    }

    void send(std::size_t count) {
        while (count > 0) {
            const auto now = Clock::now();
            const int sent = ::sendmmsg(fd_, out_.data(), static_cast<unsigned>(std::min(count, batch)), 0);
            if (sent <= 0) {
                std::perror("sendmmsg");
                std::exit(1);
            }
            for (int i = 0; i < sent; ++i) sent_at_.push_back(now);
            count -= static_cast<std::size_t>(sent);
        }
    }

    // How many replies came; 0 after half a second of silence.
    std::size_t receive(std::vector<std::uint32_t>& latencies_ns) {
        const int got = ::recvmmsg(fd_, in_.data(), batch, MSG_WAITFORONE, nullptr);
        if (got < 0 && errno == ECONNREFUSED) {
            std::fprintf(stderr, "udp_load: nothing listens there\n");
            std::exit(1);
        }
        if (got <= 0) return 0;
        const auto now = Clock::now();
        for (int i = 0; i < got && !sent_at_.empty(); ++i) {
            latencies_ns.push_back(static_cast<std::uint32_t>((now - sent_at_.front()).count()));
            sent_at_.pop_front();
        }
        return static_cast<std::size_t>(got);
    }

    std::size_t forget_outstanding() {
        const auto lost = sent_at_.size();
        sent_at_.clear();
        return lost;
    }

   private:
    int fd_;
    std::string message_;
    std::deque<Clock::time_point> sent_at_;
    std::array<mmsghdr, batch> out_{};
    std::array<iovec, batch> out_iov_{};
    std::array<mmsghdr, batch> in_{};
    std::array<iovec, batch> in_iov_{};
    std::array<std::array<char, 65536>, batch> buffers_{};
};

int closed_loop(const Options& options, Loop& loop) {
    std::vector<std::uint32_t> latencies;
    latencies.reserve(static_cast<std::size_t>(options.seconds * 600'000) + batch);
    std::size_t lost = 0;
    const auto run = [&](double seconds) {
        const auto end =
            Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
        while (Clock::now() < end) {
            if (const auto got = loop.receive(latencies)) {
                loop.send(got);
            } else {
                lost += loop.forget_outstanding();
                loop.send(options.outstanding);
            }
        }
    };
    loop.send(options.outstanding);
    run(0.3);  // Warms caches and the clock frequency up.
    latencies.clear();
    lost = 0;
    const double cpu_before = options.pid.empty() ? 0 : measure::cpu_ns(options.pid);
    const auto began = Clock::now();
    run(options.seconds);
    const double took = std::chrono::duration<double>(Clock::now() - began).count();
    const double cpu = options.pid.empty() ? 0 : measure::cpu_ns(options.pid) - cpu_before;
    const auto count = static_cast<double>(latencies.size());
    std::printf("{\"outstanding\": %zu, \"requests_per_s\": %.0f, \"p50_us\": %.1f, \"p99_us\": %.1f, \"lost\": %zu",
                options.outstanding, count / took, measure::percentile_us(latencies, 0.5),
                measure::percentile_us(latencies, 0.99), lost);
    if (!options.pid.empty() && count > 0) std::printf(", \"server_cpu_us_per_request\": %.2f", cpu / count / 1e3);
    std::printf("}\n");
    return count > 0 ? 0 : 1;
}

int burst(const Options& options, Loop& loop) {
    std::vector<std::uint32_t> latencies;
    loop.send(options.burst);
    std::size_t received = 0;
    for (int silences = 0; received < options.burst && silences < 3;) {
        const auto got = loop.receive(latencies);
        received += got;
        if (got == 0) ++silences;
    }
    std::printf("{\"burst\": %zu, \"lost\": %zu, \"last_reply_us\": %.1f}\n", options.burst, options.burst - received,
                latencies.empty() ? 0 : latencies.back() / 1e3);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = parse(argc, argv);
    static Loop loop(options);
    return options.burst > 0 ? burst(options, loop) : closed_loop(options, loop);
}
