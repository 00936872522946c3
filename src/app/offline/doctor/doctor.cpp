#include "app/offline/doctor/doctor.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <csignal>
#include <deque>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "adapters/aws/kinds/ec2.hpp"
#include "app/access/cloud_access.hpp"
#include "app/offline/doctor/accounts.hpp"
#include "app/offline/doctor/autostart.hpp"
#include "app/offline/doctor/clock.hpp"
#include "app/offline/doctor/configuration.hpp"
#include "app/offline/doctor/daemon_status.hpp"
#include "app/offline/doctor/files.hpp"
#include "app/offline/doctor/gathering.hpp"
#include "app/offline/doctor/permissions.hpp"
#include "app/offline/doctor/ports.hpp"
#include "app/offline/doctor/presence.hpp"
#include "app/offline/doctor/regions.hpp"
#include "app/offline/doctor/report.hpp"
#include "app/offline/doctor/resources.hpp"
#include "app/offline/doctor/surroundings.hpp"
#include "app/offline/doctor/words.hpp"
#include "base/secret.hpp"
#include "cli/pretty_json.hpp"
#include "ports/system_clock.hpp"

namespace doze::doctor {
namespace {

using std::chrono::milliseconds;

/// For credentials, clock and regions, which are asked side by side; then for permissions and resources. With the
/// second that a hung daemon takes, all is over within ten.
constexpr milliseconds first_round(4000);
constexpr milliseconds second_round(4500);

/// The guards of an instance take a call of their own: for so many there is time.
constexpr std::ptrdiff_t most_guards = 40;

/// All checks of one run. Members are in the order in which they are built; what the loop's handlers refer to is
/// destroyed before the loop, and they never run again.
class Examination {
   public:
    Examination(const cli::DoctorOptions& options, const cli::Console& console)
        : options_(options),
          console_(console),
          configuration_(read_configuration(options.config_dir)),
          daemon_(ask_daemon(options.state_dir)) {}

    Findings run() {
        add(configuration_.findings);
        add(check_modes(options_.config_dir, options_.state_dir, configuration_.settings.security.token.empty(),
                        console_.environment));
        if (auto watch = check_watch(options_.config_dir)) add(std::move(*watch));
        add(check_journal(options_.state_dir));
        add(check_disk(options_.state_dir));
        add(judge_daemon(daemon_, options_.state_dir));
        add(judge_port(examine_port(Protocol::udp, configuration_.settings.udp, daemon_.runs())));
        add(judge_port(examine_port(Protocol::tcp, configuration_.settings.tcp, daemon_.runs())));
        add(judge_port(examine_port(Protocol::web, configuration_.settings.web, daemon_.runs())));
        add_buffer();
        add(judge_surroundings(console_.environment));

        auto access = access::CloudAccess::open(loop_, clock_);
        if (access) {
            access_ = std::move(*access);
            access_->choose_profile(configuration_.profile());
        } else {
            add(failed({.area = "network", .what = "libcurl"}, access.error()));
        }
        ask_first();
        judge_first();
        if (access_) {
            ask_second();
            judge_second();
        }
        clear_progress();
        return std::move(findings_);
    }

   private:
    void add(Finding finding) { findings_.push_back(std::move(finding)); }
    void add(Findings findings) { std::ranges::move(findings, std::back_inserter(findings_)); }

    void add_buffer() {
        std::int64_t bytes = 0;
        if (std::ifstream("/proc/sys/net/core/rmem_max") >> bytes) add(judge_buffer(bytes));
    }

    void show_progress() {
        if (!console_.err_is_terminal) return;
        const auto waited = std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - began_);
        console_.err << fmt::format("\rAsking AWS, {} s ...", waited.count()) << std::flush;
        shows_progress_ = true;
    }

    void clear_progress() {
        if (std::exchange(shows_progress_, false)) console_.err << "\r\x1b[K" << std::flush;  // Erase in Line
    }

    [[nodiscard]] const std::vector<Region>& configured_regions() const { return configuration_.settings.core.regions; }

    /// Where an account is asked who it is.
    [[nodiscard]] Region home_of(const ProfileName& profile) const {
        for (const auto& registration : configuration_.registrations) {
            if (registration.id.profile == profile) return registration.id.region;
        }
        return configured_regions().empty() ? Region("us-east-1") : configured_regions().front();
    }

    void ask_first() {
        first_.ask(examine(autostart_));
        if (!daemon_.runs()) {
            trial_.emplace(loop_, clock_, configuration_.settings.sources);
            first_.ask(trial_->run());
        }
        if (!access_) return first_.run_for(first_round);
        std::set<ProfileName> profiles{ProfileName()};
        std::set<Region> regions(configured_regions().begin(), configured_regions().end());
        for (const auto& registration : configuration_.registrations) {
            profiles.insert(registration.id.profile);
            if (registration.id.profile.str().empty()) regions.insert(registration.id.region);
        }
        for (const auto& profile : profiles) {
            accounts_.push_back({.profile = profile, .region = home_of(profile)});
            first_.ask(examine(*access_, accounts_.back()));
        }
        for (const auto& region : regions) ask_region(region);
        if (configuration_.settings.all_regions) first_.ask(ask_all_regions());
        first_.ask(ask_clock());
        first_.run_for(first_round);
    }

    void ask_region(const Region& region) {
        if (std::ranges::find(regions_, region, &RegionFacts::region) != regions_.end()) return;
        regions_.push_back({.region = region});
        first_.ask(examine(access_->client(""), clock_, regions_.back()));
    }

    boost::asio::awaitable<void> ask_all_regions() {
        all_regions_ = co_await aws::ec2::regions(access_->client(""), home_of(ProfileName()));
        if (!*all_regions_) co_return;
        for (const auto& region : **all_regions_) ask_region(region);
    }

    boost::asio::awaitable<void> ask_clock() {
        const auto endpoint = access_->sts_endpoint(home_of(ProfileName()));
        if (!endpoint) {
            offset_ = endpoint.error();
            co_return;
        }
        auto url = endpoint->origin + "/";
        offset_ = co_await clock_offset(access_->http(), std::move(url), clock_);
    }

    void judge_first() {
        add(judge_desktop(console_.environment));
        if (auto finding = judge_autostart(autostart_)) add(std::move(*finding));
        add(judge_sources(daemon_.runs() ? sources_in(*daemon_.status) : trial_->statuses()));
        if (!access_) return;
        add(judge_clock(offset_));
        for (const auto& facts : accounts_) add(judge_account(facts, clock_.now().wall));
        const bool own_works = accounts_.front().works();
        if (configuration_.settings.all_regions && own_works && !(all_regions_ && *all_regions_)) {
            add(failed({.area = "regions", .what = "all"},
                       all_regions_ ? std::optional(all_regions_->error()) : std::nullopt));
        }
        for (const auto& facts : regions_) {
            // Without credentials every region refuses in the same words.
            const bool refused =
                facts.answers_in && !*facts.answers_in && facts.answers_in->error().code == ErrorCode::no_credentials;
            if (own_works || !refused) add(judge_region(facts, own_works));
        }
    }

    void ask_second() {
        const auto asleep = daemon_.runs() ? asleep_in(*daemon_.status) : std::set<std::string>();
        const auto stopped = daemon_.runs() ? stopped_by_you_in(*daemon_.status) : std::set<std::string>();
        for (const auto& account : accounts_) {
            std::vector<core::ResourceId> ids;
            for (const auto& registration : configuration_.registrations) {
                if (registration.id.profile == account.profile) ids.push_back(registration.id);
            }
            if (ids.empty()) continue;
            if (!account.works()) {
                add({.area = "resources",
                     .what = name_of(account.profile),
                     .grade = Grade::note,
                     .finding = fmt::format("{} registered, not looked at, and no permission tried", ids.size()),
                     .fix = "Mend the credentials first."});
                continue;
            }
            ask_permissions(account, ids);
        }
        ask_resources(asleep, stopped);
        second_.run_for(second_round);
    }

    void ask_permissions(const AccountFacts& account, const std::vector<core::ResourceId>& ids) {
        auto& client = access_->client(account.profile.str());
        const auto& identity = **account.identity;
        auto& facts = permissions_.emplace_back(permissions_to_try(account.profile, identity.account, ids));
        for (auto& attempt : facts.attempts) second_.ask(examine(client, attempt));
        for (auto& simulation : facts.simulations) second_.ask(examine(client, identity.arn, simulation));
    }

    void ask_resources(const std::set<std::string>& asleep, const std::set<std::string>& stopped) {
        const auto instances = std::ranges::count_if(configuration_.registrations, [](const auto& registration) {
            return registration.id.kind == core::Kind::ec2;
        });
        const auto usual = instances > most_guards ? core::Depth::usual : core::Depth::guards;
        if (usual == core::Depth::usual)
            add({.area = "resources",
                 .what = "stop protection",
                 .grade = Grade::note,
                 .finding = fmt::format("not looked at: {} instances are more than fit into ten seconds", instances),
                 .fix = "Where it is on, AWS refuses the stop, and doze says so then."});
        std::map<core::Depth, std::vector<ResourceFacts*>> by_depth;
        for (const auto& account : accounts_) {
            if (!account.works()) continue;
            for (const auto& registration : configuration_.registrations) {
                if (registration.id.profile != account.profile) continue;
                resources_.push_back({.registration = registration,
                                      .asleep_by_doze = asleep.contains(core::to_string(registration.id)),
                                      .stopped_by_you = stopped.contains(core::to_string(registration.id))});
                const auto depth = registration.busy_cpu_percent ? core::Depth::load : usual;
                by_depth[depth].push_back(&resources_.back());
            }
        }
        access_->cloud().set_guards(configuration_.settings.core.guards);
        for (auto& [depth, facts] : by_depth) second_.ask(examine(access_->cloud(), depth, std::move(facts)));
    }

    void judge_second() {
        for (const auto& facts : permissions_) add(judge_permissions(facts));
        const auto group_of = [](const ResourceFacts& facts) {
            const auto& id = facts.registration.id;
            return std::tuple(id.profile, id.kind, id.region);
        };
        std::set<std::tuple<ProfileName, core::Kind, Region>> answered;
        for (const auto& facts : resources_)
            if (facts.seen) answered.insert(group_of(facts));
        for (auto& facts : resources_) {
            facts.others_came = answered.contains(group_of(facts));
            add(judge_resource(facts));
        }
        if (configuration_.registrations.empty() && !configuration_.services_trouble) {
            add({.area = "resources",
                 .what = "services.yaml",
                 .grade = Grade::note,
                 .finding = "nothing is registered, so doze touches nothing",
                 .fix = "`doze list` shows what there is, `doze register TARGET` lets doze put it to sleep."});
        }
    }

    const cli::DoctorOptions& options_;
    const cli::Console& console_;
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    bool shows_progress_ = false;
    Findings findings_;
    Configuration configuration_;
    DaemonFacts daemon_;
    ports::SystemClock clock_;
    boost::asio::io_context loop_{1};
    Gathering first_{loop_, [this] { show_progress(); }};
    Gathering second_{loop_, [this] { show_progress(); }};
    std::unique_ptr<access::CloudAccess> access_;
    AutostartFacts autostart_ = autostart_facts(console_.environment);
    std::optional<SourceTrial> trial_;
    std::optional<Result<core::Duration>> offset_;
    std::optional<Result<std::vector<Region>>> all_regions_;  ///< None: not asked, or not answered in time.
    // Referred to by what fills them in, so they never move.
    std::deque<AccountFacts> accounts_;
    std::deque<RegionFacts> regions_;
    std::deque<PermissionFacts> permissions_;
    std::deque<ResourceFacts> resources_;
};

}  // namespace

int run(const cli::DoctorOptions& options, const cli::Console& console) {
    keep_memory_private();
    std::signal(SIGPIPE, SIG_IGN);  // A peer that hangs up is an error of its connection.
    // Lives until all is printed: its end waits for a keyring that asks its person to unlock it.
    Examination examination(options, console);
    const auto findings = examination.run();
    if (options.json)
        console.out << cli::pretty(report_json(findings));
    else
        console.out << report_text(findings, options.color);
    console.out.flush();
    return is_healthy(findings) ? cli::success : cli::failed;
}

}  // namespace doze::doctor
