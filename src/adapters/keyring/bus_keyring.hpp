#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sdbus-c++/sdbus-c++.h>
#include <string>
#include <vector>

#include "adapters/keyring/secret_session.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace doze::keyring {

/// A connection to the Secret Service. Every call blocks and may throw sdbus::Error; with_keyring() takes care of both.
/// Source: the Secret Service API of freedesktop.org, version 0.2.
class BusKeyring {
   public:
    BusKeyring();

    [[nodiscard]] Result<std::optional<Secret>> read(const std::string& name);
    [[nodiscard]] Result<void> write(const std::string& name, const Secret& text);
    [[nodiscard]] Result<bool> erase(const std::string& name);

   private:
    using Attributes = std::map<std::string, std::string>;
    using Paths = std::vector<sdbus::ObjectPath>;
    /// Session, parameters, value, content type.
    using BusSecret = sdbus::Struct<sdbus::ObjectPath, Bytes, Bytes, std::string>;

    struct Items {
        Paths unlocked;
        Paths locked;
    };

    [[nodiscard]] std::unique_ptr<sdbus::IProxy> proxy(const sdbus::ObjectPath& path);
    void open_session();
    [[nodiscard]] Items search(const std::string& name);
    [[nodiscard]] Result<void> unlock(const Paths& what);
    [[nodiscard]] Result<void> answer(const sdbus::ObjectPath& path);

    std::unique_ptr<sdbus::IConnection> connection_;
    std::unique_ptr<sdbus::IProxy> service_;
    SecretSession cipher_;
    bool encrypted_ = false;
    sdbus::ObjectPath session_;
};

/// Connects, calls `use` and turns exceptions into errors: `not_found` if there is no such service.
template <class T>
[[nodiscard]] Result<T> with_keyring(const std::function<Result<T>(BusKeyring&)>& use);

}  // namespace doze::keyring
