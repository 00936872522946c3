#include "adapters/activity/pulse/asio_mainloop.hpp"

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <memory>
#include <sys/time.h>
#include <unistd.h>

namespace {

using boost::asio::io_context;
using boost::asio::posix::stream_descriptor;
using boost::system::error_code;

/// The common part of the three kinds of events. libpulse owns an event from ..._new to ..._free, which it may call
/// from within the event's own callback: handlers on the loop hold it weakly, and lock it while they call back.
template <class Event, class Callback, class Destroyed>
struct Owned : std::enable_shared_from_this<Event> {
    Owned(pa_mainloop_api* given_api, Callback given_callback, void* given_data)
        : api(given_api), callback(given_callback), data(given_data) {}

    pa_mainloop_api* const api;
    const Callback callback;
    void* const data;
    Destroyed destroyed = nullptr;
    std::shared_ptr<Event> self;  ///< Until libpulse frees it.

    template <class... Args>
    static Event* make(Args... args) {
        const auto event = std::make_shared<Event>(args...);
        event->self = event;
        return event.get();
    }

    static void free(Event* event) {
        const std::shared_ptr<Event> last = std::move(event->self);
        last->stop();
        if (last->destroyed != nullptr) last->destroyed(last->api, last.get(), last->data);
    }

    /// A handler that does nothing once the event is freed.
    template <class Then>
    auto guarded(Then then) {
        return [weak = this->weak_from_this(), then](const error_code& error = {}) {
            const auto event = weak.lock();
            if (event && event->self && !error) then(*event);
        };
    }
};

io_context& loop_of(pa_mainloop_api* api) {
    return *static_cast<io_context*>(api->userdata);
}

}  // namespace

// libpulse leaves the definition of these three types to the main loop.

struct pa_io_event : Owned<pa_io_event, pa_io_event_cb_t, pa_io_event_destroy_cb_t> {
    pa_io_event(pa_mainloop_api* given_api, int given_fd, pa_io_event_cb_t given_callback, void* given_data)
        : Owned(given_api, given_callback, given_data), fd(given_fd), descriptor(loop_of(given_api)) {
        error_code error;
        // libpulse closes its own descriptor. If it can't be watched, it never becomes ready and libpulse gives up on
        // it.
        descriptor.assign(::dup(fd), error);
    }

    void enable(pa_io_event_flags_t wanted) {
        events = wanted;
        wait(PA_IO_EVENT_INPUT, stream_descriptor::wait_read, reading);
        wait(PA_IO_EVENT_OUTPUT, stream_descriptor::wait_write, writing);
    }

    /// Waits for one direction, if libpulse wants it and no wait is pending.
    void wait(pa_io_event_flags_t direction, stream_descriptor::wait_type type, bool& waiting) {
        if ((events & direction) == 0 || waiting || !descriptor.is_open()) return;
        waiting = true;
        descriptor.async_wait(type, guarded([direction, type, &waiting](pa_io_event& event) {
                                  waiting = false;
                                  if ((event.events & direction) == 0) return;
                                  event.callback(event.api, &event, event.fd, direction, event.data);
                                  if (event.self) event.wait(direction, type, waiting);
                              }));
    }

    void stop() {
        error_code ignored;
        descriptor.close(ignored);
    }

    const int fd;
    stream_descriptor descriptor;
    int events = PA_IO_EVENT_NULL;
    bool reading = false;
    bool writing = false;
};

struct pa_time_event : Owned<pa_time_event, pa_time_event_cb_t, pa_time_event_destroy_cb_t> {
    pa_time_event(pa_mainloop_api* given_api, pa_time_event_cb_t given_callback, void* given_data)
        : Owned(given_api, given_callback, given_data), timer(loop_of(given_api)) {}

    /// `due` is wall time; null is never.
    void restart(const timeval* due) {
        timer.cancel();
        if (due == nullptr) return;
        timeval now{};
        ::gettimeofday(&now, nullptr);
        const auto pause =
            std::chrono::seconds(due->tv_sec - now.tv_sec) + std::chrono::microseconds(due->tv_usec - now.tv_usec);
        timer.expires_after(std::max(pause, std::chrono::microseconds(0)));
        timer.async_wait(
            guarded([at = *due](pa_time_event& event) { event.callback(event.api, &event, &at, event.data); }));
    }

    void stop() { timer.cancel(); }

    boost::asio::steady_timer timer;
};

struct pa_defer_event : Owned<pa_defer_event, pa_defer_event_cb_t, pa_defer_event_destroy_cb_t> {
    using Owned::Owned;

    void enable(bool wanted) {
        enabled = wanted;
        if (!enabled || posted) return;
        posted = true;
        boost::asio::post(loop_of(api), guarded([](pa_defer_event& event) {
                              event.posted = false;
                              if (!event.enabled) return;
                              event.callback(event.api, &event, event.data);
                              if (event.self) event.enable(event.enabled);
                          }));
    }

    void stop() { enabled = false; }

    bool enabled = false;
    bool posted = false;
};

namespace doze::activity::pulse {

AsioMainloop::AsioMainloop(io_context& io)
    : api_{.userdata = &io,
           .io_new =
               [](pa_mainloop_api* api, int fd, pa_io_event_flags_t events, pa_io_event_cb_t callback, void* data) {
                   pa_io_event* const event = pa_io_event::make(api, fd, callback, data);
                   event->enable(events);
                   return event;
               },
           .io_enable = [](pa_io_event* event, pa_io_event_flags_t events) { event->enable(events); },
           .io_free = [](pa_io_event* event) { pa_io_event::free(event); },
           .io_set_destroy = [](pa_io_event* event, pa_io_event_destroy_cb_t callback) { event->destroyed = callback; },
           .time_new =
               [](pa_mainloop_api* api, const timeval* due, pa_time_event_cb_t callback, void* data) {
                   pa_time_event* const event = pa_time_event::make(api, callback, data);
                   event->restart(due);
                   return event;
               },
           .time_restart = [](pa_time_event* event, const timeval* due) { event->restart(due); },
           .time_free = [](pa_time_event* event) { pa_time_event::free(event); },
           .time_set_destroy = [](pa_time_event* event,
                                  pa_time_event_destroy_cb_t callback) { event->destroyed = callback; },
           .defer_new =
               [](pa_mainloop_api* api, pa_defer_event_cb_t callback, void* data) {
                   pa_defer_event* const event = pa_defer_event::make(api, callback, data);
                   event->enable(true);
                   return event;
               },
           .defer_enable = [](pa_defer_event* event, int wanted) { event->enable(wanted != 0); },
           .defer_free = [](pa_defer_event* event) { pa_defer_event::free(event); },
           .defer_set_destroy = [](pa_defer_event* event,
                                   pa_defer_event_destroy_cb_t callback) { event->destroyed = callback; },
           // Only a program that runs libpulse's own main loop can be told to quit.
           .quit = [](pa_mainloop_api*, int) {}} {}

}  // namespace doze::activity::pulse
