#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/activity/x11/x11_environment.hpp"
#include "integration/listening.hpp"
#include "xvfb.hpp"

namespace doze::testing {

/// A private X server for a source to listen to.
class OnXvfb : public Listening {
   protected:
    void serve(const std::string& display = "", const std::vector<std::string>& options = {}) {
        server_.emplace(display, options);
        environment_.display = server_->display();
    }

    activity::X11Environment environment_;
    std::optional<Xvfb> server_;
};

}  // namespace doze::testing
