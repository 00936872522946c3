#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "core/model/time.hpp"

namespace doze::activity::wayland {

/// What one way to learn of the active window tells.
struct WindowNews {
    /// From here on all is told. What was active before is a window that was found so, not a change.
    std::function<void()> running;
    /// The desktop is there but does not tell.
    std::function<void(const std::string& why)> unavailable;
    /// A window, by the desktop's number for it, is the active one.
    std::function<void(std::uint64_t window)> active;
    /// The desktop is lost; nothing else is called.
    std::function<void(const Error& why)> lost;
};

/// Tells which activations are signals. Pure.
class WindowChanges {
   public:
    /// At most one signal in `pause`.
    explicit WindowChanges(core::Duration pause) : pause_(pause) {}

    /// The window that was active before anybody looked.
    void found(std::uint64_t window) { active_ = window; }

    /// Whether this is a signal: another window than before, and none was signalled just now.
    [[nodiscard]] bool activated(std::uint64_t window, core::TimePoint now) {
        if (active_ == window) return false;
        active_ = window;
        if (last_ && now < *last_ + pause_) return false;
        last_ = now;
        return true;
    }

   private:
    core::Duration pause_;
    std::optional<std::uint64_t> active_;
    std::optional<core::TimePoint> last_;
};

}  // namespace doze::activity::wayland
