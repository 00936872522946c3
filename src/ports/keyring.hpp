#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace doze::ports {

/// The desktop's store for secrets: encrypted on disk, readable while the person is logged in. Fails with
/// `not_found` if the desktop has none, and with `unauthorized` if it is locked. Loop's thread only; must outlive
/// its calls.
class Keyring {
   public:
    virtual ~Keyring() = default;

    /// The secret that doze keeps under this name; an empty optional if there is none. Never prompts the person.
    virtual boost::asio::awaitable<Result<std::optional<Secret>>> read(std::string name) = 0;

    /// Stores the secret, replacing an older one. The desktop may prompt the person to unlock the keyring.
    virtual boost::asio::awaitable<Result<void>> write(std::string name, Secret text) = 0;

    /// Removes the secret; false if there was none. The desktop may prompt the person to unlock the keyring.
    virtual boost::asio::awaitable<Result<bool>> erase(std::string name) = 0;
};

}  // namespace doze::ports
