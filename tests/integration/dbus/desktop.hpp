#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sdbus-c++/sdbus-c++.h>
#include <string>
#include <vector>

#include "fakes/temp_dir.hpp"
#include "integration/x11/xvfb.hpp"

namespace doze::testing {

/// A private message bus, which is system bus and session bus in one, and the services on it.
class PrivateBus {
   public:
    PrivateBus() { start(); }

    /// The bus goes away, and with it all that is on it.
    void stop();
    /// Ready when this returns. At the same address as before.
    void start();

    [[nodiscard]] std::string address() const { return "unix:path=" + (dir_.path() / "bus").string(); }
    [[nodiscard]] const std::filesystem::path& folder() const { return dir_.path(); }

    /// A program on this bus.
    [[nodiscard]] Child run(const std::vector<std::string>& command) const;

    /// Whether `name` has an owner.
    [[nodiscard]] bool has(const std::string& name);
    /// Waits until it has, or has not. Throws after a minute.
    void wait_for(const std::string& name, bool is_there = true);

    /// Calls a method and waits for it.
    template <class... In>
    void call(const std::string& service, const std::string& path, const std::string& interface,
              const std::string& method, const In&... arguments) {
        sdbus::createProxy(*connection_, service, path)
            ->callMethod(method)
            .onInterface(interface)
            .withArguments(arguments...);
    }
    template <class Out, class... In>
    [[nodiscard]] Out ask(const std::string& service, const std::string& path, const std::string& interface,
                          const std::string& method, const In&... arguments) {
        Out out;
        sdbus::createProxy(*connection_, service, path)
            ->callMethod(method)
            .onInterface(interface)
            .withArguments(arguments...)
            .storeResultsTo(out);
        return out;
    }

   private:
    fakes::TempDir dir_;
    std::optional<Child> daemon_;
    std::unique_ptr<sdbus::IConnection> connection_;
};

using Properties = std::map<std::string, sdbus::Variant>;

/// A service played by python3-dbusmock.
class Mock {
   public:
    /// From one of its templates, "logind".
    static Mock from_template(PrivateBus& bus, const std::string& name, const std::string& service,
                              const std::string& path);
    /// With nothing on it yet.
    static Mock bare(PrivateBus& bus, const std::string& service, const std::string& path,
                     const std::string& interface);

    /// What dbusmock offers for tests, on an object of the service.
    template <class... In>
    void control(const std::string& path, const std::string& method, const In&... arguments) {
        bus_.call(service_, path, "org.freedesktop.DBus.Mock", method, arguments...);
    }

    /// Properties of the main object, or their change, told as PropertiesChanged.
    void add(const std::string& interface, const Properties& properties) {
        control(path_, "AddProperties", interface, properties);
    }
    void change(const std::string& path, const std::string& interface, const Properties& properties) {
        control(path, "UpdateProperties", interface, properties);
    }
    /// `code` in Python, with `args`, sets `ret`.
    void answer(const std::string& interface, const std::string& method, const std::string& in, const std::string& out,
                const std::string& code) {
        control(path_, "AddMethod", interface, method, in, out, code);
    }
    void emit(const std::string& interface, const std::string& signal, const std::string& signature,
              const std::vector<sdbus::Variant>& values) {
        control(path_, "EmitSignal", interface, signal, signature, values);
    }

    void kill() {
        program_.kill();
        bus_.wait_for(service_, false);
    }

   private:
    Mock(PrivateBus& bus, Child program, std::string service, std::string path);

    PrivateBus& bus_;
    Child program_;
    std::string service_;
    std::string path_;
};

}  // namespace doze::testing
