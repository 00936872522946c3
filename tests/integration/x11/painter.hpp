#pragma once

#include <cstdint>
#include <string>
#include <xcb/xcb.h>

#include "base/handle.hpp"

namespace doze::testing {

/// A client that draws, and that pretends to be a window manager. What it does is done when the call returns.
class Painter {
   public:
    explicit Painter(const std::string& display);

    [[nodiscard]] int width() const { return width_; }
    [[nodiscard]] int height() const { return height_; }

    /// Fills a part of the screen with one colour, 0xRRGGBB.
    void fill(int x, int y, int width, int height, std::uint32_t colour);
    void fill_all(std::uint32_t colour) { fill(0, 0, width_, height_, colour); }

    /// A window of its own, which is not shown.
    [[nodiscard]] xcb_window_t make_window();
    void destroy(xcb_window_t window);

    /// Names `value` in the property `name` of `window`.
    void set(xcb_window_t window, const std::string& name, xcb_window_t value);
    void set_on_root(const std::string& name, xcb_window_t value) { set(root_, name, value); }

   private:
    void finish();

    Handle<xcb_connection_t, xcb_disconnect> connection_;
    xcb_window_t root_ = 0;
    xcb_window_t canvas_ = 0;
    xcb_gcontext_t brush_ = 0;
    int width_ = 0;
    int height_ = 0;
};

}  // namespace doze::testing
