#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace doze::ports {

/// Where the desktop keeps secrets for its person: encrypted on disk, readable while they are logged in. Errors are
/// `not_found` where the desktop has no such place, and `unauthorized` where it is locked. On the loop's thread;
/// must outlive its calls.
class Keyring {
   public:
    virtual ~Keyring() = default;

    /// What doze keeps under this name; none where there is nothing. Never asks the person anything.
    virtual boost::asio::awaitable<Result<std::optional<Secret>>> read(std::string name) = 0;

    /// Puts it there, in place of what was there. The desktop may ask its person to unlock it.
    virtual boost::asio::awaitable<Result<void>> write(std::string name, Secret text) = 0;

    /// Takes it away; false where there was nothing. The desktop may ask its person to unlock it.
    virtual boost::asio::awaitable<Result<bool>> erase(std::string name) = 0;
};

}  // namespace doze::ports
