#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>
#include <xcb/shm.h>

namespace doze::activity::x11 {

/// Memory shared with the X server for a copy of a part of the screen (MIT-SHM). Nothing of it remains: it is wiped
/// after each use, excluded from core dumps and freed with this object. Must be destroyed before its connection.
class Picture {
   public:
    /// nullptr if no memory is available. The server may still refuse it: then copying fails. Does not wait.
    [[nodiscard]] static std::unique_ptr<Picture> make(xcb_connection_t* connection, std::size_t bytes);
    ~Picture();
    Picture(const Picture&) = delete;
    Picture& operator=(const Picture&) = delete;

    /// Asks the server to copy rows of a window into pixels(), `width` pixels wide. One at a time.
    [[nodiscard]] xcb_shm_get_image_cookie_t copy(xcb_window_t window, int top, int width, int height);

    [[nodiscard]] const std::uint32_t* pixels() const { return static_cast<const std::uint32_t*>(memory_); }

    /// Overwrites the copied pixels.
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

/// Measures how much of a screen really changed without keeping a pixel: of each tile of 64x64 pixels it remembers a
/// 64-bit hash. Only the new picture must be read to compare, half as much as for comparing two pictures, and a 4K
/// screen takes 32 KiB of memory instead of 32 MiB.
///
/// The hash is NH (Black et al., "UMAC: Fast and Secure Message Authentication", CRYPTO '99): two different tiles have
/// the same hash with a probability of 2^-32. The key is random and belongs to this object alone, so a hash can't be
/// compared with one of another run, nor looked up.
///
/// A repainted area need not differ (a program drew the same again), and a tile that differs from the last look need
/// not have changed just now (small repaints are not looked at). So a pixel counts as changed if it was repainted since
/// begin() and its tile differs.
class Tiles {
   public:
    static constexpr int side = 64;

    /// A screen of at least 64x64 pixels of 32 bits, of which the lowest `colour_bits` are visible.
    Tiles(int width, int height, int colour_bits);

    [[nodiscard]] int width() const { return width_; }
    [[nodiscard]] int height() const { return height_; }

    /// Rows of tiles. The last row may be lower than the others.
    [[nodiscard]] int rows() const { return rows_; }

    /// Starts a new look: nothing is repainted yet.
    void begin();

    /// Marks a part as repainted. Parts must not overlap, but may lie outside the screen.
    void repaint(Rectangle part);

    /// The share of the screen marked as repainted, 0 to 1.
    [[nodiscard]] double repainted() const;

    /// Whether reading this row could show a change.
    [[nodiscard]] bool is_repainted(int row) const;

    /// Compares a row of tiles with the last reading and remembers it. `pixels`: all pixels of the row, from left to
    /// right and top to bottom.
    void read(int row, const std::uint32_t* pixels);

    /// The share of the screen that changed, 0 to 1. Tiles read for the first time have not changed.
    [[nodiscard]] double changed() const;

   private:
    int width_;
    int height_;
    int columns_;
    int rows_;
    std::uint32_t mask_;
    std::vector<std::uint32_t> key_;  ///< One number per pixel of a tile.
    std::vector<std::uint64_t> sums_;
    std::vector<std::optional<std::uint64_t>> known_;
    std::vector<int> repainted_;  ///< Pixels per tile.
    std::int64_t changed_ = 0;    ///< Pixels.
};

}  // namespace doze::activity::x11
