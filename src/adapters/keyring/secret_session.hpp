#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/secret.hpp"
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

using Bytes = std::vector<std::uint8_t>;

/// A secret on its way over D-Bus, as the messages carry it.
struct Sealed {
    Bytes parameters;  ///< The initialisation vector; empty where nothing is encrypted.
    Bytes value;
};

/// How secrets are hidden on their way between doze and the Secret Service: dh-ietf1024-sha256-aes128-cbc-pkcs7 of the
/// Secret Service specification, chapter 7. It keeps them out of the memory of the bus and of dumps of it.
class SecretSession {
   public:
    /// Draws a key pair.
    SecretSession();

    /// What OpenSession is told.
    [[nodiscard]] const Bytes& public_key() const { return public_key_; }

    /// What OpenSession answered. False where that can't be a key.
    [[nodiscard]] bool agree(const Bytes& public_key_of_service);

    /// REQUIRES: agreed.
    [[nodiscard]] Sealed seal(const Secret& text) const;

    /// None where it was not sealed with this session's key. REQUIRES: agreed.
    [[nodiscard]] std::optional<Secret> unseal(const Sealed& sealed) const;

   private:
    Secret private_key_;
    Bytes public_key_;
    Secret key_;  ///< 16 bytes.
};

}  // namespace doze::keyring
