#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/handle.hpp"
#include "base/result.hpp"

namespace doze::daemon {

/// The newest file of the log, appended to, and begun anew when it is full. Whoever moves or removes it, or its folder
/// (logrotate, a cleaner), finds the next line in a new file of the same name; who empties it, at its beginning.
class LogFile {
   public:
    /// Begins with a new file once one has `rotate_at` bytes; so many older ones are kept.
    LogFile(std::filesystem::path state_dir, std::size_t rotate_at, int older);

    /// Whether the file can be written to, and why not.
    [[nodiscard]] Result<void> open();

    /// `line` has its line end. What can't be written is lost.
    void write(std::string_view line);

   private:
    /// Somebody took the file away from under its name.
    [[nodiscard]] bool is_moved() const;
    void rotate();

    std::filesystem::path state_dir_;
    std::filesystem::path path_;
    std::size_t rotate_at_;
    int older_;
    UniqueFd fd_;
};

}  // namespace doze::daemon
