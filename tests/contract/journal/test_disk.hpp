#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "fakes/dice.hpp"

struct sqlite3_file;

namespace doze::journal_contract {

/// A disk that can be full, and whose power can be cut. It sits under SQLite (as its default VFS, on top
/// of the real one), passes everything on, and keeps book of what of each file is surely on the platter
/// (written and then synced) and what was only written.
///
/// What it takes for granted: a sync makes a file's content and its name durable (SQLite's unix VFS syncs
/// the folder of a new rollback journal with it), a deletion is durable only if it asks for that, and the
/// smallest unit that a power cut can tear is 512 bytes.
class TestDisk {
   public:
    /// What a power cut leaves behind: files by path.
    using Image = std::map<std::string, std::string>;

    /// Which unsynced writes made it to the platter.
    enum class Unsynced { none, all, some };

    /// The one disk of this test program; made SQLite's default on first use.
    static TestDisk& get();

    /// Nothing is watched and nothing fails.
    void reset();

    /// From now on, watches the files that SQLite opens.
    void watch() { watching_ = true; }

    /// Called after each write, truncation, sync or deletion: a moment at which the power may fail. What
    /// SQLite opens during the call is not watched.
    void on_moment(std::function<void()> moment) { moment_ = std::move(moment); }

    /// Now is such a moment too.
    void moment();

    /// What would be left if the power failed now. `dice` chooses for Unsynced::some.
    [[nodiscard]] Image image(Unsynced unsynced, fakes::Dice& dice) const;

    /// After `writes` more, every write or sync fails with this SQLite code until repair().
    void fail_after(int writes, int code);
    void repair();
    /// Did an ordered failure take place since fail_after()?
    [[nodiscard]] bool has_failed() const { return has_failed_; }

    // For the VFS.
    struct File {
        std::string now;        ///< The content as programs see it.
        std::string synced;     ///< The content that a power cut can't take.
        bool is_named = false;  ///< The name is durable.
        bool is_deleted = false;
        struct Write {
            std::size_t offset;
            std::string bytes;
        };
        struct Change {
            Write write;
            bool truncates = false;  ///< To write.offset.
        };
        std::vector<Change> unsynced;
    };
    [[nodiscard]] int next_failure();  ///< SQLITE_OK or the code of the failure.
    void opened(const std::string& path, bool is_new, std::string content);
    void wrote(const std::string& path, std::size_t offset, std::string bytes);
    void truncated(const std::string& path, std::size_t size);
    void synced(const std::string& path);
    void deleted(const std::string& path, bool durably);
    [[nodiscard]] bool is_watching() const { return watching_ && !in_moment_; }

   private:
    TestDisk() = default;
    bool watching_ = false;
    std::map<std::string, File> files_;
    std::function<void()> moment_;
    bool in_moment_ = false;
    int writes_left_ = -1;  ///< -1: nothing is to fail.
    int code_ = 0;
    bool has_failed_ = false;
};

}  // namespace doze::journal_contract
