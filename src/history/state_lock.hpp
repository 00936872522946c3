#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "base/handle.hpp"
#include "base/result.hpp"

namespace doze::history {

/// The right to be the one daemon of a state folder: an flock on its file doze.lock, with the holder's
/// process number inside. The kernel lets go of it however the process ends, so a file that was left
/// behind holds nobody up.
class StateLock {
   public:
    /// The folder must exist. While another process holds the lock: an error that says which one
    /// (Recovery::tell). Where the folder can't be used: Recovery::retry.
    [[nodiscard]] static Result<StateLock> take(const std::filesystem::path& state_dir);

    /// The process that holds the lock now; none where nobody does. Takes nothing, so it stands in nobody's way.
    [[nodiscard]] static std::optional<int> holder(const std::filesystem::path& state_dir);

    StateLock(StateLock&&) noexcept = default;
    StateLock& operator=(StateLock&&) = delete;
    ~StateLock();

   private:
    explicit StateLock(UniqueFd fd) : fd_(std::move(fd)) {}

    UniqueFd fd_;
};

}  // namespace doze::history
