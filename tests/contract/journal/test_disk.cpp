#include "test_disk.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <new>
#include <sqlite3.h>

namespace doze::journal_contract {

namespace {

constexpr std::size_t sector = 512;

void put(std::string& content, std::size_t offset, const std::string& bytes) {
    if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size(), '\0');
    content.replace(offset, bytes.size(), bytes);
}

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The VFS: a table of functions that SQLite calls with a pointer to one of these, followed in memory by
// the real VFS's own.
struct OpenFile {
    sqlite3_file base;
    const char* path;  // SQLite keeps it as long as the file; null for temporary files.
    [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

OpenFile* of(sqlite3_file* file) {
    return reinterpret_cast<OpenFile*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
    return of(file)->real();
}
sqlite3_vfs* real(sqlite3_vfs* vfs) {
    return static_cast<sqlite3_vfs*>(vfs->pAppData);
}

int do_close(sqlite3_file* file) {
    return real(file)->pMethods->xClose(real(file));
}
int do_read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
    return real(file)->pMethods->xRead(real(file), to, size, offset);
}
int do_write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    if (const int failure = TestDisk::get().next_failure(); failure != SQLITE_OK) return failure;
    const int code = real(file)->pMethods->xWrite(real(file), from, size, offset);
    if (code == SQLITE_OK && of(file)->path != nullptr) {
        TestDisk::get().wrote(of(file)->path, static_cast<std::size_t>(offset),
                              {static_cast<const char*>(from), static_cast<std::size_t>(size)});
    }
    return code;
}
int do_truncate(sqlite3_file* file, sqlite3_int64 size) {
    const int code = real(file)->pMethods->xTruncate(real(file), size);
    if (code == SQLITE_OK && of(file)->path != nullptr) {
        TestDisk::get().truncated(of(file)->path, static_cast<std::size_t>(size));
    }
    return code;
}
int do_sync(sqlite3_file* file, int flags) {
    if (const int failure = TestDisk::get().next_failure(); failure != SQLITE_OK) return failure;
    const int code = real(file)->pMethods->xSync(real(file), flags);
    if (code == SQLITE_OK && of(file)->path != nullptr) TestDisk::get().synced(of(file)->path);
    return code;
}
int do_size(sqlite3_file* file, sqlite3_int64* size) {
    return real(file)->pMethods->xFileSize(real(file), size);
}
int do_lock(sqlite3_file* file, int lock) {
    return real(file)->pMethods->xLock(real(file), lock);
}
int do_unlock(sqlite3_file* file, int lock) {
    return real(file)->pMethods->xUnlock(real(file), lock);
}
int do_check_lock(sqlite3_file* file, int* held) {
    return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int do_control(sqlite3_file* file, int what, void* argument) {
    return real(file)->pMethods->xFileControl(real(file), what, argument);
}
int do_sector_size(sqlite3_file* file) {
    return real(file)->pMethods->xSectorSize(real(file));
}
int do_characteristics(sqlite3_file* file) {
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

// Version 1: without shared memory and memory maps, which doze does not use.
constexpr sqlite3_io_methods methods = {
    1,         do_close,      do_read,    do_write,       do_truncate,        do_sync, do_size, do_lock,
    do_unlock, do_check_lock, do_control, do_sector_size, do_characteristics, nullptr, nullptr, nullptr,
    nullptr,   nullptr,       nullptr};

int do_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    const bool watched = TestDisk::get().is_watching() && name != nullptr &&
                         (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    int exists = 0;
    if (watched) real(vfs)->xAccess(real(vfs), name, SQLITE_ACCESS_EXISTS, &exists);
    const int code = real(vfs)->xOpen(real(vfs), name, real(file), flags, out_flags);
    of(file)->path = watched ? name : nullptr;
    file->pMethods = real(file)->pMethods != nullptr ? &methods : nullptr;
    if (code == SQLITE_OK && watched) TestDisk::get().opened(name, exists == 0, content_of(name));
    return code;
}

int do_delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    const int code = real(vfs)->xDelete(real(vfs), name, sync_folder);
    if (code == SQLITE_OK) TestDisk::get().deleted(name, sync_folder != 0);
    return code;
}

void install() {
    static sqlite3_vfs disk = *sqlite3_vfs_find(nullptr);
    disk.pAppData = sqlite3_vfs_find(nullptr);
    disk.zName = "test-disk";
    disk.pNext = nullptr;
    disk.szOsFile = static_cast<int>(sizeof(OpenFile)) + real(&disk)->szOsFile;
    disk.xOpen = do_open;
    disk.xDelete = do_delete;
    sqlite3_vfs_register(&disk, 1);
}

}  // namespace

TestDisk& TestDisk::get() {
    static TestDisk* const disk = [] {
        install();
        static TestDisk only;
        return &only;
    }();
    return *disk;
}

void TestDisk::reset() {
    watching_ = false;
    files_.clear();
    moment_ = nullptr;
    repair();
}

void TestDisk::fail_after(int writes, int code) {
    writes_left_ = writes;
    code_ = code;
    has_failed_ = false;
}

void TestDisk::repair() {
    writes_left_ = -1;
}

int TestDisk::next_failure() {
    if (writes_left_ < 0) return SQLITE_OK;
    if (writes_left_ > 0) {
        --writes_left_;
        return SQLITE_OK;
    }
    has_failed_ = true;
    return code_;
}

void TestDisk::moment() {
    if (!moment_ || in_moment_) return;
    in_moment_ = true;
    moment_();
    in_moment_ = false;
}

void TestDisk::opened(const std::string& path, bool is_new, std::string content) {
    const auto [found, added] = files_.try_emplace(path);
    auto& file = found->second;
    if (!added && !file.is_deleted) return;
    const bool was_deleted = file.is_deleted;
    file.is_deleted = false;
    file.now = std::move(content);
    if (was_deleted) {
        // The old name may come back after a power cut, with the old content.
        file.unsynced.push_back({.write = {.offset = 0, .bytes = {}}, .truncates = true});
        return;
    }
    file.synced = file.now;
    file.is_named = !is_new;
}

void TestDisk::wrote(const std::string& path, std::size_t offset, std::string bytes) {
    auto& file = files_.at(path);
    put(file.now, offset, bytes);
    file.unsynced.push_back({.write = {.offset = offset, .bytes = std::move(bytes)}});
    moment();
}

void TestDisk::truncated(const std::string& path, std::size_t size) {
    auto& file = files_.at(path);
    file.now.resize(std::min(size, file.now.size()));
    file.unsynced.push_back({.write = {.offset = size, .bytes = {}}, .truncates = true});
    moment();
}

void TestDisk::synced(const std::string& path) {
    auto& file = files_.at(path);
    file.synced = file.now;
    file.unsynced.clear();
    file.is_named = true;
    moment();
}

void TestDisk::deleted(const std::string& path, bool durably) {
    const auto found = files_.find(path);
    if (found == files_.end()) return;
    if (durably || !found->second.is_named) {
        files_.erase(found);
    } else {
        found->second.is_deleted = true;
    }
    moment();
}

TestDisk::Image TestDisk::image(Unsynced unsynced, fakes::Dice& dice) const {
    Image left;
    const auto survives = [&] {
        return unsynced == Unsynced::all || (unsynced == Unsynced::some && dice.roll(2) == 0);
    };
    for (const auto& [path, file] : files_) {
        if (file.is_deleted && survives()) continue;
        if (!file.is_named && !survives()) continue;
        auto content = file.synced;
        for (const auto& [write, truncates] : file.unsynced) {
            if (truncates) {
                if (survives()) content.resize(std::min(write.offset, content.size()));
                continue;
            }
            // Pieces end where sectors do, and each makes it or not by itself.
            for (std::size_t done = 0; done < write.bytes.size();) {
                const auto size = std::min(write.bytes.size() - done, sector - (write.offset + done) % sector);
                if (survives()) put(content, write.offset + done, write.bytes.substr(done, size));
                done += size;
            }
        }
        left[path] = std::move(content);
    }
    return left;
}

}  // namespace doze::journal_contract
