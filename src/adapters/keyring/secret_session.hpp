#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/secret.hpp"
#include "ports/keyring.hpp"

namespace doze::keyring {

/// The desktop's keyring over D-Bus (org.freedesktop.secrets: GNOME Keyring, KWallet, KeePassXC). Secrets are encrypted
/// in transit. D-Bus calls block, so each operation runs on a thread of its own: for seconds at most, or two minutes
/// while the person is asked to unlock the keyring.
class SecretService final : public ports::Keyring {
   public:
    boost::asio::awaitable<Result<std::optional<Secret>>> read(std::string name) override;
    boost::asio::awaitable<Result<void>> write(std::string name, Secret text) override;
    boost::asio::awaitable<Result<bool>> erase(std::string name) override;
};

using Bytes = std::vector<std::uint8_t>;

/// An encrypted secret in the form of D-Bus messages.
struct Sealed {
    Bytes parameters;  ///< The initialisation vector; empty if not encrypted.
    Bytes value;
};

/// Encrypts secrets between doze and the Secret Service: dh-ietf1024-sha256-aes128-cbc-pkcs7 of the Secret Service
/// specification, chapter 7. Keeps them out of the bus's memory and its core dumps.
class SecretSession {
   public:
    /// Generates a key pair.
    SecretSession();

    /// The argument of OpenSession.
    [[nodiscard]] const Bytes& public_key() const { return public_key_; }

    /// Takes the answer of OpenSession. False if it can't be a key.
    [[nodiscard]] bool agree(const Bytes& public_key_of_service);

    /// Encrypts. REQUIRES: agree() returned true.
    [[nodiscard]] Sealed seal(const Secret& text) const;

    /// Decrypts; empty if it was not sealed with this session's key. REQUIRES: agree() returned true.
    [[nodiscard]] std::optional<Secret> unseal(const Sealed& sealed) const;

   private:
    Secret private_key_;
    Bytes public_key_;
    Secret key_;  ///< 16 bytes.
};

}  // namespace doze::keyring
