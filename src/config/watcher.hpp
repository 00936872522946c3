#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "core/model/time.hpp"

namespace doze::config {

struct WatcherPauses {
    /// Edits that follow each other within this time are reported once.
    core::Duration quiet = std::chrono::milliseconds(100);
    /// Between two checks for changes that inotify does not report: files on network file systems.
    core::Duration look = std::chrono::minutes(1);
    /// The same if inotify is not available at all.
    core::Duration deaf_look = std::chrono::seconds(2);
};

/// Reports when the content of settings.json or services.yaml may have changed: edited in place (by whatever path),
/// replaced by a rename, created, deleted, or changed behind a symlink. Sleeps in inotify until then; if the system
/// refuses an inotify instance, it polls every few seconds and retries. Runs on the loop; destroying it ends the watch,
/// and no callback follows.
class Watcher {
   public:
    /// Open it before reading the files, so that no edit is missed. `dir` is absolute.
    [[nodiscard]] static Watcher open(const boost::asio::any_io_executor& executor, std::filesystem::path dir,
                                      std::function<void()> changed, WatcherPauses pauses = {});

    /// Why edits are not reported at once, and what to do; empty if they are.
    [[nodiscard]] std::optional<Error> trouble() const;

   private:
    class Watch;
    explicit Watcher(std::shared_ptr<Watch> watch) : watch_(std::move(watch)) {}

    std::shared_ptr<Watch> watch_;
};

}  // namespace doze::config
