#include "app/daemon/daemon.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "adapters/activity/sources.hpp"
#include "adapters/store/lasting_journal.hpp"
#include "adapters/systemd/service_manager.hpp"
#include "app/access/cloud_access.hpp"
#include "app/daemon/driver.hpp"
#include "app/daemon/hangup.hpp"
#include "app/daemon/listeners.hpp"
#include "app/daemon/log.hpp"
#include "app/daemon/memory.hpp"
#include "app/daemon/notifier.hpp"
#include "app/daemon/region_list.hpp"
#include "base/atomic_file.hpp"
#include "base/ownership.hpp"
#include "base/paths.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "config/store.hpp"
#include "config/watcher.hpp"
#include "ports/clock.hpp"
#include "protocol/dispatcher.hpp"
#include "protocol/rest/api.hpp"

namespace doze::daemon {
namespace {

spdlog::level::level_enum to_spdlog(core::Level level) {
    switch (level) {
        case core::Level::info: return spdlog::level::info;
        case core::Level::warning: return spdlog::level::warn;
        case core::Level::error: return spdlog::level::err;
    }
    return spdlog::level::err;
}

/// The module name of an announcement in the log.
std::string module_of(const core::Announce& announce) {
    if (announce.id) return std::string(core::to_string(announce.id->kind));
    switch (announce.reason) {
        case core::Reason::presence:
        case core::Reason::away:
        case core::Reason::returned:
        case core::Reason::blind:
        case core::Reason::source: return "presence";
        default: return "aws";
    }
}

core::State restored_state(ports::Journal& journal, Log& log, core::Now now) {
    auto entries = journal.entries().value();
    if (!entries.empty()) log.of("journal").info("Continuing with {} open rows of the journal.", entries.size());
    return core::start(std::move(entries), journal.presence().value(), now, journal.holds().value(),
                       journal.accounts().value());
}

/// How often the state folder's files are checked.
constexpr std::chrono::seconds tended_every(10);
constexpr std::chrono::seconds tended_in_trouble_every(2);

/// Time after which the start is over: files are read, AWS was asked, sources have been tried.
constexpr std::chrono::seconds start_takes(5);

/// All adapters, wired by hand. Members are in their order of construction.
class Daemon {
   public:
    Daemon(const cli::RunOptions& options, config::Store store, std::unique_ptr<store::LastingJournal> journal,
           std::unique_ptr<Log> log, std::unique_ptr<access::CloudAccess> cloud, boost::asio::io_context& loop,
           boost::asio::signal_set& signals, bool hangup_is_ignored, const ports::SystemClock& clock)
        : options_(options),
          loop_(loop),
          signals_(signals),
          clock_(clock),
          log_(std::move(log)),
          store_(std::move(store)),
          cloud_(std::move(cloud)),
          journal_(std::move(journal)),
          state_(restored_state(*journal_, *log_, clock_.now())),
          driver_(loop_, clock_, *journal_, cloud_->cloud(), std::move(state_),
                  {.save_registration = [this](const auto& registration,
                                               bool remove) { return save(registration, remove); },
                   .log = [this](const auto& announce) { tell(announce); },
                   .journal_notes = [this] { return journal_->notes(); },
                   .turned =
                       [this] {
                           let_suspend();
                           notifier_.update();
                           service_manager_.update(driver_.view());
                       }}),
          notifier_(loop_, driver_, [this](const std::string& text) { log_->of("desktop").info(text); }),
          region_list_(
              loop_, clock_, *cloud_, [this] { configure(); },
              [this](const Error& error) { log_->of("aws").error("Listing the regions: {}", error.text()); }),
          dispatcher_(driver_, {.version = std::string(version()), .started = clock_.now().boot}),
          api_(driver_, {.version = std::string(version()), .started = clock_.now().boot}),
          listeners_(loop_, dispatcher_, api_, *log_, options.state_dir),
          service_manager_(loop_),
          started_(loop_, start_takes),
          tending_(loop_),
          hangup_(loop_, hangup_is_ignored) {}

    void run() {
        note(store_.notes());
        apply({.settings_changed = true, .registrations_changed = true, .notes = {}});
        listeners_.open_control_socket(control_socket(options_.state_dir));
        watch_files();
        tend();
        tell_identity();
        wait_for_signal();
        started_.async_wait([](auto error) {
            if (!error) give_back_memory();
        });
        service_manager_.tell_ready();
        loop_.run();
    }

   private:
    void wait_for_signal() {
        signals_.async_wait([this](auto error, int signal) {
            if (error) return;
            if (signal != SIGHUP) return end(::sigabbrev_np(signal));
            hangup_.judge([this](bool terminal_is_gone) {
                if (terminal_is_gone) return end("HUP: its terminal is gone");
                log_->of("doze").info("Reading the configuration again on SIGHUP.");
                reload();
            });
            wait_for_signal();
        });
    }

    void end(std::string_view why) {
        service_manager_.tell_stopping();
        log_->of("doze").info("Stopping on SIG{}. What sleeps stays asleep; the journal knows how to wake it.", why);
        loop_.stop();
    }

    void tell(const core::Announce& announce) {
        log_->of(module_of(announce)).log(to_spdlog(announce.level), announce.text);
    }

    void note(const std::vector<config::Note>& notes) {
        for (const auto& note : notes) log_->of("config").log(to_spdlog(note.level), note.text);
    }

    Result<void> save(const core::Registration& registration, bool remove) {
        auto saved = remove ? store_.remove(registration.id) : store_.add(registration);
        if (saved && watcher_ && watcher_->trouble()) reload();
        return saved;
    }

    void reload() {
        const auto reloaded = store_.reload();
        note(reloaded.notes);
        apply(reloaded);
    }

    void watch_files() {
        watcher_.emplace(config::Watcher::open(loop_.get_executor(), store_.dir(), [this] { reload(); }));
        if (const auto trouble = watcher_->trouble()) log_->of("config").warn(trouble->text());
        reload();  // For edits between the first reading and the start of the watch.
    }

    /// Applies files whose content changed.
    void apply(const config::Store::Reloaded& changes) {
        if (!changes.settings_changed && !changes.registrations_changed) return;
        const auto& settings = store_.settings();
        if (changes.settings_changed) {
            cloud_->choose_profile(settings.use_profile ? settings.profile_name : "");
            cloud_->cloud().set_guards(settings.core.guards);
        }
        if (settings.all_regions)
            region_list_.start(home_region());
        else
            region_list_.stop();
        configure();
        if (!changes.settings_changed) return;
        notifier_.enable(settings.notifications);
        if (!sources_settings_ || *sources_settings_ != settings.sources) start_sources(settings.sources);
        listeners_.apply(settings);
    }

    /// Passes the files' content to the engine.
    void configure() {
        auto configured = store_.configured();
        configured.settings.dry_run = configured.settings.dry_run || options_.dry_run;
        if (store_.settings().all_regions) {
            std::set<Region> regions(configured.settings.regions.begin(), configured.settings.regions.end());
            regions.insert(region_list_.regions().begin(), region_list_.regions().end());
            configured.settings.regions.assign(regions.begin(), regions.end());
        }
        driver_.post(std::move(configured));
    }

    /// The region in which to ask about the account as a whole; empty leaves it to the environment.
    [[nodiscard]] std::optional<Region> home_region() const {
        const auto& regions = store_.settings().core.regions;
        return regions.empty() ? std::nullopt : std::optional(regions.front());
    }

    void start_sources(const ports::SourceSettings& settings) {
        sources_settings_ = settings;
        // Ends the signals that the old sources had reported as ongoing.
        for (const auto& [name, status] : driver_.view().presence().sources())
            driver_.post(core::SourceChanged{activity::made_anew(status)});
        sources_.emplace(loop_, clock_, settings);
        sources_->start(
            {.signal = [this](const core::ActivitySignal& signal) { driver_.post(core::ActivitySeen{signal}); },
             .status = [this](const core::SourceStatus& status) { driver_.post(core::SourceChanged{status}); },
             .session = [this](core::SessionEvent event, const std::string& source) { tell_session(event, source); },
             .inhibited =
                 [this](const std::string& source, bool on) {
                     driver_.post(core::InhibitionChanged{source, on});
                 }});
    }

    void tell_session(core::SessionEvent event, const std::string& source) {
        if (event == core::SessionEvent::suspending || event == core::SessionEvent::shutting_down) suspending_ = true;
        if (event == core::SessionEvent::resumed) suspending_ = false;
        driver_.post(core::SessionChanged{event, source});
    }

    /// Lets the machine suspend once AWS was asked for everything that the absence requires.
    void let_suspend() {
        if (suspending_ && driver_.view().has_asked_everything()) {
            suspending_ = false;
            sources_->let_suspend();
        }
    }

    /// Detects and repairs damage to the state folder even while nothing is written.
    void tend() {
        const bool was_well = !journal_->trouble();
        journal_->tend();
        if (auto found = journal_->take_found(); !found.empty()) {
            log_->of("journal").info("Continuing with {} more open rows of the journal.", found.size());
            driver_.post(core::RowsFound{std::move(found)});
        }
        listeners_.tend();
        const bool is_well = !journal_->trouble();
        if (!was_well || !is_well) driver_.check_journal();
        tending_.expires_after(is_well ? tended_every : tended_in_trouble_every);
        tending_.async_wait([this](auto error) {
            if (!error) tend();
        });
    }

    void tell_identity() {
        const auto tell = [this](std::exception_ptr bug, Result<access::Identified> identified) {
            if (bug) std::rethrow_exception(bug);
            if (!identified) return log_->of("aws").error(identified.error().text());
            log_->of("aws").info("Using AWS account {} as {} ({}).", identified->identity.account,
                                 identified->identity.arn, identified->origin);
        };
        boost::asio::co_spawn(loop_, cloud_->identify(home_region()), tell);
    }

    cli::RunOptions options_;
    boost::asio::io_context& loop_;
    boost::asio::signal_set& signals_;
    const ports::SystemClock& clock_;
    std::unique_ptr<Log> log_;
    config::Store store_;
    std::unique_ptr<access::CloudAccess> cloud_;
    std::unique_ptr<store::LastingJournal> journal_;
    core::State state_;
    Driver driver_;
    Notifier notifier_;
    RegionList region_list_;
    protocol::Dispatcher dispatcher_;
    rest::Api api_;
    Listeners listeners_;
    ServiceManager service_manager_;
    boost::asio::steady_timer started_;
    boost::asio::steady_timer tending_;
    Hangup hangup_;
    std::optional<ports::SourceSettings> sources_settings_;
    std::optional<activity::Sources> sources_;
    bool suspending_ = false;
    std::optional<config::Watcher> watcher_;
};

bool is_ignored(int signal) {
    struct sigaction now {};
    return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

int fail(const Error& error, Log* log = nullptr) {
    if (log != nullptr) log->drain();
    std::cerr << "doze can't start: " << printable(error.text()) << '\n';
    return cli::failed;
}

}  // namespace

int run(const cli::RunOptions& options) {
    keep_memory_private();
    if (const auto allowed = allow_many_descriptors(); !allowed) return fail(allowed.error());
    // A peer that hangs up is an error of its connection (SIGPIPE), and a file that may not grow one of its writing
    // (SIGXFSZ). SIGUSR1 and SIGUSR2 have no meaning for doze, and would end it.
    for (const int signal : {SIGPIPE, SIGXFSZ, SIGUSR1, SIGUSR2}) std::signal(signal, SIG_IGN);
    const ports::SystemClock clock;
    boost::asio::io_context loop(1);
    boost::asio::signal_set signals(loop, SIGINT, SIGTERM, SIGQUIT);
    const bool hangup_is_ignored = is_ignored(SIGHUP);
    signals.add(SIGHUP);

    const auto made = make_private_dir(options.state_dir);
    if (!made && made.error().code == ErrorCode::unauthorized) return fail(made.error());
    for (const auto& file : state_files(options.state_dir))
        if (const auto checked = check_ownership(file); !checked) return fail(checked.error());
    auto log = std::make_unique<Log>(options.state_dir, spdlog::level::from_str(options.log_level));
    if (!made) log->of("doze").error(made.error().text());

    auto journal = store::LastingJournal::open(
        options.state_dir,
        [&log = *log](core::Level level, const std::string& text) { log.of("journal").log(to_spdlog(level), text); });
    if (!journal) return fail(journal.error(), log.get());
    if (const auto& trouble = (*journal)->trouble()) log->of("journal").error(trouble->text());
    if (!log->file_trouble().empty()) log->of("doze").error(log->file_trouble());
    log->of("doze").info("doze {} (process {}), state in {}, configuration in {}.", version(), ::getpid(),
                         options.state_dir.string(), options.config_dir.string());

    for (const auto& file : state_files(options.state_dir)) remove_left_over(file);
    auto store = config::Store::open(options.config_dir);
    if (!store) return fail(store.error(), log.get());
    auto cloud = access::CloudAccess::open(
        loop, clock, [&log = *log](const std::string& sentence) { log.of("aws").warn(sentence); });
    if (!cloud) return fail(cloud.error(), log.get());

    Daemon daemon(options, std::move(*store), std::move(*journal), std::move(log), std::move(*cloud), loop, signals,
                  hangup_is_ignored, clock);
    daemon.run();
    return cli::success;
}

}  // namespace doze::daemon
