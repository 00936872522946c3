#include "config/watcher.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/inotify.hpp"
#include "config/store.hpp"

namespace doze::config {
namespace {

namespace fs = std::filesystem;
using boost::system::error_code;

constexpr std::uint32_t whole_changes =
    IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/// For the files themselves: a bind-mounted file is edited by another path.
constexpr std::uint32_t file_changes = IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF;

/// A file that changed this recently may not be complete.
constexpr auto still_written = std::chrono::seconds(1);

/// Edits without a pause are reported after this many quiet times at the latest.
constexpr int longest_stream = 10;

bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

/// Two states of a file with equal stamps have the same content.
struct Stamp {
    bool is_there = false;
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    std::chrono::system_clock::time_point changed;

    bool operator==(const Stamp&) const = default;
};

Stamp stamp_of(const fs::path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return {};
    const auto changed = std::chrono::seconds(info.st_mtim.tv_sec) + std::chrono::nanoseconds(info.st_mtim.tv_nsec);
    return {.is_there = true,
            .device = info.st_dev,
            .inode = info.st_ino,
            .size = info.st_size,
            .changed = std::chrono::system_clock::time_point(
                std::chrono::duration_cast<std::chrono::system_clock::duration>(changed))};
}

bool is_link(const fs::path& path) {
    std::error_code error;
    return fs::is_symlink(path, error);
}

}  // namespace

/// Outlives its Watcher only while a handler runs; handlers hold it weakly.
class Watcher::Watch : public std::enable_shared_from_this<Watch> {
   public:
    Watch(const boost::asio::any_io_executor& executor, fs::path dir, std::function<void()> changed,
          WatcherPauses pauses)
        : inotify_(executor),
          timer_(executor),
          look_(executor),
          dir_(std::move(dir)),
          changed_(std::move(changed)),
          pauses_(pauses) {}

    void start() {
        stamps_ = stamps();
        hear();
        look_later();
    }

    [[nodiscard]] bool hears() const { return inotify_.is_open(); }
    [[nodiscard]] int why_deaf() const { return why_deaf_; }

   private:
    /// Relevant names in a watched folder; empty optional: all.
    using Names = std::optional<std::set<std::string>>;

    /// Starts inotify, if the system allows.
    void hear() {
        why_deaf_ = inotify_.open() ? 0 : errno;
        if (!inotify_.is_open()) return;
        place_watches();
        if (!names_.empty()) return wait();
        why_deaf_ = ENOSPC;
        inotify_.close();
    }

    void look_later() {
        const bool is_settled = hears() && stamps() == stamps_;
        look_.expires_after(is_settled ? pauses_.look : pauses_.deaf_look);
        look_.async_wait([weak = weak_from_this()](error_code error) {
            const auto self = weak.lock();
            if (!self || error) return;
            self->look();
            self->look_later();
        });
    }

    /// Checks for changes that inotify does not report (it is not available, or the file is on a network file system).
    void look() {
        if (!hears()) hear();
        const auto found = stamps();
        const auto now = std::chrono::system_clock::now();
        const bool rests = std::ranges::none_of(found, [&](const Stamp& one) {
            return one.is_there && one.changed <= now && now - one.changed < still_written;
        });
        if (found != stamps_ && rests && !first_) postpone();
    }

    [[nodiscard]] std::array<Stamp, 2> stamps() const {
        return {stamp_of(dir_ / settings_name), stamp_of(dir_ / services_name)};
    }

    void wait() {
        inotify_.wait([weak = weak_from_this()](error_code error) {
            const auto self = weak.lock();
            if (!self || error) return;
            self->read();
            self->wait();
        });
    }

    void read() {
        bool matters = false;
        inotify_.read([&](const Inotify::Event& event) { matters = concerns(event) || matters; });
        if (matters) postpone();
    }

    /// Whether an event may mean new content.
    bool concerns(const Inotify::Event& event) const {
        const std::string name(event.name);
        if ((event.mask & (IN_Q_OVERFLOW | IN_UNMOUNT | IN_DELETE_SELF | IN_MOVE_SELF)) != 0) return true;
        const auto watched = names_.find(event.watch);
        if (watched == names_.end()) return false;
        const auto& [folder, names] = watched->second;
        if (names && !names->contains(name)) return false;
        // A newly created regular file is incomplete until it is closed.
        if ((event.mask & IN_CREATE) != 0 && (event.mask & IN_ISDIR) == 0) {
            struct stat info {};
            return ::lstat((folder / name).c_str(), &info) == 0 && (!S_ISREG(info.st_mode) || info.st_nlink > 1);
        }
        return true;
    }

    void postpone() {
        const auto now = std::chrono::steady_clock::now();
        if (!first_) first_ = now;
        timer_.expires_at(std::min(now + pauses_.quiet, *first_ + pauses_.quiet * longest_stream));
        timer_.async_wait([weak = weak_from_this()](error_code error) {
            const auto self = weak.lock();
            if (!self || error) return;
            self->first_.reset();
            if (self->hears()) self->place_watches();
            self->stamps_ = self->stamps();
            self->changed_();
        });
    }

    /// Watches the folder, the folders along symlinks, and, if the folder is missing, its nearest existing parent, to
    /// see it return.
    void place_watches() {
        bool there = is_there(dir_);
        while (true) {
            place_watches(there);
            // The folder may return just before its parent is watched.
            if (there || !is_there(dir_)) return;
            there = true;
        }
    }

    void place_watches(bool there) {
        std::map<fs::path, Names> wanted;
        if (there) {
            wanted[dir_] = std::set<std::string>{};
            for (const auto name : {settings_name, services_name}) follow(dir_ / name, wanted);
        } else {
            auto above = dir_.parent_path();
            while (!is_there(above) && above.has_relative_path()) above = above.parent_path();
            wanted[above] = std::nullopt;
        }
        std::map<int, std::pair<fs::path, Names>> placed;
        for (auto& [folder, names] : wanted) {
            const int watch = inotify_.watch(folder, whole_changes);
            if (watch < 0) continue;
            // Two paths may lead to the same folder.
            auto& entry = placed.try_emplace(watch, folder, std::set<std::string>{}).first->second.second;
            if (!names)
                entry = std::nullopt;
            else if (entry)
                entry->insert(names->begin(), names->end());
        }
        for (const auto name : {settings_name, services_name}) {
            const int watch = inotify_.watch(dir_ / name, file_changes);
            if (watch >= 0 && !placed.contains(watch)) placed.try_emplace(watch, dir_ / name, std::nullopt);
        }
        for (const auto& [watch, unused] : names_)
            if (!placed.contains(watch)) inotify_.unwatch(watch);
        names_ = std::move(placed);
    }

    /// Adds every folder and name along a path, including symlinks among the folders of a link's target (one link may
    /// swap a whole folder).
    static void follow(fs::path path, std::map<fs::path, Names>& wanted) {
        constexpr int longest_chain = 40;  // The kernel's own limit, see path_resolution(7).
        for (int i = 0; i < longest_chain; ++i) {
            auto& names = wanted.try_emplace(path.parent_path(), std::set<std::string>{}).first->second;
            if (names) names->insert(path.filename().string());
            if (!is_link(path)) return;
            std::error_code error;
            const auto target = fs::read_symlink(path, error);
            if (error) return;
            if (target.is_relative()) note_links(path.parent_path(), target.parent_path(), wanted);
            path = (path.parent_path() / target).lexically_normal();
        }
    }

    static void note_links(fs::path at, const fs::path& folders, std::map<fs::path, Names>& wanted) {
        for (const auto& part : folders) {
            if (is_link(at / part)) {
                auto& names = wanted.try_emplace(at, std::set<std::string>{}).first->second;
                if (names) names->insert(part.string());
            }
            at /= part;
        }
    }

    Inotify inotify_;
    boost::asio::steady_timer timer_;  ///< Until an edit is reported.
    boost::asio::steady_timer look_;
    fs::path dir_;
    std::function<void()> changed_;
    WatcherPauses pauses_;
    std::array<Stamp, 2> stamps_;  ///< The files' stamps at the last report.
    int why_deaf_ = 0;             ///< errno if inotify is not available.
    std::map<int, std::pair<fs::path, Names>> names_;
    std::optional<std::chrono::steady_clock::time_point> first_;
};

Watcher Watcher::open(const boost::asio::any_io_executor& executor, fs::path dir, std::function<void()> changed,
                      WatcherPauses pauses) {
    auto watch = std::make_shared<Watch>(executor, std::move(dir), std::move(changed), pauses);
    watch->start();
    return Watcher(std::move(watch));
}

std::optional<Error> Watcher::trouble() const {
    if (watch_->hears()) return std::nullopt;
    const int error = watch_->why_deaf();
    return Error{
        .code = ErrorCode::internal,
        .message = fmt::format("doze looks for edits every few seconds, since the system does not tell of them ({}).",
                               error == ENOSPC ? "no inotify watch is left" : std::generic_category().message(error)),
        .next_step =
            "Raise fs.inotify.max_user_watches and max_user_instances with sysctl; doze tries again by itself."};
}

}  // namespace doze::config
