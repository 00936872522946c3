#pragma once

#include <memory>
#include <unistd.h>
#include <utility>

namespace doze {

/// Calls a C function to release what a unique_ptr holds: `std::unique_ptr<CURL, Deleter<curl_easy_cleanup>>`.
template <auto release>
struct Deleter {
    template <class T>
    void operator()(T* handle) const noexcept {
        release(handle);
    }
};

/// An owned C handle.
template <class T, auto release>
using Handle = std::unique_ptr<T, Deleter<release>>;

/// An owned file descriptor; -1 is none.
class UniqueFd {
   public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : fd_(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        if (this != &other) reset(other.release());
        return *this;
    }
    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;
    ~UniqueFd() { reset(); }

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] int release() { return std::exchange(fd_, -1); }
    void reset(int fd = -1) {
        if (fd_ >= 0) ::close(fd_);
        fd_ = fd;
    }
    explicit operator bool() const { return fd_ >= 0; }

   private:
    int fd_ = -1;
};

/// Makes sure that 0, 1 and 2 are open: where whoever starts a program closed one, the next file or socket would take
/// its number, and what is written to the terminal would go there. Call first in main().
void hold_standard_descriptors();

}  // namespace doze
