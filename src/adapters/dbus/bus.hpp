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

/// A method, or a signal, of an object on the bus.
struct Member {
    std::string service;  ///< Its well-known name.
    std::string path;
    std::string interface;
    std::string name;
};

/// The values that a property change told of; those only named there ("invalidated") are not in it.
using Properties = std::map<std::string, sdbus::Variant>;

/// One connection to a message bus, driven by the loop, for one source. A lost bus is tried again after 1 s, then with
/// growing pauses, up to 30 s. Services are only listened for: asking never makes the bus start one.
///
/// Calls never wait: the answer, or the lack of one after 5 s, comes as an event. Only connecting and subscribing wait,
/// for the bus itself (microseconds; as long as it hangs, if it does, but at most 5 s for a subscription).
///
/// No handler is called once the owner is gone or stop() was called, and none from within a call to this class.
/// Handlers may destroy the owner. What sdbus-c++ throws becomes an error here. Loop's thread only.
class Bus {
   public:
    struct Events {
        /// The bus is there, and knows nothing: subscribe and ask now. Called again after each loss.
        std::function<void()> connected;
        /// It isn't, or no longer. All subscriptions and open calls are forgotten.
        std::function<void(const Error&)> lost;
    };

    /// `name` as people call it: "session bus". An empty address is no bus at all.
    Bus(boost::asio::io_context& io, std::string name, std::string address);
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    /// Call once. Handlers keep `owner` alive while they run.
    void start(std::weak_ptr<void> owner, Events events);
    void stop();

    /// Asks everything anew over a fresh connection, at once: `connected` is called again.
    void restart();
    /// The same after the next pause: something did not work.
    void restart_later();
    /// All works: the next pause is the first again.
    void succeeded();

    /// Calls `method` with `arguments`. Answers `not_found` where the service has no such object or method,
    /// `access_denied`, else `internal`. While the bus is lost nothing happens.
    template <class Out, class... In>
    void call(const Member& method, std::function<void(Result<Out>)> then, const In&... arguments) {
        send(
            method, [&](sdbus::Message& message) { (void)(message << ... << arguments); },
            [then = std::move(then), name = method.name](Result<sdbus::Message*> reply) {
                if (!reply) return then(failure<Out>(reply.error()));
                then(read<Out>(**reply, name));
            });
    }

    /// Calls `then` with the first values of each such signal, which must be of the types `Out`.
    template <class... Out>
    void on_signal(const Member& signal, std::type_identity_t<std::function<void(Out...)>> then) {
        subscribe(signal, {}, [then = std::move(then)](sdbus::Message& message) {
            std::tuple<Out...> values;
            try {
                std::apply([&](auto&... each) { (void)(message >> ... >> each); }, values);
            } catch (const sdbus::Error&) {  // sdbus-c++ knows no other way.
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

    /// Calls `then` when properties of `interface` of the object changed.
    void on_properties(
        const std::string& service, const std::string& path, const std::string& interface,
        std::function<void(const Properties& changed, const std::vector<std::string>& invalidated)> then);

    /// Calls `then` with whether somebody owns the name `service`, soon and at each change.
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

    /// Said in full, because a Variant can be made of everything, even of an Error.
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
        } catch (const sdbus::Error&) {  // sdbus-c++ knows no other way.
            return failure<Out>(unexpected(name));
        }
    }

    std::shared_ptr<Link> link_;
};

}  // namespace doze::dbus
