#pragma once

#include <optional>
#include <string>
#include <vector>

#include "integration/listening.hpp"
#include "signals/x11/environment.hpp"
#include "xvfb.hpp"

namespace doze::testing {

/// A private X server for a source to listen to.
class OnXvfb : public Listening {
   protected:
    void serve(const std::string& display = "", const std::vector<std::string>& options = {}) {
        server_.emplace(display, options);
        environment_.display = server_->display();
    }

    signals::X11Environment environment_;
    std::optional<Xvfb> server_;
};

}  // namespace doze::testing
