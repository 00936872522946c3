#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "core/model/resource.hpp"

namespace doze::config {

/// A folder that is gone after the test.
class Scratch {
   public:
    Scratch() {
        std::string pattern = (std::filesystem::temp_directory_path() / "doze-config-XXXXXX").string();
        dir_ = ::mkdtemp(pattern.data());
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(dir_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] const std::filesystem::path& dir() const { return dir_; }

   private:
    std::filesystem::path dir_;
};

inline std::string slurp(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void spill(const std::filesystem::path& path, std::string_view text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

inline std::string test_data(std::string_view name) {
    return slurp(std::filesystem::path(DOZE_SOURCE_DIR) / "tests/data/config" / name);
}

inline core::Registration instance(std::string id, std::string region = "us-east-1", std::string description = "") {
    return {.id = core::ec2(Region(std::move(region)), InstanceId(std::move(id))),
            .description = std::move(description)};
}

inline core::Registration service(std::string cluster, std::string name, std::string region = "us-east-1") {
    return {.id = core::ecs(Region(std::move(region)), ClusterName(std::move(cluster)), ServiceName(std::move(name)))};
}

inline core::Registration nodegroup(std::string cluster, std::string name, int desired) {
    return {.id = core::eks(Region("us-west-2"), ClusterName(std::move(cluster)), NodegroupName(std::move(name))),
            .desired_size = desired};
}

}  // namespace doze::config
