#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/notices/wording.hpp"
#include "core/view.hpp"

namespace doze::notices {

/// Of each subject one notice stands at a time.
enum class Subject {
    before_sleep,
    awake_again,
    failure,
};

/// A notice as it should be seen from now on, in place of an older one of its subject.
struct Notice {
    Subject subject;
    Text text;
    bool has_buttons = false;
    bool is_urgent = false;  ///< Stays until the person has seen it.

    bool operator==(const Notice&) const = default;
};

/// Decides what the person is told on the desktop, and when: before something registered goes to sleep, when all is
/// awake again after a return, when something failed. Pure; what is told names resources, AWS's words and times, and
/// nothing of what the person does.
class Notices {
   public:
    struct Changes {
        std::vector<Notice> show;
        std::vector<Subject> close;
    };

    /// `clock_text` writes a time as people there read it: "14:35".
    Notices(Language language, std::function<std::string(core::WallTime)> clock_text);

    /// What changed with the last step of the engine, or with time.
    [[nodiscard]] Changes update(const core::SystemView& view, core::Now now,
                                 const std::optional<Error>& journal_trouble = std::nullopt);

    /// When update() must be called at the latest; none if only another step can change anything.
    [[nodiscard]] std::optional<core::TimePoint> next_deadline() const { return closes_at_; }

   private:
    struct Countdown {
        core::WallTime ends;
        std::vector<std::string> names;
        std::vector<std::string> not_kept;  ///< "web: Its public address ..."
        bool dry_run = false;
    };
    struct Return {
        core::TimePoint at;
        std::vector<core::ResourceId> waking;
    };
    struct Problem {
        Failed what;
        std::string name;
        std::string detail;
    };

    void update_countdown(const core::SystemView& view, core::Now now, Changes& changes);
    void update_return(const core::SystemView& view, core::Now now, Changes& changes);
    void update_problems(const core::SystemView& view, const std::optional<Error>& journal_trouble, Changes& changes);
    void find_resource_problems(const core::SystemView& view, std::vector<Problem>& fresh);
    void find_list_problems(const core::SystemView& view, std::vector<Problem>& fresh);
    [[nodiscard]] bool has_problem() const;
    [[nodiscard]] Text told(const std::vector<Problem>& problems) const;

    Wording wording_;
    std::function<std::string(core::WallTime)> clock_text_;

    std::optional<Countdown> countdown_;  ///< The notice that stands.
    std::optional<core::TimePoint> closes_at_;

    std::optional<bool> was_away_;  ///< None before the first update.
    std::optional<Return> return_;

    std::optional<std::uint64_t> seen_revision_;
    std::map<core::ResourceId, std::string> troubles_;  ///< What was told of each.
    /// What was told of lists that can't be read: one cause (no credentials) makes many of them fail.
    std::set<std::pair<ErrorCode, std::string>> list_troubles_;
    std::optional<Error> journal_trouble_;
    bool is_blind_ = false;
};

}  // namespace doze::notices
