#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fakes/temp_dir.hpp"
#include "integration/x11/xvfb.hpp"

namespace doze::testing {

/// A private sound server in a folder of its own, with the outputs "speakers" and "headphones" that nobody hears and
/// an input "microphone", which is its default one.
class SoundServer {
   public:
    enum class Kind { pulseaudio, pipewire };

    /// Ready when this returns. Throws if it does not start.
    explicit SoundServer(Kind kind);

    /// As PULSE_SERVER says it.
    [[nodiscard]] std::string address() const { return "unix:" + socket().string(); }

    void kill();
    void start();

    /// Runs `pactl` to its end. Throws if it fails.
    void pactl(const std::vector<std::string>& arguments) const;

    /// The columns of `pactl list short WHAT`.
    [[nodiscard]] std::vector<std::vector<std::string>> list(const std::string& what) const;

   private:
    [[nodiscard]] std::filesystem::path socket() const { return folder_.path() / "pulse" / "native"; }
    [[nodiscard]] std::string bus() const { return "unix:path=" + (folder_.path() / "bus").string(); }
    [[nodiscard]] std::vector<std::string> in_folder(std::vector<std::string> command) const;
    [[nodiscard]] bool does(const std::vector<std::string>& arguments) const;

    Kind kind_;
    fakes::TempDir folder_;
    std::vector<Child> programs_;
};

}  // namespace doze::testing
