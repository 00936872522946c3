#include "cloud/aws/credentials/chain.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <utility>

#include "cloud/aws/credentials/container.hpp"
#include "cloud/aws/credentials/environment.hpp"
#include "cloud/aws/credentials/instance_metadata.hpp"
#include "cloud/aws/credentials/keyring_keys.hpp"

namespace doze::cloud::aws {

namespace asio = boost::asio;

/// One reading, for everybody who waits for it.
struct CredentialsChain::Reading {
    asio::steady_timer done;
    Result<Credentials> result = Error{.code = ErrorCode::internal, .message = "Reading the credentials was given up."};
    bool finished = false;
};

CredentialsChain::CredentialsChain(Places places) : places_(std::move(places)), profile_keys_(places_, pace_) {}

bool CredentialsChain::holds(core::WallTime now, const Profiles::State& files) const {
    return kept_ && !refused_ && kept_files_ == files && (!kept_->expires || now < *kept_->expires);
}

CredentialsChain::Need CredentialsChain::need(core::WallTime now, const Profiles::State& files) const {
    // A clock that was set back makes nothing recent.
    const auto recent = [now](const std::optional<core::WallTime>& when, core::Duration span) {
        return when && *when <= now && now < *when + span;
    };
    if (!kept_ || kept_files_ != files) return Need::now;
    if (refused_) return recent(last_after_refusal_, again_after) ? Need::none : Need::now;
    if (!kept_->expires) return recent(last_reading_, look_again_after) ? Need::none : Need::soon;
    if (now >= *kept_->expires) return Need::now;
    if (now + renew_before < *kept_->expires || recent(last_reading_, again_after)) return Need::none;
    return now + must_renew_before < *kept_->expires ? Need::soon : Need::now;
}

void CredentialsChain::refused(const Credentials& keys) {
    // Others may have been refused these before, and new ones be there already.
    if (kept_ && kept_->same_keys(keys)) refused_ = true;
}

asio::awaitable<Result<Credentials>> CredentialsChain::get(core::WallTime now) {
    const auto files = places_.profiles.state();
    const Need needed = need(now, files);
    const bool under_way = reading_ && !reading_->finished;
    if (needed == Need::none || (needed == Need::soon && under_way)) co_return *kept_;
    if (under_way) {
        const auto others = reading_;
        boost::system::error_code cancelled;
        co_await others->done.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        co_return others->result;
    }
    const auto executor = co_await asio::this_coro::executor;
    const std::shared_ptr<Reading> own(
        new Reading{.done = asio::steady_timer(executor, asio::steady_timer::time_point::max())});
    reading_ = own;
    // Whatever becomes of this coroutine, nobody waits for ever. (It may outlive the chain, when the loop ends.)
    const std::shared_ptr<void> at_end(nullptr, [own](void*) {
        own->finished = true;
        own->done.cancel();
    });
    if (refused_) last_after_refusal_ = now;
    auto found = co_await read(now);
    if (found) {
        kept_ = *found;
        kept_files_ = files;
        refused_ = false;
    } else if (holds(now, files)) {
        found = *kept_;
    } else {
        kept_.reset();
    }
    last_reading_ = now;
    own->result = found;
    co_return found;
}

asio::awaitable<Result<Credentials>> CredentialsChain::read(core::WallTime now) {
    looks_.clear();
    Found found = Absent{"a profile was asked for by name, so the environment is not used"};
    if (!places_.profiles.is_explicit()) found = from_environment(places_.environment, now);
    if (auto done = judge("environment", std::move(found))) co_return *done;
    if (places_.keyring != nullptr) {
        const auto name = places_.profiles.chosen();
        const auto ask = [&] { return from_keyring(*places_.keyring, name); };
        found = co_await pace_.ask("keyring", hash_of(name), now, ask);
        if (auto done = judge("keyring", std::move(found))) co_return *done;
    }
    found = co_await read_profile(now);
    if (auto done = judge("profile", std::move(found))) co_return *done;
    found = co_await from_container(places_, pace_, now);
    if (auto done = judge("container", std::move(found))) co_return *done;
    found = co_await read_instance(now);
    if (auto done = judge("instance_metadata", std::move(found))) co_return *done;

    std::string all;
    for (const auto& look : looks_) {
        all += (all.empty() ? "" : &look == &looks_.back() ? ", and " : ", ") + look.why;
    }
    co_return no_credentials(
        fmt::format("No AWS credentials: {}.", all),
        "Run `doze auth set`, `aws configure` or `aws configure sso`, or set AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY.");
}

asio::awaitable<Found> CredentialsChain::read_profile(core::WallTime now) {
    auto profile = places_.profiles.load();
    if (!profile) co_return profile.error();
    const bool by_name = places_.profiles.named().has_value();
    auto found = co_await profile_keys_.find(*profile, !places_.profiles.is_explicit(), now);
    // Whoever asks for a profile does not mean the keys of the machine.
    if (by_name && !profile->found && std::holds_alternative<Absent>(found)) {
        co_return no_credentials(
            fmt::format("There is no profile {} in {} or {}.", profile->name, profile->credentials_file,
                        profile->config_file),
            "Correct the name (AWS_PROFILE, or the profile in settings.json), or run `aws configure "
            "--profile " +
                profile->name + "`.");
    }
    co_return found;
}

asio::awaitable<Found> CredentialsChain::read_instance(core::WallTime now) {
    const auto profile = places_.profiles.load();
    if (!profile) co_return profile.error();
    co_return co_await from_instance_metadata(places_, *profile, pace_, now);
}

std::optional<Result<Credentials>> CredentialsChain::judge(const char* place, Found found) {
    if (auto* keys = std::get_if<Credentials>(&found)) return Result<Credentials>(std::move(*keys));
    if (auto* error = std::get_if<Error>(&found)) return Result<Credentials>(std::move(*error));
    looks_.push_back({.place = place, .why = std::move(std::get<Absent>(found).why)});
    return std::nullopt;
}

}  // namespace doze::cloud::aws
