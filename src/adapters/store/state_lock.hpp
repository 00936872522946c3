#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "base/handle.hpp"
#include "base/result.hpp"

namespace doze::store {

/// Makes this process the only daemon of a state folder: an flock on its file doze.lock, with the
/// holder's process id inside. The kernel releases it however the process ends, so a leftover file blocks
/// nobody.
class StateLock {
   public:
    /// The folder must exist. If another process holds the lock, the error names it (Recovery::tell). If the folder
    /// can't be used: Recovery::retry.
    [[nodiscard]] static Result<StateLock> take(const std::filesystem::path& state_dir);

    /// The process that holds the lock now; empty if none does. Does not take the lock, so it blocks nobody.
    [[nodiscard]] static std::optional<int> holder(const std::filesystem::path& state_dir);

    /// Whether the locked file is still the one in this folder.
    [[nodiscard]] bool is_in_place(const std::filesystem::path& state_dir) const;

    StateLock(StateLock&&) noexcept = default;
    StateLock& operator=(StateLock&&) = delete;
    ~StateLock();

   private:
    explicit StateLock(UniqueFd fd) : fd_(std::move(fd)) {}

    UniqueFd fd_;
};

/// The same exclusive right on the journal's file itself: whatever happens to doze.lock, no two daemons write one
/// journal. Locks a byte that SQLite never locks, until destruction; readers are not blocked.
class DatabaseLock {
   public:
    /// Empty if there is no such file. Errors as for StateLock.
    [[nodiscard]] static Result<std::optional<DatabaseLock>> take(const std::filesystem::path& file,
                                                                  const std::filesystem::path& state_dir);

    /// Whether the locked file is still the one of this name.
    [[nodiscard]] bool is_in_place(const std::filesystem::path& file) const;

   private:
    explicit DatabaseLock(UniqueFd fd) : fd_(std::move(fd)) {}

    UniqueFd fd_;
};

}  // namespace doze::store
