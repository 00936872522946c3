#include "adapters/keyring/bus_keyring.hpp"

#include <chrono>
#include <fmt/format.h>
#include <future>
#include <utility>

namespace doze::keyring {

namespace {

constexpr const char* bus_name = "org.freedesktop.secrets";
constexpr const char* service_interface = "org.freedesktop.Secret.Service";
constexpr const char* collection_interface = "org.freedesktop.Secret.Collection";
constexpr const char* item_interface = "org.freedesktop.Secret.Item";
constexpr const char* prompt_interface = "org.freedesktop.Secret.Prompt";
constexpr const char* encrypted = "dh-ietf1024-sha256-aes128-cbc-pkcs7";

// Time limits: a service that hangs must not hold up all other credentials.
constexpr std::uint64_t call_timeout = 5'000'000;  // µs
constexpr std::chrono::minutes time_for_person(2);

Error locked() {
    return {
        .code = ErrorCode::unauthorized,
        .message = "The desktop's keyring, which keeps the keys of doze, is locked.",
        .next_step = "Unlock it: log in to the desktop, or open its passwords application; doze notices by itself."};
}

bool is_none(const sdbus::ObjectPath& path) {
    return path.empty() || path == "/";
}

}  // namespace

BusKeyring::BusKeyring() : connection_(sdbus::createSessionBusConnection()) {
    connection_->setMethodCallTimeout(call_timeout);
    connection_->enterEventLoopAsync();
    service_ = proxy("/org/freedesktop/secrets");
    open_session();
}

std::unique_ptr<sdbus::IProxy> BusKeyring::proxy(const sdbus::ObjectPath& path) {
    auto made = sdbus::createProxy(*connection_, bus_name, path);
    made->finishRegistration();
    return made;
}

void BusKeyring::open_session() {
    sdbus::Variant answer;
    const auto open = [&](const char* algorithm, const sdbus::Variant& input) {
        service_->callMethod("OpenSession")
            .onInterface(service_interface)
            .withArguments(std::string(algorithm), input)
            .storeResultsTo(answer, session_);
    };
    try {
        open(encrypted, sdbus::Variant(cipher_.public_key()));
        encrypted_ = cipher_.agree(answer.get<Bytes>());
    } catch (const sdbus::Error& refused) {
        if (refused.getName() != "org.freedesktop.DBus.Error.NotSupported") throw;
    }
    if (!encrypted_) open("plain", sdbus::Variant(std::string()));
}

BusKeyring::Items BusKeyring::search(const std::string& name) {
    Items items;
    service_->callMethod("SearchItems")
        .onInterface(service_interface)
        .withArguments(Attributes{{"application", "doze"}, {"profile", name}})
        .storeResultsTo(items.unlocked, items.locked);
    return items;
}

Result<void> BusKeyring::unlock(const Paths& what) {
    Paths unlocked;
    sdbus::ObjectPath prompt;
    service_->callMethod("Unlock").onInterface(service_interface).withArguments(what).storeResultsTo(unlocked, prompt);
    return answer(prompt);
}

Result<void> BusKeyring::answer(const sdbus::ObjectPath& path) {
    if (is_none(path)) return {};
    std::promise<bool> dismissed;
    auto prompt = sdbus::createProxy(*connection_, bus_name, path);
    bool told = false;
    prompt->uponSignal("Completed").onInterface(prompt_interface).call([&](bool was_dismissed, const sdbus::Variant&) {
        if (!std::exchange(told, true)) dismissed.set_value(was_dismissed);
    });
    prompt->finishRegistration();
    prompt->callMethod("Prompt").onInterface(prompt_interface).withArguments(std::string());
    auto outcome = dismissed.get_future();
    const bool in_time = outcome.wait_for(time_for_person) == std::future_status::ready;
    prompt.reset();
    if (!in_time || outcome.get()) return locked();
    return {};
}

Result<std::optional<Secret>> BusKeyring::read(const std::string& name) {
    const auto items = search(name);
    if (items.unlocked.empty()) {
        if (!items.locked.empty()) return locked();
        return std::optional<Secret>();
    }
    BusSecret secret;
    proxy(items.unlocked.front())
        ->callMethod("GetSecret")
        .onInterface(item_interface)
        .withArguments(session_)
        .storeResultsTo(secret);
    const Sealed sealed{.parameters = secret.get<1>(), .value = secret.get<2>()};
    if (!encrypted_) {
        std::string text(sealed.value.begin(), sealed.value.end());
        return std::optional(Secret::of(text));
    }
    auto text = cipher_.unseal(sealed);
    if (!text) return Error{.code = ErrorCode::internal, .message = "The keyring's answer can't be decrypted."};
    return text;
}

Result<void> BusKeyring::write(const std::string& name, const Secret& text) {
    sdbus::ObjectPath collection;
    service_->callMethod("ReadAlias")
        .onInterface(service_interface)
        .withArguments(std::string("default"))
        .storeResultsTo(collection);
    if (is_none(collection)) {
        return Error{.code = ErrorCode::not_found, .message = "The desktop's keyring service has no keyring yet."};
    }
    if (auto opened = unlock({collection}); !opened) return opened.error();
    const Sealed sealed =
        encrypted_ ? cipher_.seal(text) : Sealed{.value = Bytes(text.view().begin(), text.view().end())};
    const std::map<std::string, sdbus::Variant> properties{
        {"org.freedesktop.Secret.Item.Label", sdbus::Variant("AWS keys of doze, profile " + name)},
        {"org.freedesktop.Secret.Item.Attributes",
         sdbus::Variant(Attributes{{"application", "doze"}, {"profile", name}})}};
    sdbus::ObjectPath item;
    sdbus::ObjectPath prompt;
    proxy(collection)
        ->callMethod("CreateItem")
        .onInterface(collection_interface)
        .withArguments(properties, BusSecret(session_, sealed.parameters, sealed.value, "text/plain"), true)
        .storeResultsTo(item, prompt);
    return answer(prompt);
}

Result<bool> BusKeyring::erase(const std::string& name) {
    auto items = search(name);
    if (!items.locked.empty()) {
        if (auto opened = unlock(items.locked); !opened) return opened.error();
        items = search(name);
        if (!items.locked.empty()) return locked();
    }
    for (const auto& item : items.unlocked) {
        sdbus::ObjectPath prompt;
        proxy(item)->callMethod("Delete").onInterface(item_interface).storeResultsTo(prompt);
        if (auto gone = answer(prompt); !gone) return gone.error();
    }
    return !items.unlocked.empty();
}

template <class T>
Result<T> with_keyring(const std::function<Result<T>(BusKeyring&)>& use) {
    try {
        BusKeyring keyring;
        return use(keyring);
    } catch (const sdbus::Error& error) {  // sdbus-c++ reports errors by exceptions only.
        if (error.getName() == "org.freedesktop.Secret.Error.IsLocked") return locked();
        return Error{.code = ErrorCode::not_found,
                     .message = fmt::format("The desktop's keyring can't be used: {}.", error.getName()),
                     .next_step = "Log in to a desktop that has one (GNOME Keyring, KWallet, KeePassXC)."};
    }
}

template Result<std::optional<Secret>> with_keyring(const std::function<Result<std::optional<Secret>>(BusKeyring&)>&);
template Result<void> with_keyring(const std::function<Result<void>(BusKeyring&)>&);
template Result<bool> with_keyring(const std::function<Result<bool>(BusKeyring&)>&);

}  // namespace doze::keyring
