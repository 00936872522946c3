#pragma once

#include "ports/keyring.hpp"

namespace doze::keyring {

/// The keyring of the desktop over D-Bus (org.freedesktop.secrets: GNOME Keyring, KWallet, KeePassXC). Secrets are
/// encrypted on their way. D-Bus calls block, so each operation has a thread for as long as it takes: seconds at most,
/// or two minutes where the person is asked to unlock the keyring.
class SecretService final : public ports::Keyring {
   public:
    boost::asio::awaitable<Result<std::optional<Secret>>> read(std::string name) override;
    boost::asio::awaitable<Result<void>> write(std::string name, Secret text) override;
    boost::asio::awaitable<Result<bool>> erase(std::string name) override;
};

}  // namespace doze::keyring
