#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace doze::testing {

/// A Wayland client that is what a person does and opens. Its calls wait for the compositor.
class Client {
   public:
    explicit Client(const std::filesystem::path& socket);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// KWin only.
    void type();
    void move();

    /// Opens a window with this title; a client has one at most.
    void open_window(const std::string& title);

    void rename_window(const std::string& title);

    /// Asks that the desktop does not become idle while the window is there.
    void inhibit_idle();

   private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace doze::testing
