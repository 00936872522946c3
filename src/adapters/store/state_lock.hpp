#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "base/handle.hpp"
#include "base/result.hpp"

namespace doze::store {

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

    /// Is the file that is locked still that of this folder?
    [[nodiscard]] bool is_in_place(const std::filesystem::path& state_dir) const;

    StateLock(StateLock&&) noexcept = default;
    StateLock& operator=(StateLock&&) = delete;
    ~StateLock();

   private:
    explicit StateLock(UniqueFd fd) : fd_(std::move(fd)) {}

    UniqueFd fd_;
};

/// The same right once more, on the journal's file itself: whatever becomes of doze.lock, no two daemons write one
/// journal. Locks a byte that SQLite never does, for as long as this lives; who only reads is not held up.
class DatabaseLock {
   public:
    /// None where there is no such file. Errors as those of StateLock.
    [[nodiscard]] static Result<std::optional<DatabaseLock>> take(const std::filesystem::path& file,
                                                                  const std::filesystem::path& state_dir);

    /// Is the file that is locked still the one of this name?
    [[nodiscard]] bool is_in_place(const std::filesystem::path& file) const;

   private:
    explicit DatabaseLock(UniqueFd fd) : fd_(std::move(fd)) {}

    UniqueFd fd_;
};

}  // namespace doze::store
