#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

/// What the load generators measure alike.
namespace measure {

/// Nanoseconds on a CPU, over all threads of a process. Source: Documentation/scheduler/sched-stats.rst of Linux.
inline double cpu_ns(const std::string& pid) {
    double sum = 0;
    std::error_code error;
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + pid + "/task", error)) {
        double spent = 0;
        std::ifstream(task.path() / "schedstat") >> spent;
        sum += spent;
    }
    return sum;
}

/// Of latencies in nanoseconds, whose order it changes. `part`: 0.5 for the median.
inline double percentile_us(std::vector<std::uint32_t>& values, double part) {
    if (values.empty()) return 0;
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at / 1e3;
}

}  // namespace measure
