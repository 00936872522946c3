#include "app/daemon/notifier.hpp"

#include <array>
#include <ctime>
#include <utility>

#include "adapters/dbus/bus_environment.hpp"
#include "base/paths.hpp"

namespace doze::daemon {
namespace {

std::string time_of_day(core::WallTime time) {
    const auto seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
    std::tm local{};
    ::localtime_r(&seconds, &local);
    std::array<char, 16> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%H:%M", &local)};
}

}  // namespace

Notifier::Notifier(boost::asio::io_context& loop, Driver& driver, std::function<void(const std::string&)> note)
    : loop_(loop), driver_(driver), note_(std::move(note)), timer_(loop, [this] { update(); }) {}

void Notifier::enable(bool enabled) {
    if (enabled == desktop_.has_value()) return;
    notices_.reset();
    desktop_.reset();
    if (!enabled) return timer_.set(std::nullopt);
    const auto language = notices::language_of(process_environment());
    notices_.emplace(language, time_of_day);
    desktop_.emplace(loop_, dbus::BusEnvironment::of_process().session_address, language,
                     notices::Desktop::Callbacks{.pressed = [this](auto button) { press(button); }, .note = note_});
}

void Notifier::update() {
    if (!notices_) return;
    const auto changes = notices_->update(driver_.view(), driver_.now(), driver_.journal_trouble());
    for (const auto subject : changes.close) desktop_->close(subject);
    for (const auto& notice : changes.show) desktop_->show(notice);
    timer_.set(notices_->next_deadline());
}

void Notifier::press(notices::Button button) {
    const auto ignore = [](const Result<core::RequestResult>&) {};
    switch (button) {
        case notices::Button::keep_awake:
            return driver_.request(
                [until = driver_.now().boot + std::chrono::hours(1)](core::RequestId id) {
                    return core::SnoozeRequested{id, until};
                },
                ignore);
        case notices::Button::sleep_now:
            return driver_.request([](core::RequestId id) { return core::LeaveRequested{id}; }, ignore);
    }
}

}  // namespace doze::daemon
