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
    /// After a signal, typing is not watched for this long.
    core::Duration interval = std::chrono::seconds(10);

    /// Whether the person may be present without using a terminal: there is a desktop too.
    bool partial = true;

    /// The folder that contains pts/ and the virtual consoles tty1, tty2, ...
    std::filesystem::path devices = "/dev";

    /// The owner of the terminals to watch.
    uid_t person = ::getuid();
};

/// Typing at the person's terminals: in windows, at virtual consoles, over SSH. Source "terminals": an input signal
/// when a program read input from a terminal that belongs to `person`. It learns nothing else of the input: it never
/// opens a terminal, and output does not even wake it. At rest it costs nothing.
///
/// It can't tell apart a terminal that a program types at (expect, a CI job), or a terminal's own answer to a program
/// that asks for its size or colours.
///
/// Terminals may come and go. If there are none, it is unavailable on a machine with a desktop; elsewhere it runs
/// and sees nobody. Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the
/// sink.
class Terminals final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    Terminals(boost::asio::io_context& io, const ports::Clock& clock, TerminalsOptions options);

   private:
    class Watcher;
};

}  // namespace doze::activity
