#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <unistd.h>

#include "adapters/activity/source.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

struct TerminalsOptions {
    /// After a signal, what is typed is not looked at for this long.
    core::Duration interval = std::chrono::seconds(10);

    /// Whether the person may well be there and not use a terminal: beside a desktop.
    bool partial = true;

    /// The folder that has pts/ and the virtual consoles tty1, tty2, ...
    std::filesystem::path devices = "/dev";

    /// Whose terminals.
    uid_t person = ::getuid();
};

/// Typing at the person's terminals: in windows, at virtual consoles, over SSH. Reports the source "terminals", and an
/// input signal when a program got input from a terminal that belongs to `person`. Of the input it learns nothing but
/// that: it never opens a terminal, and what programs print does not even wake it. At rest it costs nothing.
///
/// What it can't tell apart: a terminal that a program types at (expect, a CI job), and the answers of a terminal
/// itself to a program that asks it for its size or colours.
///
/// Terminals that come and go are followed. Without any it is unavailable beside a desktop; else it runs, and sees
/// nobody. Runs on the loop of `io` and must be
/// destroyed on its thread, at any time, even from within the sink.
class Terminals final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    Terminals(boost::asio::io_context& io, const ports::Clock& clock, TerminalsOptions options);

   private:
    class Watcher;
};

}  // namespace doze::activity
