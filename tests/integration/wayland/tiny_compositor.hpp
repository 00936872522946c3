#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <wayland-server-core.h>

#include "base/handle.hpp"

namespace doze::testing {

/// A compositor of a seat and, if wanted, ext_idle_notifier_v1 as wlroots has it, and nothing else: for what
/// no packaged compositor does. Runs in the test's own thread, when run() is called.
class TinyCompositor {
   public:
    /// `version` of ext_idle_notifier_v1, 0 for none.
    TinyCompositor(const std::filesystem::path& socket, int seats, int version);
    ~TinyCompositor() { wl_display_destroy_clients(display_.get()); }
    TinyCompositor(const TinyCompositor&) = delete;
    TinyCompositor& operator=(const TinyCompositor&) = delete;

    /// Handles what is there.
    void run();

    /// The person touches the keyboard.
    void touch();

    /// Something asks the desktop not to become idle, or no longer. Notifications that heed it resume.
    void inhibit(bool on);

    void unplug_seat();

   private:
    struct Notification {
        TinyCompositor& owner;
        wl_resource* resource = nullptr;
        wl_event_source* timer = nullptr;
        std::uint32_t timeout = 0;
        bool input_only = false;
        bool idle = false;
    };

    struct Interface;

    void create(wl_client* client, wl_resource* notifier, std::uint32_t id, std::uint32_t timeout, bool input_only);
    void rearm(Notification& notification);

    Handle<wl_display, wl_display_destroy> display_;
    std::list<Notification> notifications_;
    wl_global* seat_ = nullptr;
    bool inhibited_ = false;
};

}  // namespace doze::testing
