#include "adapters/activity/pulse/pulse_sound.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <pulse/context.h>
#include <pulse/error.h>
#include <pulse/introspect.h>
#include <pulse/subscribe.h>
#include <utility>
#include <vector>

#include "adapters/activity/pulse/asio_mainloop.hpp"
#include "adapters/activity/pulse/peaks.hpp"
#include "base/handle.hpp"
#include "base/paths.hpp"
#include "base/result.hpp"
#include "base/retry.hpp"

namespace doze::activity {

namespace {

using boost::system::error_code;
using core::ActivityKind;
using core::SourceState;
using pulse::PeakLook;

/// A look without peaks by then is given up: a playing output delivers at least every 2 s.
constexpr std::chrono::seconds longest_look{5};

/// Whether libpulse could find a server by itself (pulse-client.conf(5), PulseAudio's "Locations"). If not, it is not
/// tried: libpulse would create folders in the person's home before failing.
bool may_have_server() {
    const auto environment = process_environment();
    const auto variable = [&](const char* name) { return environment(name).value_or(""); };
    if (!variable("PULSE_SERVER").empty()) return true;
    const auto runtime = variable("PULSE_RUNTIME_PATH"), session = variable("XDG_RUNTIME_DIR"), home = variable("HOME");
    const std::filesystem::path places[] = {
        runtime.empty() ? "" : runtime + "/native",
        session.empty() ? "" : session + "/pulse/native",
        session.empty() && !home.empty() ? home + "/.config/pulse" : "",
        "/run/pulse/native",
    };
    std::error_code ignored;
    return std::ranges::any_of(places, [&](const auto& place) { return std::filesystem::exists(place, ignored); });
}

/// Why there is no connection, and the next step.
Error why_not(int error, bool was_connected) {
    const auto say = [](std::string message, std::string next_step) {
        return Error{.code = ErrorCode::not_found, .message = std::move(message), .next_step = std::move(next_step)};
    };
    if (was_connected) return say("The sound server went away.", "doze tries again by itself.");
    switch (error) {
        case PA_ERR_ACCESS:
        case PA_ERR_AUTHKEY:
            return say("The sound server refuses doze: it wants another cookie.",
                       "Let doze run as the person whose server it is, or set PULSE_COOKIE to the server's cookie "
                       "(usually ~/.config/pulse/cookie).");
        case PA_ERR_CONNECTIONREFUSED:
        case PA_ERR_INVALIDSERVER:
            return say("No sound server: neither PulseAudio nor PipeWire's pipewire-pulse answers.",
                       "Start one, or set PULSE_SERVER to where it is; doze tries again by itself.");
        default:
            return say(fmt::format("The sound server can't be reached: {}.", pa_strerror(error)),
                       "doze tries again by itself.");
    }
}

/// Whether this output plays audibly and can be looked at.
bool is_playing(const pa_sink_info& sink) {
    return sink.state == PA_SINK_RUNNING && sink.mute == 0 && !pa_cvolume_is_muted(&sink.volume) &&
           sink.monitor_source_name != nullptr;
}

}  // namespace

/// Kept alive by its handlers; the source may be destroyed while they run. libpulse's callbacks only post to the loop,
/// so that nothing is destroyed from within them.
class PulseSound::Watcher final : public SingleSource {
   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, PulseSoundOptions options)
        : SingleSource(io, {.name = "pulse", .kind = ActivityKind::audio}),
          clock_(clock),
          options_(std::move(options)),
          mainloop_(io),
          audibility_(static_cast<float>(options_.volume_threshold), options_.interval),
          retry_(io),
          next_look_(io),
          look_end_(io) {}

    ~Watcher() override { disconnect(); }

   private:
    void begin() override { connect(); }

    void let_go() override {
        retry_.cancel();
        disconnect();
    }

    void later(void (Watcher::*what)()) {
        boost::asio::post(io_, guarded([this, what] { (this->*what)(); }));
    }

    void connect() {
        if (options_.server.empty() && !may_have_server()) return fail(PA_ERR_CONNECTIONREFUSED);
        context_.reset(pa_context_new(mainloop_.api(), "doze"));
        if (!context_) return fail(PA_ERR_INTERNAL);
        pa_context_set_state_callback(
            context_.get(), [](pa_context*, void* self) { static_cast<Watcher*>(self)->later(&Watcher::on_state); },
            this);
        pa_context_set_subscribe_callback(
            context_.get(),
            [](pa_context*, pa_subscription_event_type_t, std::uint32_t, void* self) {
                static_cast<Watcher*>(self)->note_change();
            },
            this);
        const char* const server = options_.server.empty() ? nullptr : options_.server.c_str();
        if (pa_context_connect(context_.get(), server, PA_CONTEXT_NOAUTOSPAWN, nullptr) < 0) {
            fail(pa_context_errno(context_.get()));
        }
    }

    void on_state() {
        if (!context_) return;
        const pa_context_state_t state = pa_context_get_state(context_.get());
        if (!PA_CONTEXT_IS_GOOD(state)) return fail(pa_context_errno(context_.get()));
        if (state != PA_CONTEXT_READY || std::exchange(ready_, true)) return;
        run(pa_context_subscribe(context_.get(), PA_SUBSCRIPTION_MASK_SINK, nullptr, nullptr));
        ask();
    }

    /// An output changed. Such events come in bursts.
    void note_change() {
        if (std::exchange(changed_, true)) return;
        later(&Watcher::on_change);
    }

    void on_change() {
        if (!busy()) ask();
    }

    /// Asks which outputs play. Changes after this lead to another query.
    void ask() {
        if (!ready_) return;
        changed_ = false;
        answer_.clear();
        asking_ = run(pa_context_get_sink_info_list(
            context_.get(),
            [](pa_context*, const pa_sink_info* sink, int end, void* data) {
                const auto self = static_cast<Watcher*>(data);
                if (end == 0 && is_playing(*sink)) self->answer_.emplace_back(sink->monitor_source_name);
                if (end != 0) self->later(&Watcher::on_answer);
            },
            this));
    }

    void on_answer() {
        if (!std::exchange(asking_, false)) return;
        retry_.succeeded();
        tell_running();
        if (is_stopped()) return;
        std::ranges::sort(answer_);
        const bool other = answer_ != playing_;
        playing_.swap(answer_);
        if (other || look_wanted_) return look();
        if (changed_) ask();
    }

    void look() {
        look_wanted_ = false;
        next_look_.cancel();
        looking_ = true;
        for (const std::string& monitor : playing_) {
            looks_.push_back(
                std::make_unique<PeakLook>(context_.get(), monitor, [this] { later(&Watcher::judge_if_done); }));
        }
        if (looks_.empty()) return judge();
        look_end_.expires_after(longest_look);
        look_end_.async_wait(guarded([this] { judge(); }));
    }

    void judge_if_done() {
        if (std::ranges::all_of(looks_, [](const auto& one) { return one->is_done(); })) judge();
    }

    void judge() {
        if (!std::exchange(looking_, false)) return;
        look_end_.cancel();
        pulse::SoundLook seen{.playing = !looks_.empty()};
        for (const auto& one : looks_) seen.peak = std::max(seen.peak, one->peak());
        looks_.clear();
        const auto verdict = audibility_.judge(seen, clock_.now().boot);
        if (verdict.next_describe) {
            next_look_.expires_after(*verdict.next_describe);
            next_look_.async_wait(guarded([this] {
                look_wanted_ = true;
                on_change();
            }));
        }
        if (changed_) ask();
        if (verdict.signal) tell(*verdict.signal);
    }

    [[nodiscard]] bool busy() const { return asking_ || looking_; }

    /// Releases a started operation; false if there is none, because the connection is lost.
    static bool run(pa_operation* operation) {
        if (operation == nullptr) return false;
        pa_operation_unref(operation);
        return true;
    }

    /// Disconnects, reports why, and retries later.
    void fail(int error) {
        const Error why = why_not(error, ready_);
        disconnect();
        retry_.later(guarded([this] { connect(); }));
        if (const auto end = audibility_.end()) tell(*end);
        tell_unavailable(why);
    }

    void disconnect() {
        next_look_.cancel();
        look_end_.cancel();
        looks_.clear();
        playing_.clear();
        ready_ = asking_ = looking_ = look_wanted_ = changed_ = false;
        if (!context_) return;
        pa_context_set_state_callback(context_.get(), nullptr, nullptr);
        pa_context_set_subscribe_callback(context_.get(), nullptr, nullptr);
        pa_context_disconnect(context_.get());
        context_.reset();
    }

    const ports::Clock& clock_;
    const PulseSoundOptions options_;
    pulse::AsioMainloop mainloop_;
    pulse::Audibility audibility_;
    Retry retry_;
    boost::asio::steady_timer next_look_;
    boost::asio::steady_timer look_end_;
    Handle<pa_context, pa_context_unref> context_;
    std::vector<std::string> answer_;   ///< Monitors of the outputs that play, while an answer is incomplete.
    std::vector<std::string> playing_;  ///< The last complete answer, sorted.
    std::vector<std::unique_ptr<PeakLook>> looks_;
    bool ready_ = false;
    bool asking_ = false;
    bool looking_ = false;
    bool look_wanted_ = false;
    bool changed_ = false;  ///< Something changed since the last query.
};

PulseSound::PulseSound(boost::asio::io_context& io, const ports::Clock& clock, PulseSoundOptions options)
    : SourceHandle(std::make_shared<Watcher>(io, clock, std::move(options))) {}

}  // namespace doze::activity
