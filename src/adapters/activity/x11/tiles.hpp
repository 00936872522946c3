#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>
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

/// In pixels of the screen.
struct Rectangle {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
};

/// Finds out how much of a screen really changed, without keeping a pixel: of each tile of 64x64 pixels it remembers
/// one 64-bit number. To compare with it, only the new picture has to be read: half of what comparing two pictures
/// reads, and a 4K screen takes 32 KiB of memory instead of 32 MiB.
///
/// The number is an NH hash (Black et al., "UMAC: Fast and Secure Message Authentication", CRYPTO '99): two tiles that
/// differ have the same one with a probability of 2^-32. The key is random and of this object alone, so a number
/// can't be compared with that of any other run, nor looked up.
///
/// What was repainted is not always different (a program that draws the same again), and what differs from the last
/// look need not be new (small repaints are not looked at). So a pixel counts as changed if it was repainted since
/// begin() and its tile differs.
class Tiles {
   public:
    static constexpr int side = 64;

    /// A screen of at least 64x64 pixels, 32 bits each, of which the lowest `colour_bits` are seen.
    Tiles(int width, int height, int colour_bits);

    [[nodiscard]] int width() const { return width_; }
    [[nodiscard]] int height() const { return height_; }

    /// Tiles from top to bottom. The last row may be less high than the others.
    [[nodiscard]] int rows() const { return rows_; }

    /// A new look: nothing is repainted yet.
    void begin();

    /// A part was repainted. Parts do not overlap, but may lie outside the screen.
    void repaint(Rectangle part);

    /// The share of the screen that was repainted, 0 to 1.
    [[nodiscard]] double repainted() const;

    /// Whether read() of this row could tell of a change.
    [[nodiscard]] bool is_repainted(int row) const;

    /// Compares a row of tiles, and remembers it. `pixels`: all the pixels of the row, from left to right and
    /// top to bottom.
    void read(int row, const std::uint32_t* pixels);

    /// The share of the screen that changed, 0 to 1. What is read for the first time has not changed.
    [[nodiscard]] double changed() const;

   private:
    int width_;
    int height_;
    int columns_;
    int rows_;
    std::uint32_t mask_;
    std::vector<std::uint32_t> key_;  ///< One number for each pixel of a tile.
    std::vector<std::uint64_t> sums_;
    std::vector<std::optional<std::uint64_t>> known_;
    std::vector<int> repainted_;  ///< Pixels, for each tile.
    std::int64_t changed_ = 0;    ///< Pixels.
};

}  // namespace doze::activity::x11
