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
    /// Edits that follow each other within this are told once.
    core::Duration quiet = std::chrono::milliseconds(100);
    /// Between two looks at what the system may not tell of: files of another machine.
    core::Duration look = std::chrono::minutes(1);
    /// The same where it tells nothing at all.
    core::Duration deaf_look = std::chrono::seconds(2);
};

/// Tells when settings.json or services.yaml may say something else than before: edited in place (by whatever path),
/// replaced by a rename, created, deleted, or changed behind a symlink. Sleeps in inotify until then; where the system
/// has none left to give, it looks every few seconds, and tries again. Runs on the loop; destroying it ends the watch,
/// and the callback is not called any more.
class Watcher {
   public:
    /// Open it before the files are read, so that no edit falls in between. `dir` is absolute.
    [[nodiscard]] static Watcher open(const boost::asio::any_io_executor& executor, std::filesystem::path dir,
                                      std::function<void()> changed, WatcherPauses pauses = {});

    /// Why edits are not told at once, and what to do; none if they are.
    [[nodiscard]] std::optional<Error> trouble() const;

   private:
    class Watch;
    explicit Watcher(std::shared_ptr<Watch> watch) : watch_(std::move(watch)) {}

    std::shared_ptr<Watch> watch_;
};

}  // namespace doze::config
