#pragma once

#include <string>
#include <vector>

#include "base/paths.hpp"
#include "core/model/observation.hpp"
#include "core/model/time.hpp"

namespace doze::notices {

enum class Language { english, korean };

/// As LC_ALL, LC_MESSAGES and LANG say, the first that is set; English where it is none of ours.
[[nodiscard]] Language language_of(const Environment& environment);

/// A button of the notice before a sleep.
enum class Button {
    keep_awake,  ///< For an hour.
    sleep_now,
};

/// What doze could not do.
enum class Failed {
    sleep,
    wake,
    describe,
    ask,   ///< AWS at all.
    see,   ///< Whether the person is there.
    note,  ///< In the journal, what is about to be done.
};

/// A first line, and what stands below it.
struct Text {
    std::string summary;
    std::string body;

    bool operator==(const Text&) const = default;
};

/// The words of the notices in one language. Names are for people ("web"). What AWS says, and what to do about it,
/// is English in every language. Pure.
class Wording {
   public:
    using Names = std::vector<std::string>;

    explicit Wording(Language language) : korean_(language == Language::korean) {}

    [[nodiscard]] std::string label(Button button) const;

    /// Those named go to sleep `at` ("14:35"). `not_kept` are lines about what their sleep does not keep. REQUIRES:
    /// names is not empty.
    [[nodiscard]] Text before_sleep(const Names& names, const std::string& at, bool dry_run,
                                    const Names& not_kept = {}) const;

    /// What a sleep does not keep, as sentences. REQUIRES: losses.any().
    [[nodiscard]] std::string lost(const core::Losses& losses) const;

    /// Those named are awake, so long after the person came back. REQUIRES: names is not empty.
    [[nodiscard]] Text awake_again(const Names& names, core::Duration after) const;

    /// "web could not be woken." `name` is empty for what is about no resource.
    [[nodiscard]] std::string failed(Failed what, const std::string& name) const;

    /// "3 problems", for as many as two or more.
    [[nodiscard]] std::string problems(std::size_t count) const;

    /// What a person can do who is not seen.
    [[nodiscard]] std::string blind_advice() const;
    [[nodiscard]] std::string hidden_advice() const;

    /// "and 3 more"
    [[nodiscard]] std::string and_more(std::size_t count) const;

   private:
    [[nodiscard]] std::string list(const Names& names) const;
    [[nodiscard]] std::string span(core::Duration span) const;

    bool korean_;
};

}  // namespace doze::notices
