#include "app/offline/init/aws.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <deque>
#include <exception>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "app/offline/doctor/permissions.hpp"
#include "app/offline/doctor/resources.hpp"
#include "core/model/kinds.hpp"

namespace doze::init {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds patience(60);

Error too_late() {
    return {.code = ErrorCode::aws_error,
            .message = fmt::format("AWS did not answer within {} s.", patience.count()),
            .next_step = "`doze doctor` tells where it hangs."};
}

/// What is asked for, and whether it has come. Shared with the answers, which may come after it was given up.
template <class T>
struct Answer {
    std::size_t open = 1;
    std::optional<Result<T>> value = std::nullopt;

    static std::function<void(Result<T>)> into(const std::shared_ptr<Answer>& answer) {
        return [answer](Result<T> came) {
            answer->value = std::move(came);
            answer->open = 0;
        };
    }
};

}  // namespace

Result<std::unique_ptr<Aws>> Aws::open(const std::string& profile, const cli::Console& console) {
    std::unique_ptr<Aws> aws(new Aws(console));
    auto access = access::CloudAccess::open(aws->loop_, aws->clock_);
    if (!access) return access.error();
    aws->access_ = std::move(*access);
    aws->access_->choose_profile(profile);
    return aws;
}

bool Aws::wait(const std::size_t& open, std::string_view what) {
    const auto began = steady_clock::now();
    bool shows = false;
    loop_.restart();
    while (open > 0 && steady_clock::now() < began + patience) {
        const auto next = std::min(steady_clock::now() + std::chrono::seconds(1), began + patience);
        while (open > 0 && steady_clock::now() < next) loop_.run_one_until(next);
        if (open == 0 || !console_.err_is_terminal) continue;
        const auto waited = std::chrono::floor<std::chrono::seconds>(steady_clock::now() - began);
        console_.err << fmt::format("\r{}, {} s ...", what, waited.count()) << std::flush;
        shows = true;
    }
    if (shows) console_.err << "\r\x1b[K" << std::flush;  // Erase in Line
    return open == 0;
}

Result<std::optional<aws::FoundRegion>> Aws::default_region() {
    using ProviderResult = std::optional<aws::FoundRegion>;
    const auto answer = std::make_shared<Answer<ProviderResult>>();
    boost::asio::co_spawn(loop_, access_->default_region(),
                          [answer](const std::exception_ptr& bug, Result<ProviderResult> found) {
                              if (bug) std::rethrow_exception(bug);
                              answer->value = std::move(found);
                              answer->open = 0;
                          });
    if (!wait(answer->open, "Looking for a region")) return too_late();
    return *answer->value;
}

Result<access::Identified> Aws::identify(const Region& region) {
    const auto answer = std::make_shared<Answer<access::Identified>>();
    access_->identify(region, Answer<access::Identified>::into(answer));
    if (!wait(answer->open, "Asking AWS who you are")) return too_late();
    return *answer->value;
}

Result<std::vector<Region>> Aws::list_regions(const Region& region) {
    const auto answer = std::make_shared<Answer<std::vector<Region>>>();
    access_->list_regions(region, Answer<std::vector<Region>>::into(answer));
    if (!wait(answer->open, "Asking AWS for the regions")) return too_late();
    return *answer->value;
}

std::vector<Candidate> Aws::survey(const std::vector<Region>& regions, const core::GuardSettings& guards,
                                   std::vector<std::string>& troubles) {
    struct ProviderResult {
        std::size_t open = 0;
        std::vector<Candidate> candidates;
        std::vector<std::string> troubles;
    };
    const auto found = std::make_shared<ProviderResult>();
    access_->cloud().set_guards(guards);
    for (const auto& region : regions) {
        for (const auto& kind : core::kinds()) {
            ++found->open;
            access_->cloud().survey(
                kind.kind, region, [found, region, &kind](Result<core::Listing> survey, const AccountId&) {
                    --found->open;
                    if (survey)
                        add_candidates(*survey, found->candidates);
                    else
                        found->troubles.push_back(
                            fmt::format("{} {} could not be read: {}", region.str(), kind.word, survey.error().text()));
                });
        }
    }
    if (!wait(found->open, "Asking AWS what there is")) found->troubles.push_back(too_late().text());
    std::ranges::sort(found->troubles);
    troubles = std::move(found->troubles);
    sort_candidates(found->candidates);
    return std::move(found->candidates);
}

doctor::Findings Aws::try_out(const std::vector<core::ResourceId>& ids, const std::string& account,
                              const std::string& arn, std::vector<core::ResourceId>& guarded) {
    // Shared with the questions, which may be given up.
    struct Facts {
        std::size_t open = 0;
        doctor::PermissionFacts permissions;
        std::deque<doctor::ResourceFacts> resources;
    };
    const auto facts = std::make_shared<Facts>();
    const auto ask = [&](boost::asio::awaitable<void> question) {
        ++facts->open;
        boost::asio::co_spawn(loop_, std::move(question), [facts](const std::exception_ptr& bug) {
            --facts->open;
            if (bug) std::rethrow_exception(bug);
        });
    };
    auto& client = access_->client("");
    facts->permissions = doctor::permissions_to_try(ProfileName(), account, ids);
    for (auto& attempt : facts->permissions.attempts) ask(doctor::examine(client, attempt));
    for (auto& simulation : facts->permissions.simulations) ask(doctor::examine(client, arn, simulation));
    std::vector<doctor::ResourceFacts*> all;
    all.reserve(ids.size());
    for (const auto& id : ids) all.push_back(&facts->resources.emplace_back(doctor::ResourceFacts{{.id = id}}));
    if (!all.empty()) ask(doctor::examine(access_->cloud(), core::Depth::guards, std::move(all)));
    wait(facts->open, "Trying it");

    auto findings = doctor::judge_permissions(facts->permissions);
    for (const auto& one : facts->resources) {
        findings.push_back(doctor::judge_resource(one));
        if (one.seen && *one.seen && (*one.seen)->guard) guarded.push_back(one.registration.id);
    }
    return findings;
}

}  // namespace doze::init
