#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <xcb/shm.h>

namespace doze::activity::x11 {

/// Memory that the X server copies a part of the screen to (MIT-SHM), and that is left nowhere: wiped after each use,
/// kept out of core dumps, gone with this object. Must go before its connection.
class Picture {
   public:
    /// nullptr if there is no memory. The server may still refuse it: then copying fails. Does not wait.
    [[nodiscard]] static std::unique_ptr<Picture> make(xcb_connection_t* connection, std::size_t bytes);
    ~Picture();
    Picture(const Picture&) = delete;
    Picture& operator=(const Picture&) = delete;

    /// Asks the server to copy lines of a window, as wide as given, to pixels(). One at a time.
    [[nodiscard]] xcb_shm_get_image_cookie_t copy(xcb_window_t window, int top, int width, int height);

    [[nodiscard]] const std::uint32_t* pixels() const { return static_cast<const std::uint32_t*>(memory_); }

    /// Forgets what was copied.
    void wipe();

   private:
    Picture(xcb_connection_t* connection, void* memory, std::size_t bytes)
        : connection_(connection), memory_(memory), bytes_(bytes), segment_(xcb_generate_id(connection)) {}

    xcb_connection_t* connection_;
    void* memory_;
    std::size_t bytes_;
    std::size_t used_ = 0;
    xcb_shm_seg_t segment_;
};

}  // namespace doze::activity::x11
