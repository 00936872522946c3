#include "app/daemon/region_list.hpp"

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <utility>

namespace doze::daemon {
namespace {

constexpr core::Duration after_an_answer = std::chrono::hours(24);
constexpr core::Duration after_a_failure = std::chrono::minutes(1);

}  // namespace

RegionList::RegionList(boost::asio::io_context& loop, const ports::Clock& clock, access::CloudAccess& cloud,
                       std::function<void()> changed, std::function<void(const Error&)> failed)
    : loop_(loop),
      clock_(clock),
      cloud_(cloud),
      changed_(std::move(changed)),
      failed_(std::move(failed)),
      again_(loop, [this] { ask(); }) {}

void RegionList::start(std::optional<Region> ask_in) {
    ask_ = std::move(ask_in);
    if (std::exchange(running_, true)) return;
    ask();
}

void RegionList::stop() {
    running_ = false;
    again_.set(std::nullopt);
}

void RegionList::ask() {
    boost::asio::co_spawn(loop_, cloud_.list_regions(ask_),
                          [this](std::exception_ptr bug, Result<std::vector<Region>> answer) {
                              if (bug) std::rethrow_exception(bug);
                              take(std::move(answer));
                          });
}

void RegionList::take(Result<std::vector<Region>> answer) {
    if (!running_) return;
    again_.set(clock_.now().boot + (answer ? after_an_answer : after_a_failure));
    if (!answer) {
        if (std::exchange(told_, answer.error().message) != answer.error().message) failed_(answer.error());
        return;
    }
    told_.clear();
    if (std::exchange(regions_, std::move(*answer)) != regions_) changed_();
}

}  // namespace doze::daemon
