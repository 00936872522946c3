#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "cloud/aws/credentials/places.hpp"

namespace doze::cloud::aws {

/// The keys of profiles, in the AWS CLI's order: a role taken with other keys, web identity, SSO, keys in the
/// credentials file, a program, keys in the config file.
class ProfileKeys {
   public:
    /// What is referred to must outlive this.
    ProfileKeys(const Places& places, Pace& pace) : places_(places), pace_(pace) {}

    /// Of a profile that the person chose; the environment's web identity token applies where `with_environment`.
    boost::asio::awaitable<Found> find(Profile profile, bool with_environment, core::WallTime now);

   private:
    using Names = std::vector<std::string>;

    /// `visited`: the profiles that led here, this one included.
    boost::asio::awaitable<Found> take_role(Profile profile, Names visited, core::WallTime now);
    boost::asio::awaitable<Found> source_of_role(const Profile& profile, Names visited, core::WallTime now);
    boost::asio::awaitable<Found> named_source(std::string source, const Profile& profile, core::WallTime now);
    boost::asio::awaitable<Found> without_role(const Profile& profile, bool with_environment, core::WallTime now);

    const Places& places_;
    Pace& pace_;
};

}  // namespace doze::cloud::aws
