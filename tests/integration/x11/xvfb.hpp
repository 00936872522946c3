#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace doze::testing {

/// A program that a test started. Killed when the test lets go of it, and when the test dies.
class Child {
   public:
    /// `extra_fd`, if not -1, is open in the program under the same number.
    Child(const std::vector<std::string>& command, const std::string& display, int extra_fd = -1);
    ~Child() { kill(); }
    Child(Child&& other) noexcept;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Waits for the end; the exit code, or -1.
    int wait();
    void kill();

   private:
    pid_t pid_;
};

/// A private X server without a screen, on a display of its own.
class Xvfb {
   public:
    /// Ready when this returns. `display` is empty for one that nobody else takes while this process runs, or such a
    /// one again. Throws if it does not start.
    explicit Xvfb(const std::string& display = "", const std::vector<std::string>& options = {});

    [[nodiscard]] const std::string& display() const { return display_; }

    /// Runs a client of the server to its end, such as `{"xdotool", "key", "a"}`. Throws if it fails.
    void run(const std::vector<std::string>& command) const;

   private:
    std::string display_;
    Child server_;
};

}  // namespace doze::testing
