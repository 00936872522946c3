#include "adapters/activity/pulse/peaks.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <pulse/error.h>
#include <utility>

namespace doze::activity::pulse {

using core::ActivityKind;
using core::ActivitySignal;

Audibility::Verdict Audibility::judge(SoundLook look, core::TimePoint now) {
    if (look.playing && look.peak > threshold_) {
        last_heard_ = now;
        const bool was_quiet = std::exchange(quiet_since_, std::nullopt).has_value();
        if (std::exchange(ongoing_, true)) {
            if (was_quiet) pause_ = interval_;
            return {.signal = std::nullopt, .next_describe = longer()};
        }
        pause_ = interval_;
        return {.signal = ActivitySignal{.kind = ActivityKind::audio, .at = now, .ongoing = true},
                .next_describe = longer()};
    }
    if (ongoing_) {
        if (!quiet_since_) quiet_since_ = now;
        pause_ = interval_;
        if (now - *quiet_since_ < interval_)
            return {.signal = std::nullopt, .next_describe = *quiet_since_ + interval_ - now};
        return {.signal = end(), .next_describe = look.playing ? std::optional(longer()) : std::nullopt};
    }
    if (look.playing) return {.signal = std::nullopt, .next_describe = longer()};
    pause_ = interval_;
    return {};
}

std::optional<ActivitySignal> Audibility::end() {
    pause_ = interval_;
    quiet_since_.reset();
    if (!std::exchange(ongoing_, false)) return std::nullopt;
    return ActivitySignal{.kind = ActivityKind::audio, .at = last_heard_, .ongoing = false};
}

core::Duration Audibility::longer() {
    return std::exchange(pause_, std::min(2 * pause_, longest_pause * interval_));
}

namespace {

/// Peaks per second.
constexpr std::uint32_t rate = 5;

/// Peaks per look. The first may cover a time before the sound began.
constexpr std::size_t wanted = 2;

}  // namespace

PeakLook::PeakLook(pa_context* context, std::string monitor, std::function<void()> done)
    : monitor_(std::move(monitor)), done_(std::move(done)) {
    const pa_sample_spec peaks{.format = PA_SAMPLE_FLOAT32NE, .rate = rate, .channels = 1};
    stream_.reset(pa_stream_new(context, "how loud", &peaks, nullptr));
    if (!stream_) {
        finish();
        return;
    }
    pa_stream_set_state_callback(
        stream_.get(), [](pa_stream*, void* self) { static_cast<PeakLook*>(self)->on_state(); }, this);
    pa_stream_set_read_callback(
        stream_.get(), [](pa_stream*, std::size_t, void* self) { static_cast<PeakLook*>(self)->on_readable(); }, this);

    // Without ADJUST_LATENCY the output keeps its players' latency. DONT_MOVE: fail rather than read another source.
    constexpr auto unused = static_cast<std::uint32_t>(-1);
    const pa_buffer_attr fragments{
        .maxlength = unused, .tlength = unused, .prebuf = unused, .minreq = unused, .fragsize = wanted * sizeof(float)};
    const int flags = PA_STREAM_PEAK_DETECT | PA_STREAM_DONT_MOVE;
    if (pa_stream_connect_record(stream_.get(), monitor_.c_str(), &fragments, static_cast<pa_stream_flags_t>(flags)) <
        0) {
        finish();
    }
}

PeakLook::~PeakLook() {
    if (!stream_) return;
    pa_stream_set_state_callback(stream_.get(), nullptr, nullptr);
    pa_stream_set_read_callback(stream_.get(), nullptr, nullptr);
    pa_stream_disconnect(stream_.get());
}

void PeakLook::on_state() {
    const pa_stream_state_t state = pa_stream_get_state(stream_.get());
    if (state == PA_STREAM_FAILED || state == PA_STREAM_TERMINATED) finish();
    if (state == PA_STREAM_READY && !is_the_monitor()) finish();
}

bool PeakLook::is_the_monitor() const {
    const char* const device = pa_stream_get_device_name(stream_.get());
    return device != nullptr && device == monitor_;
}

void PeakLook::on_readable() {
    while (!is_done() && pa_stream_readable_size(stream_.get()) > 0) {
        const void* data = nullptr;
        std::size_t size = 0;
        if (!is_the_monitor() || pa_stream_peek(stream_.get(), &data, &size) < 0 || size == 0) return finish();
        const std::size_t count = size / sizeof(float);
        for (std::size_t i = 0; data != nullptr && i < count; ++i) {
            float one = 0;
            std::memcpy(&one, static_cast<const char*>(data) + i * sizeof(float), sizeof one);
            peak_ = std::max(peak_, std::abs(one));
        }
        peaks_ += count;
        pa_stream_drop(stream_.get());
        if (peaks_ >= wanted) finish();
    }
}

void PeakLook::finish() {
    if (const auto done = std::exchange(done_, nullptr)) done();
}

}  // namespace doze::activity::pulse
