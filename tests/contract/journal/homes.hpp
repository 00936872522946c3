#pragma once

#include <memory>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "adapters/store/lasting_journal.hpp"
#include "adapters/store/sqlite_journal.hpp"
#include "fakes/memory_journal.hpp"
#include "fakes/temp_dir.hpp"
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

/// On the test's disk; each kind of journal there has a way of its own to be opened.
template <class OnDisk>
class DiskHome {
   public:
    DiskHome() {
        TestDisk::get().reset();
        reopen();
    }
    ~DiskHome() { TestDisk::get().reset(); }
    DiskHome(const DiskHome&) = delete;
    DiskHome& operator=(const DiskHome&) = delete;

    ports::Journal& journal() { return *journal_; }
    void reopen() {
        journal_.reset();
        auto opened = open();
        if (!opened) throw std::runtime_error(opened.error().text());
        journal_ = std::move(*opened);
    }
    void fill_disk() { TestDisk::get().fail_after(0, SQLITE_FULL); }
    void make_room() { TestDisk::get().repair(); }

   private:
    auto open() {
        if constexpr (std::is_same_v<OnDisk, store::SqliteJournal>)
            return OnDisk::open(folder_.path() / "doze.db");
        else
            return OnDisk::open(
                folder_.path(), [](core::Level, const std::string&) {}, std::chrono::milliseconds(0));
    }

    fakes::TempDir folder_;
    std::unique_ptr<OnDisk> journal_;
};

using SqliteHome = DiskHome<store::SqliteJournal>;
using LastingHome = DiskHome<store::LastingJournal>;

}  // namespace doze::journal_contract
