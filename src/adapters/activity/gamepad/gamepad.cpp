#include "adapters/activity/gamepad/gamepad.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <linux/input-event-codes.h>
#include <linux/input.h>
#include <map>
#include <optional>
#include <string>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/handle.hpp"
#include "base/inotify.hpp"
#include "base/retry.hpp"

namespace doze::activity {

namespace {

namespace fs = std::filesystem;
using boost::asio::posix::stream_descriptor;
using core::ActivityKind;
using core::SourceState;

/// The person at the seat gets access to a new device a moment later; one scan after that is enough.
constexpr std::chrono::milliseconds gamepad_settling{200};

/// Reads and discards all pending events. False once the device is gone.
bool discard(int fd) {
    std::array<char, 4096> unseen{};
    ssize_t count = 0;
    do count = ::read(fd, unseen.data(), unseen.size());
    while (count > 0);
    const bool empty = count < 0 && (errno == EAGAIN || errno == EINTR);
    ::explicit_bzero(unseen.data(), unseen.size());
    return empty;
}

}  // namespace

bool gamepad::deliver_only_buttons(int fd) {
    // The mask of type 0 selects the types of events that are delivered.
    constexpr std::uint64_t types = 1U << EV_KEY;
    const input_mask mask{.type = 0, .codes_size = sizeof types, .codes_ptr = reinterpret_cast<std::uintptr_t>(&types)};
    return ::ioctl(fd, EVIOCSMASK, &mask) == 0;
}

/// Kept alive by its handlers; the source may be destroyed while they run.
class Gamepad::Watcher final : public SingleSource {
    struct Device {
        Device(boost::asio::io_context& io, UniqueFd fd) : resting(std::move(fd)), descriptor(io), rest(io) {}

        /// The open device is in one of these two: a descriptor registered with Asio would wake the loop even with no
        /// read pending.
        UniqueFd resting;
        stream_descriptor descriptor;
        boost::asio::steady_timer rest;
    };

   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, GamepadOptions options)
        : SingleSource(io, {.name = "gamepad", .kind = ActivityKind::input, .partial = true}),
          clock_(clock),
          options_(std::move(options)),
          inotify_(io.get_executor()),
          retry_(io),
          next_look_(io) {}

   private:
    void let_go() override {
        retry_.cancel();
        next_look_.cancel();
        devices_.clear();
        inotify_.close();
    }

    void begin() override {
        constexpr std::uint32_t comings = IN_CREATE | IN_DELETE | IN_ATTRIB | IN_ONLYDIR;
        if (!inotify_.open() || inotify_.watch(options_.devices, comings) < 0) {
            // A machine without input devices has no such folder.
            inotify_.close();
            return retry_.later(guarded([this] { begin(); }));
        }
        retry_.succeeded();
        wait_for_devices();
        look();
    }

    void wait_for_devices() {
        inotify_.wait(guarded([this] {
            inotify_.read([](const Inotify::Event&) {});
            look_soon();
            wait_for_devices();
        }));
    }

    void look_soon() {
        next_look_.expires_after(gamepad_settling);
        next_look_.async_wait(guarded([this] { look(); }));
    }

    void look() {
        std::error_code ignored;
        std::erase_if(devices_,
                      [&](const auto& device) { return !fs::exists(options_.devices / device.first, ignored); });
        std::string refused;
        for (const auto& entry : fs::directory_iterator(options_.devices, ignored)) {
            const std::string name = entry.path().filename();
            if (!name.starts_with("event") || devices_.contains(name) || !is_gamepad(name)) continue;
            UniqueFd fd(::open(entry.path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
            if (!fd) {
                refused = fmt::format("{}: {}", entry.path().string(), std::generic_category().message(errno));
            } else if (!options_.deliver_only_buttons(fd.get())) {
                refused = fmt::format("{}: the kernel can't leave its sticks out", entry.path().string());
            } else {
                wait_for_button(devices_.emplace(name, std::make_shared<Device>(io_, std::move(fd))).first->second);
            }
        }
        tell_state(refused);
    }

    [[nodiscard]] bool is_gamepad(const std::string& name) const {
        std::ifstream file(options_.capabilities / name / "device" / "capabilities" / "key");
        return gamepad::has_gamepad_buttons(std::string(std::istreambuf_iterator<char>(file), {}));
    }

    void wait_for_button(const std::shared_ptr<Device>& device) {
        device->descriptor.assign(device->resting.release());
        device->descriptor.async_wait(stream_descriptor::wait_read, guarded([this, known = std::weak_ptr(device)] {
                                          if (const auto ready = known.lock()) on_button(ready);
                                      }));
    }

    void on_button(const std::shared_ptr<Device>& device) {
        device->resting.reset(device->descriptor.release());
        if (!discard(device->resting.get())) return forget(device);
        device->rest.expires_after(options_.interval);
        device->rest.async_wait(guarded([this, known = std::weak_ptr(device)] {
            const auto rested = known.lock();
            if (!rested) return;
            if (!discard(rested->resting.get())) return forget(rested);
            wait_for_button(rested);
        }));
        tell({.kind = ActivityKind::input, .at = clock_.now().boot});
    }

    void forget(const std::shared_ptr<Device>& device) {
        std::erase_if(devices_, [&](const auto& one) { return one.second == device; });
        look_soon();
    }

    void tell_state(const std::string& refused) {
        if (!devices_.empty()) {
            tell_running();
        } else if (!refused.empty()) {
            tell_unavailable(fmt::format("A gamepad is there, but its buttons can't be watched: {}.", refused));
        } else if (has_told_status()) {  // Most machines have no gamepad, so its absence is only reported after one was
                                         // there.
            tell_unavailable("The gamepad was unplugged.");
        }
    }

    const ports::Clock& clock_;
    const GamepadOptions options_;
    Inotify inotify_;
    Retry retry_;
    boost::asio::steady_timer next_look_;
    std::map<std::string, std::shared_ptr<Device>> devices_;
};

Gamepad::Gamepad(boost::asio::io_context& io, const ports::Clock& clock, GamepadOptions options)
    : SourceHandle(std::make_shared<Watcher>(io, clock, std::move(options))) {}

}  // namespace doze::activity

namespace doze::activity::gamepad {

bool has_gamepad_buttons(std::string_view keys) {
    std::vector<unsigned long> words;
    while (!keys.empty()) {
        unsigned long word = 0;
        const auto [end, error] = std::from_chars(keys.data(), keys.data() + keys.size(), word, 16);
        if (error != std::errc()) return false;
        words.push_back(word);
        keys.remove_prefix(static_cast<std::size_t>(end - keys.data()));
        while (!keys.empty() && (keys.front() == ' ' || keys.front() == '\n')) keys.remove_prefix(1);
    }
    constexpr std::size_t width = 8 * sizeof(unsigned long);
    const auto has = [&](std::size_t button) {
        const std::size_t from_end = button / width;
        return from_end < words.size() && (words[words.size() - 1 - from_end] >> (button % width) & 1U) != 0;
    };
    return has(BTN_GAMEPAD) || has(BTN_JOYSTICK);
}

}  // namespace doze::activity::gamepad
