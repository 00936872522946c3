#pragma once

#include <memory>
#include <sqlite3.h>
#include <stdexcept>

#include "fakes/memory_journal.hpp"
#include "fakes/temp_dir.hpp"
#include "history/sqlite_journal.hpp"
#include "test_disk.hpp"

/// Where a journal of each kind lives, for tests that hold for all of them.
namespace doze::journal_contract {

class MemoryHome {
   public:
    ports::Journal& journal() { return journal_; }
    void reopen() {}
    void fill_disk() { journal_.fail_next(1'000'000, fakes::disk_full()); }
    void make_room() { journal_.fail_next(0, {}); }

   private:
    fakes::MemoryJournal journal_;
};

class SqliteHome {
   public:
    SqliteHome() {
        TestDisk::get().reset();
        reopen();
    }
    ~SqliteHome() { TestDisk::get().reset(); }
    SqliteHome(const SqliteHome&) = delete;
    SqliteHome& operator=(const SqliteHome&) = delete;

    ports::Journal& journal() { return *journal_; }
    void reopen() {
        journal_.reset();
        auto opened = history::SqliteJournal::open(folder_.path() / "doze.db");
        if (!opened) throw std::runtime_error(opened.error().text());
        journal_ = std::move(*opened);
    }
    void fill_disk() { TestDisk::get().fail_after(0, SQLITE_FULL); }
    void make_room() { TestDisk::get().repair(); }

   private:
    fakes::TempDir folder_;
    std::unique_ptr<history::SqliteJournal> journal_;
};

}  // namespace doze::journal_contract
