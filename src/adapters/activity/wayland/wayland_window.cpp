#include "adapters/activity/wayland/wayland_window.hpp"

#include <boost/asio/post.hpp>
#include <optional>
#include <string>
#include <utility>

#include "adapters/activity/wayland/window_changes.hpp"
#include "base/retry.hpp"

namespace doze::activity {

using core::SourceState;
using wayland::PlasmaWindows;
using wayland::SwayWindows;

/// The implementation. Handlers hold it weakly, so the source may be destroyed while they are pending.
class WaylandWindow::Watcher final : public SingleSource {
   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, WaylandWindowOptions options)
        : SingleSource(io, {.name = "wayland-window", .kind = core::ActivityKind::window}),
          clock_(clock),
          options_(std::move(options)),
          changes_(options_.pause),
          retry_(io) {}

   private:
    void let_go() override {
        retry_.cancel();
        if (sway_) sway_->close();
        if (plasma_) plasma_->close();
    }

    void begin() override {
        if (!options_.enabled) return tell_disabled();
        const WaylandEnvironment& environment = options_.environment;
        if (environment.runtime_dir.empty() && environment.sway_socket.empty() &&
            !environment.display.starts_with('/')) {
            return tell_unavailable(
                "No Wayland session: XDG_RUNTIME_DIR is not set. Start doze from within the graphical "
                "session.");
        }
        connect();
    }

    void connect() {
        if (auto sway = wayland::connect_to_first(wayland::sway_sockets(options_.environment), "sway")) {
            auto opened = SwayWindows::open(io_, std::move(*sway), weak_from_this(), news());
            if (!opened) return fail(opened.error());
            sway_ = std::move(*opened);
            return;
        }
        auto compositor =
            wayland::connect_to_first(wayland::compositor_sockets(options_.environment), "Wayland compositor");
        if (!compositor) return fail(compositor.error());
        if (!options_.environment.debug.empty()) {
            return tell_unavailable(
                "WAYLAND_DEBUG is set, and would write the titles of windows to doze's output. Start doze "
                "without it.");
        }
        auto opened = PlasmaWindows::open(io_, std::move(*compositor), weak_from_this(), news());
        if (!opened) return fail(opened.error());
        plasma_ = std::move(*opened);
    }

    [[nodiscard]] wayland::WindowNews news() {
        return {.running =
                    [this] {
                        running_ = true;
                        went_away_ = false;
                        retry_.succeeded();
                        tell_running();
                    },
                .unavailable = [this](const std::string& why) { tell_unavailable(why); },
                .active = [this](std::uint64_t window) { activated(window); },
                .lost = [this](const Error& why) { fail(why); }};
    }

    void activated(std::uint64_t window) {
        if (!running_) return changes_.found(window);
        const core::TimePoint now = clock_.now().boot;
        if (changes_.activated(window, now)) tell({.kind = core::ActivityKind::window, .at = now});
    }

    /// Reports why no window changes can be seen, and looks again later.
    void fail(const Error& why) {
        // "Went away" is the better explanation than "not found".
        went_away_ = (went_away_ && why.code == ErrorCode::not_found) || std::exchange(running_, false);
        leave();
        if (why.code != ErrorCode::not_found) {
            tell_unavailable(why);
        } else if (!went_away_) {
            tell_unavailable(wayland::no_session(options_.environment));
        }
        if (is_stopped()) return;
        retry_.later(guarded([this] { connect(); }));
    }

    /// Destroys them later, because one of them may be the caller.
    void leave() {
        if (sway_) std::exchange(sway_, nullptr)->close();
        if (!plasma_) return;
        plasma_->close();
        boost::asio::post(io_, [gone = std::shared_ptr<PlasmaWindows>(std::move(plasma_))] {});
    }

    const ports::Clock& clock_;
    const WaylandWindowOptions options_;
    wayland::WindowChanges changes_;
    Retry retry_;
    std::shared_ptr<SwayWindows> sway_;
    std::unique_ptr<PlasmaWindows> plasma_;
    bool running_ = false;
    bool went_away_ = false;  ///< The last report said that the desktop was there and is lost.
};

WaylandWindow::WaylandWindow(boost::asio::io_context& io, const ports::Clock& clock, WaylandWindowOptions options)
    : SourceHandle(std::make_shared<Watcher>(io, clock, std::move(options))) {}

}  // namespace doze::activity
