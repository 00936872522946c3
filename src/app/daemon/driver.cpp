#include "app/daemon/driver.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <random>
#include <sys/timerfd.h>
#include <utility>
#include <variant>

#include "app/daemon/memory.hpp"

namespace doze::daemon {

BootTimer::BootTimer(boost::asio::io_context& loop, std::function<void()> on_due)
    : timer_(loop, ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC)), on_due_(std::move(on_due)) {
    wait();
}

void BootTimer::set(std::optional<core::TimePoint> deadline) {
    itimerspec spec{};
    if (deadline) {
        // Zero would disarm the timer; any other time in the past is due at once.
        const auto since_boot = std::max(deadline->time_since_epoch(), core::Duration(1));
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_boot);
        spec.it_value.tv_sec = seconds.count();
        spec.it_value.tv_nsec = std::chrono::nanoseconds(since_boot - seconds).count();
    }
    ::timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME, &spec, nullptr);
}

void BootTimer::wait() {
    timer_.async_read_some(boost::asio::buffer(&expirations_, sizeof expirations_), [this](auto error, std::size_t) {
        if (error == boost::asio::error::operation_aborted) return;  // `this` may be destroyed.
        wait();
        if (!error) on_due_();
    });
}

namespace {

/// How long the sources are given before anything is concluded from their silence: a server on this machine answers
/// within milliseconds.
constexpr std::chrono::milliseconds hearing(500);

/// A turn that is later than this shows that the process did not run for a while.
constexpr std::chrono::seconds on_time(1);

}  // namespace

Driver::Driver(boost::asio::io_context& loop, const ports::Clock& clock, ports::Journal& journal, ports::Cloud& cloud,
               core::State state, Callbacks outlets)
    : loop_(loop),
      clock_(clock),
      cloud_(cloud),
      actions_(journal, cloud, clock, [this](core::Event event) { post(std::move(event)); }),
      state_(std::move(state)),
      outlets_(std::move(outlets)),
      timer_(loop, [this] { post(core::Tick{}); }) {
    state_.seed = std::random_device{}();
}

void Driver::post(core::Event event) {
    events_.push_back(std::move(event));
    if (std::exchange(scheduled_, true)) return;
    boost::asio::post(loop_, [this] { turn(); });
}

void Driver::request(const std::function<core::Event(core::RequestId)>& make, Done done) {
    const auto id = ++last_order_;
    waiting_.emplace(id, std::move(done));
    post(make(id));
}

std::shared_ptr<void> Driver::hold(std::string reason, Done done) {
    request([&](core::RequestId id) { return core::HoldRequested{id, std::move(reason)}; }, std::move(done));
    return std::make_shared<KeptHold>(self_, last_order_);
}

void Driver::subscribe(std::weak_ptr<commands::EventSink> listener) {
    stream_.subscribe(std::move(listener));
    post(core::Tick{});  // The set of subscribers affects the next deadline.
}

std::optional<core::TimePoint> Driver::next_deadline() const {
    const auto decides = core::next_deadline(state_);
    const auto tells = stream_.next_deadline();
    if (!decides || !tells) return decides ? decides : tells;
    return std::min(*decides, *tells);
}

void Driver::turn() {
    scheduled_ = false;
    auto events = std::exchange(events_, {});
    const auto now = this->now();
    listen_first(events, now.boot);
    auto effects = core::step(state_, events, now);
    for (const auto& event : events) {
        if (const auto* seen = std::get_if<core::ActivitySeen>(&event)) stream_.on_signal(seen->signal);
        if (const auto* changed = std::get_if<core::SourceChanged>(&event)) stream_.on_source(changed->status);
        if (const auto* acted = std::get_if<core::CallReturned>(&event)) count(*acted);
    }
    stream_.advance(view(), now);
    tally_.listeners = stream_.listeners();
    // Replies come last, so that a client that gets one finds the change on disk.
    const auto is_reply = [](const core::Effect& effect) { return std::holds_alternative<core::Reply>(effect); };
    std::stable_partition(effects.begin(), effects.end(), std::not_fn(is_reply));
    for (auto& effect : effects) std::visit([this](auto& each) { carry_out(each); }, effect);
    if (!announcements_.empty()) actions_.remember(std::exchange(announcements_, {}));
    actions_.retry();
    tell_journal_trouble();
    deadline_ = next_deadline();
    timer_.set(deadline_);
    outlets_.turned();

    // A listing takes far more memory than what is kept of it. Posted, because the events still hold it here.
    const auto is_listing = [](const core::Event& event) { return std::holds_alternative<core::Listed>(event); };
    if (state_.lists_out.empty() && std::ranges::any_of(events, is_listing)) boost::asio::post(loop_, give_back_memory);
}

/// After the process was frozen while somebody typed, the deadline has passed and the input is still unread.
void Driver::listen_first(std::vector<core::Event>& events, core::TimePoint now) {
    const auto& presence = state_.presence;
    const auto due = presence.is_away() ? std::nullopt : presence.next_deadline();
    const bool concludes = due && *due <= now;
    const bool stood_still = deadline_ && now > std::max(*deadline_, last_turn_) + on_time;
    last_turn_ = now;
    const bool has_listened = now >= listening_until_ && now <= listening_until_ + on_time;
    if ((!concludes && !stood_still) || now < listening_until_ || has_listened) return;
    listening_until_ = now + hearing;
    events.insert(events.begin(), core::Listening{listening_until_});
}

void Driver::tell_journal_trouble() {
    const auto& trouble = actions_.journal_trouble();
    const auto text = trouble ? trouble->text() : std::string();
    if (text == told_trouble_) return;
    told_trouble_ = text;
    outlets_.log({.level = trouble ? core::Level::error : core::Level::info,
                  .reason = core::Reason::refused,
                  .text = trouble ? "The journal can't be written, so nothing is put to sleep: " + text
                                  : "The journal can be written again."});
}

commands::JournalState Driver::journal() const {
    const auto& trouble = actions_.journal_trouble();
    return {.trouble = trouble ? std::optional(trouble->text()) : std::nullopt, .notes = outlets_.journal_notes()};
}

void Driver::carry_out(core::Announce& announce) {
    outlets_.log(announce);
    announcements_.push_back(std::move(announce));
}

void Driver::carry_out(const core::Call& act) {
    for (const auto& target : act.targets) {
        auto& calls = tally_.calls[target.id.kind];
        ++(act.verb == core::Verb::sleep ? calls.sleeps : calls.wakes);
    }
    actions_(act);
}

void Driver::count(const core::CallReturned& acted) {
    // A resource in transition is asked again later; that is no failure.
    if (!acted.accepted && acted.accepted.error().recovery != Recovery::wait) ++tally_.calls[acted.id.kind].failures;
}

void Driver::carry_out(const core::Reply& reply) {
    if (const auto waiting = waiting_.extract(reply.request)) waiting.mapped()(reply.result);
}

void Driver::carry_out(const core::SaveRegistration& save) {
    post(core::Saved{.request = save.request, .done = outlets_.save_registration(save.registration, save.remove)});
}

}  // namespace doze::daemon
