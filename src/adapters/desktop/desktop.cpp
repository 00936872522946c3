#include "adapters/desktop/desktop.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "adapters/dbus/bus.hpp"
#include "base/text.hpp"

namespace doze::notices {

namespace {

constexpr const char* service = "org.freedesktop.Notifications";

dbus::Member member(const char* name) {
    return {service, "/org/freedesktop/Notifications", service, name};
}

/// The buttons' action keys, which the server sends back when one is pressed.
constexpr std::pair<Button, const char*> buttons[] = {{Button::keep_awake, "keep-awake"},
                                                      {Button::sleep_now, "sleep-now"}};

// Values of the specification: urgency, and timeout in milliseconds.
constexpr std::uint8_t normal = 1, critical = 2;
constexpr std::int32_t as_long_as_usual = -1, until_closed = 0;

/// Reason of NotificationClosed: the notice timed out.
constexpr std::uint32_t expired = 1;

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            default: out += c;
        }
    }
    return out;
}

}  // namespace

/// The implementation. Outlives the Desktop while a handler runs.
class Desktop::Talk : public std::enable_shared_from_this<Talk> {
   public:
    Talk(boost::asio::io_context& io, const std::string& session_address, Language language, Callbacks outlets)
        : wording_(language), outlets_(std::move(outlets)), bus_(io, "session bus", session_address) {}

    void start() {
        bus_.start(weak_from_this(), {.connected = [this] { listen(); },
                                      .lost =
                                          [this](const Error& why) {
                                              is_connected_ = false;
                                              forget_server();
                                              note(why);
                                          }});
    }

    void stop() {
        stopped_ = true;
        bus_.stop();
    }

    void show(const Notice& notice) {
        auto& standing = standing_[notice.subject];
        standing.notice = notice;
        standing.is_told = standing.is_over = false;
        send(notice.subject);
    }

    void close(Subject subject) {
        const auto found = standing_.find(subject);
        if (found == standing_.end()) return;
        if (found->second.is_asked) {
            found->second.is_over = true;  // Its number is not known yet, so it is closed when the answer arrives.
            return;
        }
        if (found->second.number != 0) close_number(found->second.number);
        standing_.erase(found);
    }

   private:
    struct Standing {
        Notice notice;
        bool is_told = false;      ///< The server shows the current content, or was asked to.
        bool is_asked = false;     ///< A Notify call is pending.
        bool is_over = false;      ///< To be closed when that call is answered.
        std::uint32_t number = 0;  ///< Assigned by the server; 0: none yet.
    };

    void listen() {
        is_connected_ = true;
        bus_.on_signal<std::uint32_t, std::string>(
            member("ActionInvoked"),
            [this](std::uint32_t number, const std::string& action) { pressed(number, action); });
        bus_.on_signal<std::uint32_t, std::uint32_t>(
            member("NotificationClosed"), [this](std::uint32_t number, std::uint32_t reason) {
                // A notice that timed out may remain in the desktop's list, where its buttons can still be pressed.
                std::erase_if(standing_, [&](const auto& each) {
                    return each.second.number == number && !(reason == expired && each.second.notice.has_buttons);
                });
            });
        bus_.watch_service(service, [this](bool is_there) {
            if (is_there) return send_all();
            if (can_) forget_server();
        });
        bus_.succeeded();
        send_all();
    }

    /// A new server knows nothing of earlier notices. Those with buttons will be shown again, the others are outdated.
    void forget_server() {
        can_.reset();
        is_asking_ = false;
        std::erase_if(standing_, [](const auto& each) { return !each.second.notice.has_buttons; });
        for (auto& [subject, standing] : standing_) standing = {.notice = std::move(standing.notice)};
    }

    void send_all() {
        for (const auto subject : {Subject::before_sleep, Subject::awake_again, Subject::failure}) send(subject);
    }

    void send(Subject subject) {
        const auto found = standing_.find(subject);
        if (!is_connected_ || found == standing_.end() || found->second.is_told || found->second.is_asked) return;
        if (!can_) return ask_what_it_can();
        auto& standing = found->second;
        const auto& notice = standing.notice;
        standing.is_told = standing.is_asked = true;
        std::vector<std::string> actions;
        if (notice.has_buttons && can_->contains("actions")) {
            for (const auto& [button, key] : buttons) actions.insert(actions.end(), {key, wording_.label(button)});
        }
        const auto body = printable_lines(notice.text.body);
        const std::map<std::string, sdbus::Variant> hints{
            {"urgency", sdbus::Variant(notice.is_urgent ? critical : normal)}};
        bus_.call<std::uint32_t>(
            member("Notify"), [this, subject](const Result<std::uint32_t>& number) { shown(subject, number); },
            std::string("doze"), standing.number, std::string("weather-clear-night"), printable(notice.text.summary),
            can_->contains("body-markup") ? escaped(body) : body, actions, hints,
            notice.has_buttons ? until_closed : as_long_as_usual);
    }

    void shown(Subject subject, const Result<std::uint32_t>& number) {
        const auto found = standing_.find(subject);
        if (!number) note(number.error());
        if (found == standing_.end()) return;
        auto& standing = found->second;
        standing.is_asked = false;
        if (number) standing.number = *number;
        if (standing.is_over) return close(subject);
        if (number) send(subject);
    }

    void ask_what_it_can() {
        if (std::exchange(is_asking_, true)) return;
        bus_.call<std::vector<std::string>>(member("GetCapabilities"), [this](Result<std::vector<std::string>> can) {
            is_asking_ = false;
            if (!can) {
                forget_server();
                return note(can.error());
            }
            can_.emplace(can->begin(), can->end());
            send_all();
        });
    }

    void close_number(std::uint32_t number) {
        bus_.call<bool>(
            member("CloseNotification"), [](const Result<bool>&) {}, number);  // It has no return value.
    }

    void pressed(std::uint32_t number, const std::string& action) {
        // The server closes a notice whose button was pressed (specification 1.2, hint "resident"), but reports that
        // later.
        const auto is_ours = [&](const auto& each) {
            return each.second.number == number && each.second.notice.has_buttons;
        };
        if (std::erase_if(standing_, is_ours) == 0) return;
        for (const auto& [button, key] : buttons)
            if (action == key) return outlets_.pressed(button);
    }

    void note(const Error& why) {
        if (stopped_ || std::exchange(noted_, true)) return;
        outlets_.note("Notifications can't be shown: " + why.message);
    }

    Wording wording_;
    Callbacks outlets_;
    dbus::Bus bus_;
    std::map<Subject, Standing> standing_;
    std::optional<std::set<std::string>> can_;  ///< The server's capabilities, once known.
    bool is_connected_ = false;
    bool is_asking_ = false;
    bool noted_ = false;
    bool stopped_ = false;
};

Desktop::Desktop(boost::asio::io_context& io, const std::string& session_address, Language language, Callbacks outlets)
    : talk_(std::make_shared<Talk>(io, session_address, language, std::move(outlets))) {
    talk_->start();
}

Desktop::~Desktop() {
    talk_->close(Subject::before_sleep);
    talk_->stop();
}

void Desktop::show(const Notice& notice) {
    talk_->show(notice);
}

void Desktop::close(Subject subject) {
    talk_->close(subject);
}

}  // namespace doze::notices
