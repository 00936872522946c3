#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <functional>
#include <memory>

#include "base/result.hpp"
#include "core/time.hpp"

namespace doze::config {

/// Tells when settings.json or services.yaml may say something else than before: edited in place, replaced
/// by a rename, created, deleted, or changed behind a symlink. Sleeps in inotify until then. Edits that
/// follow each other within `quiet` are told once. Runs on the loop; destroying it ends the watch, and the
/// callback is not called any more.
class Watcher {
   public:
    /// Open it before the files are read, so that no edit falls in between. `dir` is absolute.
    /// Fails (`internal`) where the system has no watch left to give, with what to do.
    [[nodiscard]] static Result<Watcher> open(const boost::asio::any_io_executor& executor, std::filesystem::path dir,
                                              std::function<void()> changed,
                                              core::Duration quiet = std::chrono::milliseconds(100));

   private:
    class Watch;
    explicit Watcher(std::shared_ptr<Watch> watch) : watch_(std::move(watch)) {}

    std::shared_ptr<Watch> watch_;
};

}  // namespace doze::config
