#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/secret.hpp"

namespace doze::keyring {

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
