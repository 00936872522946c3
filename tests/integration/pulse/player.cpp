#include "player.hpp"

#include <cmath>
#include <numbers>
#include <pulse/context.h>
#include <pulse/introspect.h>
#include <stdexcept>
#include <vector>

namespace doze::testing {

namespace {

constexpr std::uint32_t rate = 16'000;

class Lock {
   public:
    explicit Lock(pa_threaded_mainloop* loop) : loop_(loop) { pa_threaded_mainloop_lock(loop_); }
    ~Lock() { pa_threaded_mainloop_unlock(loop_); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

   private:
    pa_threaded_mainloop* loop_;
};

}  // namespace

Player::Player(const std::string& server, double amplitude, const std::string& output)
    : amplitude_(amplitude), loop_(pa_threaded_mainloop_new()) {
    pa_threaded_mainloop* const loop = loop_.get();
    pa_threaded_mainloop_start(loop);
    const Lock lock(loop);
    context_.reset(pa_context_new(pa_threaded_mainloop_get_api(loop), "player"));
    pa_context_set_state_callback(
        context_.get(),
        [](pa_context*, void* waiting) { pa_threaded_mainloop_signal(static_cast<pa_threaded_mainloop*>(waiting), 0); },
        loop);
    pa_context_connect(context_.get(), server.c_str(), PA_CONTEXT_NOAUTOSPAWN, nullptr);
    while (pa_context_get_state(context_.get()) != PA_CONTEXT_READY) {
        if (!PA_CONTEXT_IS_GOOD(pa_context_get_state(context_.get()))) throw std::runtime_error("no sound server");
        pa_threaded_mainloop_wait(loop);
    }
    const pa_sample_spec samples{.format = PA_SAMPLE_FLOAT32NE, .rate = rate, .channels = 1};
    stream_.reset(pa_stream_new(context_.get(), "A Song Title", &samples, nullptr));
    pa_stream_set_state_callback(
        stream_.get(),
        [](pa_stream*, void* waiting) { pa_threaded_mainloop_signal(static_cast<pa_threaded_mainloop*>(waiting), 0); },
        loop);
    pa_stream_set_write_callback(
        stream_.get(), [](pa_stream*, std::size_t size, void* self) { static_cast<Player*>(self)->write(size); }, this);
    constexpr auto unused = static_cast<std::uint32_t>(-1);
    const pa_buffer_attr fifth_of_a_second{.maxlength = unused,
                                           .tlength = rate / 5 * sizeof(float),
                                           .prebuf = unused,
                                           .minreq = unused,
                                           .fragsize = unused};
    pa_stream_connect_playback(stream_.get(), output.c_str(), &fifth_of_a_second, PA_STREAM_ADJUST_LATENCY, nullptr,
                               nullptr);
    while (pa_stream_get_state(stream_.get()) != PA_STREAM_READY) {
        if (!PA_STREAM_IS_GOOD(pa_stream_get_state(stream_.get()))) throw std::runtime_error("no sound");
        pa_threaded_mainloop_wait(loop);
    }
}

Player::~Player() {
    {
        const Lock lock(loop_.get());
        pa_context_set_state_callback(context_.get(), nullptr, nullptr);
        pa_stream_set_state_callback(stream_.get(), nullptr, nullptr);
        pa_stream_set_write_callback(stream_.get(), nullptr, nullptr);
        pa_context_disconnect(context_.get());
        stream_.reset();
        context_.reset();
    }
    pa_threaded_mainloop_stop(loop_.get());
}

void Player::write(std::size_t size) {
    std::vector<float> samples(size / sizeof(float));
    for (float& one : samples) {
        const double angle = 2 * std::numbers::pi * 440 * static_cast<double>(written_++) / rate;
        one = static_cast<float>(amplitude_ * std::sin(angle));
    }
    pa_stream_write(stream_.get(), samples.data(), samples.size() * sizeof(float), nullptr, 0, PA_SEEK_RELATIVE);
}

void Player::wait_for(pa_operation* operation) {
    if (operation == nullptr) throw std::runtime_error("the sound server is gone");
    pa_operation_set_state_callback(
        operation,
        [](pa_operation*, void* waiting) {
            pa_threaded_mainloop_signal(static_cast<pa_threaded_mainloop*>(waiting), 0);
        },
        loop_.get());
    while (pa_operation_get_state(operation) == PA_OPERATION_RUNNING) pa_threaded_mainloop_wait(loop_.get());
    pa_operation_unref(operation);
}

void Player::cork(bool corked) {
    const Lock lock(loop_.get());
    wait_for(pa_stream_cork(stream_.get(), corked ? 1 : 0, nullptr, nullptr));
}

void Player::mute(bool muted) {
    const Lock lock(loop_.get());
    wait_for(pa_context_set_sink_input_mute(context_.get(), pa_stream_get_index(stream_.get()), muted ? 1 : 0, nullptr,
                                            nullptr));
}

}  // namespace doze::testing
