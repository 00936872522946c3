#include "painter.hpp"

#include <cstdlib>
#include <stdexcept>

namespace doze::testing {

Painter::Painter(const std::string& display) : connection_(xcb_connect(display.c_str(), nullptr)) {
    xcb_connection_t* c = connection_.get();
    if (xcb_connection_has_error(c) != 0) throw std::runtime_error("no connection to " + display);
    const xcb_screen_t* screen = xcb_setup_roots_iterator(xcb_get_setup(c)).data;
    root_ = screen->root;
    width_ = screen->width_in_pixels;
    height_ = screen->height_in_pixels;
    canvas_ = xcb_generate_id(c);
    brush_ = xcb_generate_id(c);
    const std::uint32_t unmanaged = 1;
    xcb_create_window(c, XCB_COPY_FROM_PARENT, canvas_, root_, 0, 0, static_cast<std::uint16_t>(width_),
                      static_cast<std::uint16_t>(height_), 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_OVERRIDE_REDIRECT, &unmanaged);
    xcb_map_window(c, canvas_);
    xcb_create_gc(c, brush_, canvas_, 0, nullptr);
    finish();
}

void Painter::fill(int x, int y, int width, int height, std::uint32_t colour) {
    const xcb_rectangle_t part{.x = static_cast<std::int16_t>(x),
                               .y = static_cast<std::int16_t>(y),
                               .width = static_cast<std::uint16_t>(width),
                               .height = static_cast<std::uint16_t>(height)};
    xcb_change_gc(connection_.get(), brush_, XCB_GC_FOREGROUND, &colour);
    xcb_poly_fill_rectangle(connection_.get(), canvas_, brush_, 1, &part);
    finish();
}

xcb_window_t Painter::make_window() {
    const xcb_window_t window = xcb_generate_id(connection_.get());
    xcb_create_window(connection_.get(), XCB_COPY_FROM_PARENT, window, root_, 0, 0, 1, 1, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT, 0, nullptr);
    finish();
    return window;
}

void Painter::destroy(xcb_window_t window) {
    xcb_destroy_window(connection_.get(), window);
    finish();
}

void Painter::set(xcb_window_t window, const std::string& name, xcb_window_t value) {
    xcb_connection_t* c = connection_.get();
    const Handle<xcb_intern_atom_reply_t, std::free> atom(xcb_intern_atom_reply(
        c, xcb_intern_atom(c, 0, static_cast<std::uint16_t>(name.size()), name.c_str()), nullptr));
    xcb_change_property(c, XCB_PROP_MODE_REPLACE, window, atom->atom, XCB_ATOM_WINDOW, 32, 1, &value);
    finish();
}

/// Waits until the server has done all that was asked.
void Painter::finish() {
    xcb_connection_t* c = connection_.get();
    const Handle<xcb_get_input_focus_reply_t, std::free> done(
        xcb_get_input_focus_reply(c, xcb_get_input_focus(c), nullptr));
    if (!done) throw std::runtime_error("the X server is gone");
}

}  // namespace doze::testing
