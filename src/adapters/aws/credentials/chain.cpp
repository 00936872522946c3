#include "adapters/aws/credentials/chain.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <utility>

#include "adapters/aws/credentials/metadata_services.hpp"
#include "base/async_event.hpp"

namespace doze::aws {

namespace asio = boost::asio;

Result<std::optional<FoundRegion>> configured_region(const Environment& environment, const Profile& profile) {
    std::string text;
    std::string origin;
    for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
        if (!text.empty()) break;
        text = environment(variable).value_or("");
        origin = variable;
    }
    if (text.empty()) {
        text = profile.get("region");
        origin = "profile " + profile.name + " of " +
                 (profile.credentials.contains("region") ? profile.credentials_file : profile.config_file);
    }
    if (text.empty()) return std::optional<FoundRegion>();
    auto region = parse_region(text);
    if (!region) return region.error().within(origin);
    return std::optional(FoundRegion{.region = std::move(*region), .origin = std::move(origin)});
}

asio::awaitable<Result<std::optional<FoundRegion>>> default_region(const ProviderContext& places) {
    const auto profile = places.profiles.load();
    if (!profile) co_return profile.error();
    auto configured = configured_region(places.environment, *profile);
    if (!configured || *configured) co_return configured;
    auto of_instance = co_await region_of_instance(places, *profile);
    if (!of_instance) co_return std::optional<FoundRegion>();
    co_return std::optional(
        FoundRegion{.region = std::move(*of_instance), .origin = "the EC2 instance metadata service"});
}

Result<Region> region_for_sts(const Environment& environment, const Profile& profile, std::string_view role_arn) {
    auto configured = configured_region(environment, profile);
    if (!configured) return configured.error();
    if (*configured) return std::move((*configured)->region);
    if (role_arn.starts_with("arn:aws-cn:")) return Region("cn-north-1");
    if (role_arn.starts_with("arn:aws-us-gov:")) return Region("us-gov-west-1");
    return Region("us-east-1");
}

namespace asio = boost::asio;

Secret secret_variable(const Environment& environment, const char* name) {
    auto text = environment(name);
    return text ? Secret::of(*text) : Secret();
}

ProviderResult from_environment(const Environment& environment, core::WallTime now) {
    Credentials found{.access_key_id = environment("AWS_ACCESS_KEY_ID").value_or(""),
                      .secret_access_key = secret_variable(environment, "AWS_SECRET_ACCESS_KEY"),
                      .session_token = secret_variable(environment, "AWS_SECURITY_TOKEN"),
                      .origin = "the environment",
                      .provider = "environment"};
    if (found.session_token.empty()) found.session_token = secret_variable(environment, "AWS_SESSION_TOKEN");
    if (found.access_key_id.empty() && found.secret_access_key.empty()) {
        return NotConfigured{"AWS_ACCESS_KEY_ID is not set in the environment"};
    }
    if (found.access_key_id.empty() || found.secret_access_key.empty()) {
        const bool no_id = found.access_key_id.empty();
        return no_credentials(fmt::format("{} is set in the environment, but {} is not.",
                                          no_id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID",
                                          no_id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY"),
                              "Set both, or neither to use a profile of ~/.aws.");
    }
    const std::string expiration = environment("AWS_CREDENTIAL_EXPIRATION").value_or("");
    found.expires = parse_time(expiration);
    if (found.expires && *found.expires <= now) {
        return no_credentials("The AWS credentials in the environment expired at " + expiration + ".",
                              "Sign in again (for example `aws sso login`), export fresh ones and restart doze.");
    }
    return found;
}

Secret keyring_text(const Credentials& keys) {
    std::string text;
    text.reserve(keys.access_key_id.size() + 1 + keys.secret_access_key.view().size());
    text += keys.access_key_id;
    text += '\n';
    text += keys.secret_access_key.view();
    return Secret::of(text);
}

asio::awaitable<ProviderResult> from_keyring(ports::Keyring& keyring, std::string profile) {
    const auto kept = co_await keyring.read(profile);
    if (!kept && kept.error().code == ErrorCode::unauthorized) {
        co_return no_credentials(kept.error().message, kept.error().next_step);
    }
    if (!kept) co_return NotConfigured{.why = "this desktop has no keyring", .for_now = true};
    if (!*kept)
        co_return NotConfigured{fmt::format("the desktop's keyring has no keys of doze for profile {}", profile)};
    const auto text = (*kept)->view();
    const auto line_end = text.find('\n');
    if (line_end == 0 || line_end == std::string_view::npos || line_end + 1 == text.size()) {
        co_return no_credentials("What the keyring keeps for doze is no pair of keys.", "Run `doze auth set` again.");
    }
    co_return Credentials{.access_key_id = std::string(text.substr(0, line_end)),
                          .secret_access_key = Secret(text.substr(line_end + 1)),
                          .origin = fmt::format("the desktop's keyring (profile {})", profile),
                          .provider = "keyring"};
}

namespace asio = boost::asio;

namespace {

/// The provider, as in CredentialsChain::Attempt.
std::string_view place_of(const Credentials& keys) {
    for (const std::string_view place : {"environment", "keyring", "container", "instance_metadata"}) {
        if (keys.provider == place) return place;
    }
    return "profile";
}

}  // namespace

/// One reading, shared by all who wait for it.
struct CredentialsChain::Reading {
    AsyncEvent done;
    Result<Credentials> result = Error{.code = ErrorCode::internal, .message = "Reading the credentials was given up."};
};

CredentialsChain::CredentialsChain(ProviderContext places)
    : places_(std::move(places)), profile_keys_(places_, pace_) {}

bool CredentialsChain::hold(core::WallTime now) const {
    return kept_ && !expired_ && (!kept_->expires || now < *kept_->expires);
}

CredentialsChain::Need CredentialsChain::need(core::WallTime now, std::size_t files) const {
    // After the clock was set back, a time in the future does not count as recent.
    const auto recent = [now](const std::optional<core::WallTime>& when, core::Duration span) {
        return when && *when <= now && now < *when + span;
    };
    const auto unless_recent = [&](core::Duration span) {
        return recent(last_reading_, span) ? Need::none : Need::soon;
    };
    if (!kept_) return Need::now;
    if (expired_) return recent(last_after_expiry_, again_after) ? Need::none : Need::now;
    if (!hold(now) || files_ != files) return Need::now;
    if (gone_since_) return unless_recent(again_after);
    if (doubted_ || unsettled_) return unless_recent(pause_);
    // A program is not run just to check: it may ask the person for something.
    if (!kept_->expires) return kept_->provider == "process" ? Need::none : unless_recent(look_again_after);
    // Keys that never last a quarter of an hour would be renewed all the time.
    const bool short_lived = life_ <= renew_before;
    if (now + (short_lived ? life_ / 2 : renew_before) < *kept_->expires) return Need::none;
    if (recent(last_reading_, again_after)) return Need::none;
    return now + (short_lived ? life_ / 3 : must_renew_before) < *kept_->expires ? Need::soon : Need::now;
}

void CredentialsChain::taken(const Credentials& keys, const Region& region) {
    if (!kept_ || !kept_->same_keys(keys)) return;
    taken_in_.insert(region);
    doubted_ = false;
}

void CredentialsChain::refused(const Credentials& keys, const Region& region, bool expired) {
    // The refusal may be about older keys that have been replaced since.
    if (!kept_ || !kept_->same_keys(keys)) return;
    expired_ = expired_ || expired;
    taken_in_.erase(region);
    doubted_ = taken_in_.empty();
}

asio::awaitable<Result<Credentials>> CredentialsChain::get(core::WallTime now) {
    const auto files = places_.profiles.fingerprint();
    const auto trouble = places_.profiles.trouble();
    tell_once(told_of_files_, trouble ? trouble->message + " doze goes on with what it read there before." : "");
    const std::string whose = (places_.profiles.is_explicit() ? "by name: " : "") + places_.profiles.chosen();
    // Another profile may mean another account.
    if (std::exchange(whose_, whose) != whose) kept_.reset();
    const Need needed = need(now, files);
    const bool under_way = reading_ && !reading_->done.is_set();
    // While expired keys are being replaced, nobody continues with them.
    const bool holds_meanwhile = needed == Need::none ? !expired_ || !under_way : needed == Need::soon && under_way;
    if (holds_meanwhile) co_return *kept_;
    if (under_way) {
        const auto others = reading_;
        co_await others->done.wait();
        co_return others->result;
    }
    const auto executor = co_await asio::this_coro::executor;
    const std::shared_ptr<Reading> own(new Reading{.done = AsyncEvent(executor)});
    reading_ = own;
    // Ends the wait of all others even if this coroutine is destroyed. (It may outlive the chain, when the loop ends.)
    const std::shared_ptr<void> at_end(nullptr, [own](void*) { own->done.set(); });
    if (expired_) last_after_expiry_ = now;
    auto found = co_await read(now);
    // Another profile may have been chosen meanwhile.
    own->result = whose_ == whose ? settle(std::move(found), files, now) : std::move(found);
    co_return own->result;
}

/// Chooses between the result of a reading and the keys in use.
Result<Credentials> CredentialsChain::settle(Result<Credentials> found, std::size_t files_before, core::WallTime now) {
    files_ = places_.profiles.fingerprint();
    last_reading_ = now;
    const bool same = found && kept_ && found->same_keys(*kept_);
    const bool was_in_doubt = doubted_ || unsettled_;
    unsettled_ = files_ != files_before;
    // Keys of a later provider may belong to another account.
    const bool lost = hold(now) && found && !same && gone_;
    if (!lost) gone_since_.reset();
    if (lost && (!gone_since_ || now < *gone_since_)) gone_since_ = now;
    const bool lasts = lost && now >= *gone_since_ + gone_after;
    const bool keep = hold(now) && (!found || (lost && !lasts));
    tell_once(told_of_failure_,
              found || !keep ? "" : found.error().message + " doze goes on with the keys that it has.");
    const bool none_better = keep || unsettled_ || (same && was_in_doubt);
    pause_ = none_better ? std::min(2 * pause_, longest_pause) : again_after;
    if (keep) return *kept_;
    if (!same) {
        taken_in_.clear();
        doubted_ = false;
    }
    expired_ = false;
    gone_since_.reset();
    kept_.reset();
    if (found) kept_ = *found;
    if (kept_ && kept_->expires) life_ = *kept_->expires - now;
    return found;
}

void CredentialsChain::tell_once(std::string& last, std::string sentence) const {
    if (sentence == last) return;
    last = std::move(sentence);
    if (!last.empty() && places_.tell) places_.tell(last);
}

asio::awaitable<Result<Credentials>> CredentialsChain::read(core::WallTime now) {
    attempts_.clear();
    gone_ = false;
    ProviderResult found = NotConfigured{"a profile was asked for by name, so the environment is not used"};
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
    for (const auto& attempt : attempts_) {
        all += (all.empty() ? "" : &attempt == &attempts_.back() ? ", and " : ", ") + attempt.why;
    }
    co_return no_credentials(
        fmt::format("No AWS credentials: {}.", all),
        "Run `doze auth set`, `aws configure` or `aws configure sso`, or set AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY.");
}

asio::awaitable<ProviderResult> CredentialsChain::read_profile(core::WallTime now) {
    auto profile = places_.profiles.load();
    if (!profile) co_return profile.error();
    const bool by_name = places_.profiles.named().has_value();
    auto found = co_await profile_keys_.find(*profile, !places_.profiles.is_explicit(), now);
    // Someone who names a profile does not mean the keys of the machine.
    if (by_name && !profile->found && std::holds_alternative<NotConfigured>(found)) {
        gone_ = kept_ && place_of(*kept_) == "profile";
        co_return no_credentials(
            fmt::format("There is no profile {} in {} or {}.", profile->name, profile->credentials_file,
                        profile->config_file),
            "Correct the name (AWS_PROFILE, or the profile in settings.json), or run `aws configure "
            "--profile " +
                profile->name + "`.");
    }
    co_return found;
}

asio::awaitable<ProviderResult> CredentialsChain::read_instance(core::WallTime now) {
    const auto profile = places_.profiles.load();
    if (!profile) co_return profile.error();
    co_return co_await from_instance_metadata(places_, *profile, pace_, now);
}

std::optional<Result<Credentials>> CredentialsChain::judge(const char* place, ProviderResult found) {
    if (auto* keys = std::get_if<Credentials>(&found)) return Result<Credentials>(std::move(*keys));
    if (auto* error = std::get_if<Error>(&found)) return Result<Credentials>(std::move(*error));
    auto& absent = std::get<NotConfigured>(found);
    if (kept_ && !absent.for_now && place_of(*kept_) == place) gone_ = true;
    attempts_.push_back({.place = place, .why = std::move(absent.why)});
    return std::nullopt;
}

}  // namespace doze::aws
