#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fakes/temp_dir.hpp"
#include "integration/x11/xvfb.hpp"

namespace doze::testing {

/// A private folder for Wayland compositors without a screen, and what runs in it. Works for an ordinary user, and for
/// root, who then runs sway as nobody.
class Desktop {
   public:
    Desktop();

    /// What XDG_RUNTIME_DIR is here.
    [[nodiscard]] const std::filesystem::path& runtime_dir() const { return folder_.path(); }

    /// Starts a compositor that answers when this returns. One at a time; throws if it does not start.
    void start_sway();
    void start_kwin(const std::string& name = "wayland-kwin");

    /// Kills the compositor, which leaves its socket behind.
    void kill() { compositor_.reset(); }

    /// The path of the compositor's socket.
    [[nodiscard]] const std::filesystem::path& socket() const { return socket_; }
    [[nodiscard]] const std::filesystem::path& sway_socket() const { return sway_socket_; }

    /// Runs a client to its end, such as `{"wtype", "-k", "Return"}`. Throws if it fails.
    void run(const std::vector<std::string>& command) const;

   private:
    void start(const std::vector<std::string>& command, const std::vector<std::string>& variables);

    fakes::TempDir folder_;
    std::filesystem::path socket_;
    std::filesystem::path sway_socket_;
    std::optional<Child> compositor_;
};

/// Whether somebody answers at this socket.
[[nodiscard]] bool answers(const std::filesystem::path& socket);

/// nobody: the user that stands in for an ordinary one where the tests run as root.
inline constexpr uid_t ordinary_user = 65534;

}  // namespace doze::testing
