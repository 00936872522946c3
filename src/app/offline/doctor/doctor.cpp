#include "app/offline/doctor/doctor.hpp"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <deque>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "adapters/aws/kinds/ec2.hpp"
#include "app/offline/doctor/aws_checks.hpp"
#include "app/offline/doctor/daemon_status.hpp"
#include "app/offline/doctor/files.hpp"
#include "app/offline/doctor/finding.hpp"
#include "app/offline/doctor/permissions.hpp"
#include "app/offline/doctor/ports.hpp"
#include "app/offline/doctor/presence_checks.hpp"
#include "app/offline/runtime.hpp"
#include "cli/reply_text.hpp"

namespace doze::doctor {
namespace {

using std::chrono::milliseconds;

// Percent of the time limit: for the daemon; for credentials, clock and regions, which are asked concurrently. The rest
// is for permissions and resources.
constexpr int daemons_share = 10;
constexpr int first_share = 40;
constexpr int second_share = 45;

/// The guards of an instance take a call each; the time limit allows for so many instances.
constexpr std::ptrdiff_t most_guards = 40;

/// All checks of one run. Members are in their order of construction; objects used by the loop's handlers are destroyed
/// before the runtime, after which no handler runs.
class Examination {
   public:
    Examination(const cli::DoctorOptions& options, const cli::Console& console)
        : options_(options),
          console_(console),
          runtime_(console),
          configuration_(read_configuration(options.config_dir)),
          daemon_(ask_daemon(options.state_dir, share(daemons_share))) {}

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

        const auto opened = runtime_.open_aws(configuration_.profile());
        if (!opened) add(failed({.area = "network", .what = "libcurl"}, opened.error()));
        ask_first(opened.has_value());
        judge_first(opened.has_value());
        if (opened) {
            ask_second();
            judge_second();
        }
        return std::move(findings_);
    }

   private:
    [[nodiscard]] milliseconds share(int percent) const { return milliseconds(options_.within) * percent / 100; }

    void add(Finding finding) { findings_.push_back(std::move(finding)); }
    void add(Findings findings) { std::ranges::move(findings, std::back_inserter(findings_)); }

    void add_buffer() {
        std::int64_t bytes = 0;
        if (std::ifstream("/proc/sys/net/core/rmem_max") >> bytes) add(judge_buffer(bytes));
    }

    [[nodiscard]] const std::vector<Region>& configured_regions() const { return configuration_.settings.core.regions; }

    /// The region in which to ask for the account's identity.
    [[nodiscard]] Region home_of(const ProfileName& profile) const {
        for (const auto& registration : configuration_.registrations) {
            if (registration.id.profile == profile) return registration.id.region;
        }
        return configured_regions().empty() ? Region("us-east-1") : configured_regions().front();
    }

    using Questions = std::vector<boost::asio::awaitable<void>>;

    void ask(Questions questions, milliseconds time) {
        runtime_.run(offline::all_of(std::move(questions)), time, "Asking AWS");
    }

    void ask_first(bool has_aws) {
        Questions questions;
        questions.push_back(examine(autostart_));
        if (!daemon_.runs()) {
            trial_.emplace(runtime_.loop(), runtime_.clock(), configuration_.settings.sources);
            questions.push_back(trial_->run());
        }
        if (!has_aws) return ask(std::move(questions), share(first_share));
        std::set<ProfileName> profiles{ProfileName()};
        std::set<Region> regions(configured_regions().begin(), configured_regions().end());
        for (const auto& registration : configuration_.registrations) {
            profiles.insert(registration.id.profile);
            if (registration.id.profile.str().empty()) regions.insert(registration.id.region);
        }
        for (const auto& profile : profiles) {
            accounts_.push_back({.profile = profile, .region = home_of(profile)});
            questions.push_back(examine(runtime_.aws(), accounts_.back()));
        }
        for (const auto& region : regions) ask_region(region, questions);
        if (configuration_.settings.all_regions) questions.push_back(ask_all_regions());
        questions.push_back(ask_clock());
        ask(std::move(questions), share(first_share));
    }

    void ask_region(const Region& region, Questions& questions) {
        if (std::ranges::find(regions_, region, &RegionFacts::region) != regions_.end()) return;
        regions_.push_back({.region = region});
        questions.push_back(examine(runtime_.aws().client(), runtime_.clock(), regions_.back()));
    }

    boost::asio::awaitable<void> ask_all_regions() {
        all_regions_ = co_await aws::ec2::regions(runtime_.aws().client(), home_of(ProfileName()));
        if (!*all_regions_) co_return;
        Questions questions;
        for (const auto& region : **all_regions_) ask_region(region, questions);
        co_await offline::all_of(std::move(questions));
    }

    boost::asio::awaitable<void> ask_clock() {
        const auto endpoint = runtime_.aws().sts_endpoint(home_of(ProfileName()));
        if (!endpoint) {
            offset_ = endpoint.error();
            co_return;
        }
        auto url = endpoint->origin + "/";
        offset_ = co_await clock_offset(runtime_.aws().http(), std::move(url), runtime_.clock());
    }

    void judge_first(bool has_aws) {
        add(judge_desktop(console_.environment));
        if (auto finding = judge_autostart(autostart_)) add(std::move(*finding));
        add(judge_sources(daemon_.runs() ? sources_in(*daemon_.status) : trial_->statuses()));
        if (!has_aws) return;
        add(judge_clock(offset_));
        for (const auto& facts : accounts_) add(judge_account(facts, runtime_.clock().now().wall));
        const bool own_works = accounts_.front().works();
        if (configuration_.settings.all_regions && own_works && !(all_regions_ && *all_regions_)) {
            add(failed({.area = "regions", .what = "all"},
                       all_regions_ ? std::optional(all_regions_->error()) : std::nullopt));
        }
        for (const auto& facts : regions_) {
            // Without credentials every region fails with the same message.
            const bool refused =
                facts.answers_in && !*facts.answers_in && facts.answers_in->error().code == ErrorCode::no_credentials;
            if (own_works || !refused) add(judge_region(facts, own_works));
        }
    }

    void ask_second() {
        const auto asleep = daemon_.runs() ? asleep_in(*daemon_.status) : std::set<std::string>();
        const auto stopped = daemon_.runs() ? stopped_by_you_in(*daemon_.status) : std::set<std::string>();
        Questions questions;
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
            ask_permissions(account, ids, questions);
        }
        ask_resources(asleep, stopped, questions);
        ask(std::move(questions), share(second_share));
    }

    void ask_permissions(const AccountFacts& account, const std::vector<core::ResourceId>& ids, Questions& questions) {
        auto& client = runtime_.aws().client(account.profile.str());
        const auto& identity = **account.identity;
        auto& facts = permissions_.emplace_back(permissions_to_try(account.profile, identity.account, ids));
        for (auto& attempt : facts.attempts) questions.push_back(examine(client, attempt));
        for (auto& simulation : facts.simulations) questions.push_back(examine(client, identity.arn, simulation));
    }

    void ask_resources(const std::set<std::string>& asleep, const std::set<std::string>& stopped,
                       Questions& questions) {
        const auto instances = std::ranges::count_if(configuration_.registrations, [](const auto& registration) {
            return core::info(registration.id.kind).stop_protection;
        });
        const auto usual = instances > most_guards ? core::Depth::usual : core::Depth::guards;
        if (usual == core::Depth::usual)
            add({.area = "resources",
                 .what = "stop protection",
                 .grade = Grade::note,
                 .finding = fmt::format("not looked at: {} instances are more than there is time for", instances),
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
        auto& cloud = runtime_.aws().cloud();
        cloud.set_guards(configuration_.settings.core.guards);
        for (auto& [depth, facts] : by_depth) questions.push_back(examine(cloud, depth, std::move(facts)));
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
    offline::Runtime runtime_;
    Findings findings_;
    Configuration configuration_;
    DaemonFacts daemon_;
    AutostartFacts autostart_ = autostart_facts(console_.environment);
    std::optional<SourceTrial> trial_;
    std::optional<Result<core::Duration>> offset_;
    std::optional<Result<std::vector<Region>>> all_regions_;  ///< Empty: not asked, or no answer in time.
    // Deques, because coroutines refer to the elements.
    std::deque<AccountFacts> accounts_;
    std::deque<RegionFacts> regions_;
    std::deque<PermissionFacts> permissions_;
    std::deque<ResourceFacts> resources_;
};

}  // namespace

int run(const cli::DoctorOptions& options, const cli::Console& console) {
    // Destroyed only after printing: its destructor waits for a keyring that is asking the person to unlock it.
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
