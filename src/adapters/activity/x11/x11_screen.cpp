#include "adapters/activity/x11/x11_screen.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <optional>
#include <sys/socket.h>
#include <utility>
#include <xcb/damage.h>
#include <xcb/shm.h>
#include <xcb/xfixes.h>

#include "adapters/activity/x11/tiles.hpp"
#include "adapters/activity/x11/x11_client.hpp"

namespace doze::activity {

namespace {

using x11::Picture;
using x11::Reply;
using x11::Tiles;

/// Size of a band, the part of the screen held in memory at once: little to keep and wipe, yet few requests (9 for a 4K
/// screen).
constexpr int band_bytes = 4 << 20;

Error lacking(std::string_view what) {
    return {.code = ErrorCode::internal,
            .message = fmt::format("The X server has no {}, so changes of the screen cannot be noticed.", what)};
}

/// Whether the server is on this machine, so that memory can be shared with it.
bool is_local(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    return ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0 && address.ss_family == AF_UNIX;
}

/// How many bits of a pixel are visible: of 32, a screen uses 24 or 30; the others may hold anything. 0 if a pixel has
/// not 32.
int colour_bits(const x11::Connection& connection) {
    const int depth = connection.screen->root_depth;
    for (auto it = xcb_setup_pixmap_formats_iterator(xcb_get_setup(connection.xcb.get())); it.rem > 0;
         xcb_format_next(&it)) {
        if (it.data->depth == depth && it.data->bits_per_pixel == 32) return depth == 30 ? 30 : 24;
    }
    return 0;
}

}  // namespace

class X11Screen::Watcher final : public x11::Client {
   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, X11ScreenOptions options)
        : Client(io, options.environment,
                 {{.name = "x11-screen", .kind = core::ActivityKind::screen, .enabled = options.enabled}},
                 "Wayland compositors show the screen only to programs that the person lets record it each time, so "
                 "doze does not look."),
          clock_(clock),
          options_(std::move(options)),
          collecting_(io) {}

   private:
    Result<void> connected(const x11::Connection& connection) override {
        xcb_connection_t* c = connection.xcb.get();
        const auto* damage = x11::extension(c, xcb_damage_id);
        if (damage == nullptr || x11::extension(c, xcb_xfixes_id) == nullptr) return lacking("DAMAGE extension");
        damage_event_ = damage->first_event + XCB_DAMAGE_NOTIFY;
        const Reply<xcb_xfixes_query_version_reply_t> regions(
            xcb_xfixes_query_version_reply(c, xcb_xfixes_query_version(c, 5, 0), nullptr));
        const Reply<xcb_damage_query_version_reply_t> version(
            xcb_damage_query_version_reply(c, xcb_damage_query_version(c, 1, 1), nullptr));
        if (!regions || !version) return lacking("working DAMAGE extension");

        colour_bits_ = colour_bits(connection);
        sees_pixels_ = colour_bits_ != 0 && shares_memory(connection);
        const std::uint32_t events = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
        xcb_change_window_attributes(c, root(), XCB_CW_EVENT_MASK, &events);
        damage_ = xcb_generate_id(c);
        region_ = xcb_generate_id(c);
        xcb_damage_create(c, damage_, root(), XCB_DAMAGE_REPORT_LEVEL_NON_EMPTY);
        xcb_xfixes_create_region(c, region_, 0, nullptr);
        // Asked after the events are selected, or a change in between would be missed.
        const Reply<xcb_get_geometry_reply_t> size(xcb_get_geometry_reply(c, xcb_get_geometry(c, root()), nullptr));
        if (size) look_anew(size->width, size->height);
        return {};
    }

    [[nodiscard]] static bool shares_memory(const x11::Connection& connection) {
        xcb_connection_t* c = connection.xcb.get();
        if (!is_local(connection.fd()) || x11::extension(c, xcb_shm_id) == nullptr) return false;
        const Reply<xcb_shm_query_version_reply_t> version(
            xcb_shm_query_version_reply(c, xcb_shm_query_version(c), nullptr));
        // From 1.2 on, a segment can be a file without a name, known to client and server only.
        return version && (version->major_version > 1 || version->minor_version >= 2);
    }

    bool step() override {
        bool busy = false;
        while (const auto event = x11::next_event(xcb())) {
            take(*event);
            busy = true;
        }
        if (is_lost()) return false;  // After a loss every pending request would seem to be answered by an error.
        busy |= take_region();
        if (!is_connected()) return false;
        busy |= take_band();
        if (due_ && !asked_region_ && !asked_band_) {
            ask_region();
            busy = true;
        }
        return busy;
    }

    void take(const xcb_generic_event_t& event) {
        const int type = x11::type_of(event);
        if (type == damage_event_) {
            collecting_.expires_after(options_.interval);
            collecting_.async_wait(guarded([this] { look(); }));
        } else if (type == XCB_CONFIGURE_NOTIFY) {
            const auto& now = reinterpret_cast<const xcb_configure_notify_event_t&>(event);
            if (now.window == root() && (now.width != tiles_->width() || now.height != tiles_->height())) {
                look_anew(now.width, now.height);
            }
        }
    }

    /// Starts over with an empty set of hashes.
    void look_anew(int width, int height) {
        forget();
        // For a screen smaller than a tile the server refuses to copy, and doze does without pixels.
        tiles_.emplace(std::max(width, Tiles::side), std::max(height, Tiles::side), colour_bits_);
        is_first_ = true;
        due_ = true;
    }

    void look() {
        if (!is_connected()) return;
        due_ = true;
        pump();
    }

    /// Fetches and clears the repainted area, so that the server reports the next repaint.
    void ask_region() {
        due_ = false;
        xcb_damage_subtract(xcb(), damage_, XCB_NONE, region_);
        asked_region_ = xcb_xfixes_fetch_region(xcb(), region_);
        xcb_flush(xcb());
    }

    bool take_region() {
        if (!asked_region_) return false;
        bool arrived = false;
        const auto reply = x11::poll<xcb_xfixes_fetch_region_reply_t>(xcb(), asked_region_->sequence, &arrived);
        if (!arrived) return false;
        asked_region_.reset();
        if (!reply) {
            fail(lacking("working DAMAGE extension"));
            return true;
        }
        tiles_->begin();
        const xcb_rectangle_t* parts = xcb_xfixes_fetch_region_rectangles(reply.get());
        for (int i = 0; i < xcb_xfixes_fetch_region_rectangles_length(reply.get()); ++i) {
            tiles_->repaint({.x = parts[i].x, .y = parts[i].y, .width = parts[i].width, .height = parts[i].height});
        }
        if (!sees_pixels_) {
            conclude(tiles_->repainted());
        } else if (is_first_) {
            tiles_->begin();
            tiles_->repaint({.width = tiles_->width(), .height = tiles_->height()});
            compare();
        } else if (tiles_->repainted() >= options_.diff_threshold) {
            compare();
        }
        return true;
    }

    void compare() {
        band_rows_ = std::clamp(band_bytes / (tiles_->width() * 4 * Tiles::side), 1, tiles_->rows());
        picture_ = Picture::make(xcb(), static_cast<std::size_t>(band_rows_ * Tiles::side) * tiles_->width() * 4);
        if (!picture_) return do_without_pixels();
        band_begin_ = band_end_ = 0;
        ask_band();
    }

    /// Requests the next rows of repainted tiles.
    void ask_band() {
        band_begin_ = band_end_;
        while (band_begin_ < tiles_->rows() && !tiles_->is_repainted(band_begin_)) ++band_begin_;
        if (band_begin_ == tiles_->rows()) {
            picture_.reset();
            return conclude(tiles_->changed());
        }
        band_end_ = band_begin_ + 1;
        while (band_end_ < std::min(band_begin_ + band_rows_, tiles_->rows()) && tiles_->is_repainted(band_end_)) {
            ++band_end_;
        }
        const int top = band_begin_ * Tiles::side;
        const int height = std::min(band_end_ * Tiles::side, tiles_->height()) - top;
        asked_band_ = picture_->copy(root(), top, tiles_->width(), height);
    }

    bool take_band() {
        if (!asked_band_) return false;
        bool arrived = false;
        const auto reply = x11::poll<xcb_shm_get_image_reply_t>(xcb(), asked_band_->sequence, &arrived);
        if (!arrived) return false;
        asked_band_.reset();
        if (!reply) {
            do_without_pixels();
            return true;
        }
        const std::uint32_t* pixels = picture_->pixels();
        for (int row = band_begin_; row < band_end_; ++row) {
            tiles_->read(row, pixels);
            pixels += static_cast<std::ptrdiff_t>(tiles_->width()) * Tiles::side;
        }
        picture_->wipe();
        ask_band();
        return true;
    }

    void do_without_pixels() {
        picture_.reset();
        sees_pixels_ = false;
        conclude(tiles_->repainted());
    }

    void conclude(double changed) {
        running(sees_pixels_
                    ? ""
                    : "doze shares no memory with this X server, so what is drawn again counts as changed, even "
                      "if it looks the same.");
        if (!std::exchange(is_first_, false) && changed >= options_.diff_threshold) {
            tell({.kind = core::ActivityKind::screen, .at = clock_.now().boot});
        }
    }

    /// Cancels the look in progress.
    void forget() {
        if (asked_region_) xcb_discard_reply(xcb(), std::exchange(asked_region_, std::nullopt)->sequence);
        if (asked_band_) xcb_discard_reply(xcb(), std::exchange(asked_band_, std::nullopt)->sequence);
        picture_.reset();
    }

    void disconnected() override {
        collecting_.cancel();
        forget();
        due_ = false;
    }

    const ports::Clock& clock_;
    const X11ScreenOptions options_;
    boost::asio::steady_timer collecting_;
    int damage_event_ = 0;
    xcb_damage_damage_t damage_ = 0;
    xcb_xfixes_region_t region_ = 0;
    int colour_bits_ = 0;
    bool sees_pixels_ = false;
    std::optional<Tiles> tiles_;  ///< For the screen's current size.
    bool is_first_ = true;        ///< No look at this screen yet, so nothing counts as changed.
    bool due_ = false;            ///< A look is due.

    // The look in progress.
    std::optional<xcb_xfixes_fetch_region_cookie_t> asked_region_;
    std::optional<xcb_shm_get_image_cookie_t> asked_band_;
    std::unique_ptr<Picture> picture_;
    int band_rows_ = 0;  ///< Rows of tiles that fit into the picture.
    int band_begin_ = 0;
    int band_end_ = 0;
};

X11Screen::X11Screen(boost::asio::io_context& io, const ports::Clock& clock, X11ScreenOptions options)
    : SourceHandle(std::make_shared<Watcher>(io, clock, std::move(options))) {}

}  // namespace doze::activity
