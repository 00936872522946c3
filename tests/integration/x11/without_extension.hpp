#pragma once

#include <string>
#include <sys/types.h>

#include "base/handle.hpp"

namespace doze::testing {

/// A display whose server seems to lack an extension that Xvfb can't be started without: passes on all that one client
/// and the server say to each other, but asks the server for an extension that it does not have.
class WithoutExtension {
   public:
    WithoutExtension(const std::string& display, const std::string& extension);
    ~WithoutExtension();
    WithoutExtension(const WithoutExtension&) = delete;
    WithoutExtension& operator=(const WithoutExtension&) = delete;

    [[nodiscard]] const std::string& display() const { return display_; }

    /// Which display it will be for this one.
    [[nodiscard]] static std::string display_beside(const std::string& display);

   private:
    std::string display_;
    UniqueFd listener_;
    pid_t pid_ = -1;
};

}  // namespace doze::testing
