#pragma once

#include <string>
#include <vector>

#include "core/model/inventory.hpp"
#include "core/model/observation.hpp"

namespace doze::init {

/// A resource that could be registered.
struct Candidate {
    core::Observation seen;
    std::string name = {};  ///< EC2: the tag Name.
    bool registered = false;

    [[nodiscard]] bool selectable() const { return !registered && !seen.guard; }
};

/// What is there, without what is gone, in the order of region, kind and name.
void add_candidates(const core::Listing& survey, std::vector<Candidate>& candidates);
void sort_candidates(std::vector<Candidate>& candidates);

/// A numbered table of them for people.
[[nodiscard]] std::string candidates_text(const std::vector<Candidate>& candidates, bool color);

}  // namespace doze::init
