#pragma once

#include <memory>
#include <unistd.h>
#include <utility>

namespace doze {

/// A deleter for unique_ptr that calls a C function: `std::unique_ptr<CURL, Deleter<curl_easy_cleanup>>`.
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

/// An owned file descriptor; -1 if there is none.
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

/// Opens descriptors 0, 1 and 2 if the parent process closed them. Otherwise the next file or socket would get such a
/// number, and terminal output would be written into it. Call first in main().
void hold_standard_descriptors();

}  // namespace doze
