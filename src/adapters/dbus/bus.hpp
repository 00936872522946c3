#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <sdbus-c++/sdbus-c++.h>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace doze::dbus {

/// Address of a method or signal: service, object, interface, name.
struct Member {
    std::string service;  ///< Well-known name of the service.
    std::string path;
    std::string interface;
    std::string name;
};

/// New values in a property change; properties that were only "invalidated" are not included.
using Properties = std::map<std::string, sdbus::Variant>;

/// One connection to a message bus, driven by the loop, for one source. Reconnects to a lost bus after 1 s, then with
/// growing pauses, up to 30 s. Calls never make the bus start a service.
///
/// Calls never wait: the answer, or an error after 5 s without one, arrives as an event. Only connecting and
/// subscribing wait, for the bus itself (microseconds; a subscription at most 5 s if the bus hangs).
///
/// No handler is called once the owner is gone or stop() was called, and none from within a call to this class.
/// Handlers may destroy the owner. Exceptions of sdbus-c++ become errors here. Loop's thread only.
class Bus {
   public:
    struct Events {
        /// Connected, with no subscription yet: subscribe and call now. Called again after each reconnect.
        std::function<void()> connected;
        /// The bus can't be reached, or was lost. All subscriptions and pending calls are dropped.
        std::function<void(const Error&)> lost;
    };

    /// `name` is for messages: "session bus". An empty address means that there is no bus.
    Bus(boost::asio::io_context& io, std::string name, std::string address);
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    /// Call once. Handlers keep `owner` alive while they run.
    void start(std::weak_ptr<void> owner, Events events);
    void stop();

    /// Reconnects at once, without subscriptions or pending calls: `connected` is called again.
    void restart();
    /// The same after the next pause, when something failed.
    void restart_later();
    /// Everything works: resets the pause to the first one.
    void succeeded();

    /// Calls `method` with `arguments`. Errors: `not_found` if the service has no such object or method,
    /// `access_denied`, else `internal`. Does nothing while the bus is lost.
    template <class Out, class... In>
    void call(const Member& method, std::function<void(Result<Out>)> then, const In&... arguments) {
        send(
            method, [&](sdbus::Message& message) { (void)(message << ... << arguments); },
            [then = std::move(then), name = method.name](Result<sdbus::Message*> reply) {
                if (!reply) return then(failure<Out>(reply.error()));
                then(read<Out>(**reply, name));
            });
    }

    /// Calls `then` with the first values of each such signal. Their types must be `Out`.
    template <class... Out>
    void on_signal(const Member& signal, std::type_identity_t<std::function<void(Out...)>> then) {
        subscribe(signal, {}, [then = std::move(then)](sdbus::Message& message) {
            std::tuple<Out...> values;
            try {
                std::apply([&](auto&... each) { (void)(message >> ... >> each); }, values);
            } catch (const sdbus::Error&) {  // sdbus-c++ reports errors by exceptions only.
                return;
            }
            std::apply(then, std::move(values));
        });
    }

    /// Reads a property.
    template <class Out>
    void get(const Member& property, std::function<void(Result<Out>)> then) {
        call<sdbus::Variant>(
            {property.service, property.path, "org.freedesktop.DBus.Properties", "Get"},
            [then = std::move(then), name = property.name](Result<sdbus::Variant> value) {
                if (!value) return then(value.error());
                then(unpack<Out>(*value, name));
            },
            property.interface, property.name);
    }

    /// Calls `then` when properties of the object's `interface` change.
    void on_properties(
        const std::string& service, const std::string& path, const std::string& interface,
        std::function<void(const Properties& changed, const std::vector<std::string>& invalidated)> then);

    /// Calls `then` with whether the name `service` has an owner, first soon after this call, then at each change.
    void watch_service(const std::string& service, std::function<void(bool is_there)> then);

    /// The value in `variant`, if it is an `Out`.
    template <class Out>
    [[nodiscard]] static Result<Out> unpack(const sdbus::Variant& variant, const std::string& name) {
        if (!variant.containsValueOfType<Out>()) return unexpected(name);
        return variant.get<Out>();
    }

   private:
    class Link;
    using Answer = std::function<void(Result<sdbus::Message*>)>;

    void send(const Member& method, const std::function<void(sdbus::Message&)>& fill, Answer then);
    void subscribe(const Member& signal, const std::string& argument, std::function<void(sdbus::Message&)> then);

    [[nodiscard]] static Error unexpected(const std::string& name);

    /// The type is written out because a Variant can be constructed from anything, even from an Error.
    template <class Out>
    [[nodiscard]] static Result<Out> failure(const Error& why) {
        return Result<Out>(boost::system::in_place_error, why);
    }

    template <class Out>
    [[nodiscard]] static Result<Out> read(sdbus::Message& message, const std::string& name) {
        try {
            Out value{};
            message >> value;
            return Result<Out>(boost::system::in_place_value, std::move(value));
        } catch (const sdbus::Error&) {  // sdbus-c++ reports errors by exceptions only.
            return failure<Out>(unexpected(name));
        }
    }

    std::shared_ptr<Link> link_;
};

}  // namespace doze::dbus
