#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace doze::commands {

/// A connection that can carry events beside replies.
class EventSink {
   public:
    virtual ~EventSink() = default;

    /// One event: JSON in valid UTF-8 without a line end, which lives as long as the call. Must not block; a client
    /// that reads too slowly loses the oldest.
    virtual void hear(std::string_view event) = 0;

    /// What this connection keeps everything awake with: let go with the connection, or when another takes its place.
    void keep(std::shared_ptr<void> hold) { hold_ = std::move(hold); }
    [[nodiscard]] bool keeps() const { return hold_ != nullptr; }

    /// Whether it hears the person's timer each second, as the original's dashboard wants it.
    void want_timer(bool wanted) { wants_timer_ = wanted; }
    [[nodiscard]] bool wants_timer() const { return wants_timer_; }

    /// The region of the list of instances that it shows; empty for all.
    void show_region(std::string region) { region_ = std::move(region); }
    [[nodiscard]] const std::string& region() const { return region_; }

    /// True the first time.
    [[nodiscard]] bool is_to_be_greeted() { return !std::exchange(greeted_, true); }

   private:
    std::shared_ptr<void> hold_;
    std::string region_;
    bool wants_timer_ = false;
    bool greeted_ = false;
};

}  // namespace doze::commands
