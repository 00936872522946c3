#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace bench {

[[noreturn]] inline void fail(const char* why) {
    std::fprintf(stderr, "%s\n", why);
    std::exit(1);
}

/// What the benchmark reads: how many instances were listed, and the most memory that was resident, in kB. (What the
/// parent learns from wait4() counts the memory of the parent too, from between fork and exec.)
inline void report(std::size_t instances) {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line) && !line.starts_with("VmHWM:")) continue;
    std::printf("{\"instances\": %zu, \"peak_kb\": %ld}\n", instances, std::atol(line.c_str() + 6));
}

}  // namespace bench
