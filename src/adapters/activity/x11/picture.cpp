#include "adapters/activity/x11/picture.hpp"

#include <cstring>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#include "base/handle.hpp"

namespace doze::activity::x11 {

std::unique_ptr<Picture> Picture::make(xcb_connection_t* connection, std::size_t bytes) {
    UniqueFd file(::memfd_create("doze-screen", MFD_CLOEXEC));
    if (!file || ::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) return nullptr;
    void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (memory == MAP_FAILED) return nullptr;
    ::madvise(memory, bytes, MADV_DONTDUMP);

    std::unique_ptr<Picture> picture(new Picture(connection, memory, bytes));
    // xcb closes the file once it is sent.
    xcb_shm_attach_fd(connection, picture->segment_, file.release(), 0);
    return picture;
}

Picture::~Picture() {
    xcb_shm_detach(connection_, segment_);
    xcb_flush(connection_);
    wipe();
    ::munmap(memory_, bytes_);
}

xcb_shm_get_image_cookie_t Picture::copy(xcb_window_t window, int top, int width, int height) {
    used_ = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * sizeof(std::uint32_t);
    constexpr std::uint32_t all_planes = ~0U;
    const auto cookie =
        xcb_shm_get_image(connection_, window, 0, static_cast<std::int16_t>(top), static_cast<std::uint16_t>(width),
                          static_cast<std::uint16_t>(height), all_planes, XCB_IMAGE_FORMAT_Z_PIXMAP, segment_, 0);
    xcb_flush(connection_);
    return cookie;
}

void Picture::wipe() {
    ::explicit_bzero(memory_, std::exchange(used_, 0));
}

}  // namespace doze::activity::x11
