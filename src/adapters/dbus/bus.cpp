#include "adapters/dbus/bus.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <poll.h>
#include <tuple>

#include "adapters/dbus/bus_environment.hpp"
#include "base/retry.hpp"

namespace doze::dbus {

namespace {

using boost::system::error_code;
using Descriptor = boost::asio::posix::stream_descriptor;

/// Time limit of a call: a desktop service that needs longer hangs.
constexpr auto call_time = std::chrono::seconds(5);

constexpr const char* bus_service = "org.freedesktop.DBus";
constexpr const char* bus_path = "/org/freedesktop/DBus";

/// Maps D-Bus error names (of the specification and of sd-bus). The error's text is the service's own and is not
/// repeated.
Error to_error(const sdbus::Error& error, const Member& method) {
    const std::string& name = error.getName();
    const auto is = [&](const char* last) { return name == std::string("org.freedesktop.DBus.Error.") + last; };
    if (is("AccessDenied") || is("AuthFailed") || is("InteractiveAuthorizationRequired")) {
        return {.code = ErrorCode::access_denied,
                .message = fmt::format("{} refuses {}.", method.service, method.name)};
    }
    // A missing service is not `not_found`: it says nothing about whether an object exists.
    if (is("UnknownObject") || is("UnknownInterface") || is("UnknownMethod") || is("UnknownProperty") ||
        is("NotSupported") || name.starts_with("org.freedesktop.login1.NoSuch")) {
        return {.code = ErrorCode::not_found,
                .message = fmt::format("{} does not offer {}.", method.service, method.name)};
    }
    return {.code = ErrorCode::internal,
            .message = fmt::format("{} does not answer {} ({}).", method.service, method.name, name)};
}

}  // namespace

/// The connection and its handlers on the loop. Outlives the Bus while a handler runs.
class Bus::Link : public std::enable_shared_from_this<Link> {
   public:
    Link(boost::asio::io_context& io, std::string name, std::string address)
        : io_(io), name_(std::move(name)), address_(std::move(address)), descriptor_(io), timer_(io), retry_(io) {}

    void start(std::weak_ptr<void> owner, Events events) {
        owner_ = std::move(owner);
        events_ = std::move(events);
        restart();
    }

    void stop() {
        stopped_ = true;
        retry_.cancel();
        timer_.cancel();
        descriptor_.cancel(ignored_);
    }

    void restart() {
        later([](Link& self) {
            self.disconnect();
            self.connect();
        });
    }

    void restart_later() {
        later([](Link& self) {
            self.disconnect();
            self.retry_.later([weak = self.weak_from_this()] {
                if (const auto again = weak.lock()) again->connect();
            });
        });
    }

    void succeeded() { retry_.succeeded(); }

    void send(const Member& method, const std::function<void(sdbus::Message&)>& fill, Answer then) {
        if (!connection_) return;
        try {
            auto& proxy = proxies_[{method.service, method.path}];
            if (!proxy) proxy = sdbus::createProxy(*connection_, method.service, method.path);
            auto message = proxy->createMethodCall(method.interface, method.name);
            fill(message);
            proxy->callMethod(
                message,
                [this, method, then = std::move(then)](sdbus::MethodReply& reply, const sdbus::Error* error) {
                    Result<sdbus::Message*> answer(&reply);
                    if (error != nullptr) answer = to_error(*error, method);
                    guarded([&] { then(std::move(answer)); });
                },
                call_time);
        } catch (const sdbus::Error& error) {
            fail(error);
        }
        pump_soon();
    }

    void subscribe(const Member& signal, const std::string& argument, std::function<void(sdbus::Message&)> then) {
        if (!connection_) return;
        std::string rule = fmt::format("type='signal',sender='{}',path='{}',interface='{}',member='{}'", signal.service,
                                       signal.path, signal.interface, signal.name);
        if (!argument.empty()) rule += fmt::format(",arg0='{}'", argument);
        try {
            connection_->addMatch(
                rule, [this, then = std::move(then)](sdbus::Message& message) { guarded([&] { then(message); }); },
                sdbus::floating_slot);
        } catch (const sdbus::Error& error) {
            fail(error);
        }
        pump_soon();
    }

   private:
    /// Runs `handler` unless the owner is gone. The owner is kept alive until it returns.
    template <class Handler>
    void guarded(Handler handler) {
        if (const auto owner = owner_.lock(); owner && !stopped_) handler();
    }

    /// Runs `then` from the loop, because sdbus-c++ may be in the middle of something.
    template <class Then>
    void later(Then then) {
        boost::asio::post(io_, [weak = weak_from_this(), then] {
            const auto self = weak.lock();
            if (self && !self->stopped_) then(*self);
        });
    }

    void connect() {
        if (stopped_ || connection_) return;
        if (address_.empty()) {
            const Error none{.code = ErrorCode::not_found,
                             .message = fmt::format("There is no {} here.", name_),
                             .next_step = "Start doze from within the session, or as its user service."};
            return guarded([&] { events_.lost(none); });
        }
        // Checked first: sdbus-c++ 1.2 leaks its connection on each failed open, and doze retries for ever.
        if (!is_reachable(address_)) {
            return lose({.code = ErrorCode::not_found,
                         .message = fmt::format("The {} does not answer at {}.", name_, address_),
                         .next_step = "doze tries again by itself."});
        }
        error_code refused;
        try {
            connection_ = sdbus::createSessionBusConnectionWithAddress(address_);
            connection_->setMethodCallTimeout(call_time);
            // A duplicate, because both the Asio descriptor and sd-bus close theirs.
            descriptor_.assign(::fcntl(connection_->getEventLoopPollData().fd, F_DUPFD_CLOEXEC, 0), refused);
        } catch (const sdbus::Error& error) {
            return lose({.code = ErrorCode::internal,
                         .message = fmt::format("The {} can't be used ({}).", name_, error.getName()),
                         .next_step = "doze tries again by itself."});
        }
        if (refused) {
            return lose({.code = ErrorCode::internal,
                         .message = fmt::format("The {} can't be watched: {}.", name_, refused.message())});
        }
        guarded([&] { events_.connected(); });
        pump_soon();
    }

    void disconnect() {
        timer_.cancel();
        if (descriptor_.is_open()) descriptor_.close(ignored_);
        reading_ = writing_ = false;
        proxies_.clear();  // They refer to the connection.
        connection_.reset();
    }

    void lose(const Error& why) {
        restart_later();
        guarded([&] { events_.lost(why); });
    }

    void fail(const sdbus::Error& error) {
        Error why{.code = ErrorCode::internal,
                  .message = fmt::format("The {} can't be used ({}).", name_, error.getName()),
                  .next_step = "doze tries again by itself."};
        later([why](Link& self) {
            if (self.connection_) self.lose(why);
        });
    }

    void pump_soon() {
        if (std::exchange(pump_wanted_, true)) return;
        later([](Link& self) { self.pump(); });
    }

    /// Handles all pending messages, then waits for more. sd-bus may have read more than it handled, so nothing may be
    /// left when the wait starts; what it waits for changes with each message.
    void pump() {
        pump_wanted_ = false;
        if (!connection_) return;
        sdbus::IConnection::PollData wanted{};
        try {
            while (!stopped_ && connection_->processPendingRequest()) {
            }
            if (stopped_) return;
            wanted = connection_->getEventLoopPollData();
        } catch (const sdbus::Error&) {
            return lose({.code = ErrorCode::not_found,
                         .message = fmt::format("The {} went away.", name_),
                         .next_step = "doze tries again by itself."});
        }
        wait(Descriptor::wait_read, (wanted.events & POLLIN) != 0, reading_);
        wait(Descriptor::wait_write, (wanted.events & POLLOUT) != 0, writing_);
        timer_.cancel();
        const auto timeout = wanted.getRelativeTimeout();
        if (!timeout) return;
        timer_.expires_after(*timeout);
        timer_.async_wait([weak = weak_from_this()](const error_code& error) {
            if (const auto self = weak.lock(); self && !error) self->pump();
        });
    }

    void wait(Descriptor::wait_type what, bool wanted, bool& waiting) {
        if (!wanted || std::exchange(waiting, true)) return;
        descriptor_.async_wait(what, [weak = weak_from_this(), &waiting](const error_code& error) {
            const auto self = weak.lock();
            if (!self || error) return;
            waiting = false;
            self->pump();
        });
    }

    boost::asio::io_context& io_;
    const std::string name_;
    const std::string address_;
    std::weak_ptr<void> owner_;
    Events events_;
    std::unique_ptr<sdbus::IConnection> connection_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<sdbus::IProxy>> proxies_;  ///< By service and path.
    Descriptor descriptor_;
    boost::asio::steady_timer timer_;  ///< Expires at sd-bus's next deadline: the time limits of calls.
    Retry retry_;
    bool reading_ = false;
    bool writing_ = false;
    bool pump_wanted_ = false;
    bool stopped_ = false;
    error_code ignored_;
};

Bus::Bus(boost::asio::io_context& io, std::string name, std::string address)
    : link_(std::make_shared<Link>(io, std::move(name), std::move(address))) {}

Bus::~Bus() {
    link_->stop();
}

void Bus::start(std::weak_ptr<void> owner, Events events) {
    link_->start(std::move(owner), std::move(events));
}

void Bus::stop() {
    link_->stop();
}

void Bus::restart() {
    link_->restart();
}

void Bus::restart_later() {
    link_->restart_later();
}

void Bus::succeeded() {
    link_->succeeded();
}

void Bus::send(const Member& method, const std::function<void(sdbus::Message&)>& fill, Answer then) {
    link_->send(method, fill, std::move(then));
}

void Bus::subscribe(const Member& signal, const std::string& argument, std::function<void(sdbus::Message&)> then) {
    link_->subscribe(signal, argument, std::move(then));
}

void Bus::on_properties(const std::string& service, const std::string& path, const std::string& interface,
                        std::function<void(const Properties&, const std::vector<std::string>&)> then) {
    const Member signal{service, path, "org.freedesktop.DBus.Properties", "PropertiesChanged"};
    subscribe(signal, interface, [then = std::move(then), name = signal.name](sdbus::Message& message) {
        const auto of = read<std::string>(message, name);
        const auto changed = read<Properties>(message, name);
        const auto invalidated = read<std::vector<std::string>>(message, name);
        if (of && changed && invalidated) then(*changed, *invalidated);
    });
}

void Bus::watch_service(const std::string& service, std::function<void(bool)> then) {
    const auto tell = [then = std::move(then), told = std::make_shared<std::optional<bool>>()](bool is_there) {
        if (std::exchange(*told, is_there) != is_there) then(is_there);
    };
    const Member changed{bus_service, bus_path, bus_service, "NameOwnerChanged"};
    subscribe(changed, service, [tell, name = changed.name](sdbus::Message& message) {
        const auto of = read<std::string>(message, name);
        const auto before = read<std::string>(message, name);
        const auto after = read<std::string>(message, name);
        if (!of || !before || !after) return;
        // A new owner does not know what was asked of the old one, so it counts as gone and back.
        if (!before->empty()) tell(false);
        if (!after->empty()) tell(true);
    });
    call<bool>(
        {bus_service, bus_path, bus_service, "NameHasOwner"},
        [tell](Result<bool> is_there) {
            if (is_there) tell(*is_there);
        },
        service);
}

Error Bus::unexpected(const std::string& name) {
    return {.code = ErrorCode::internal, .message = fmt::format("The answer to {} is not what it should be.", name)};
}

}  // namespace doze::dbus
