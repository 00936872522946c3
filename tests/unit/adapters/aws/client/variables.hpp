#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>

#include "base/paths.hpp"

namespace doze::aws {

/// An environment of its own; changes to `values` are seen by all copies.
struct Variables {
    using Values = std::map<std::string, std::string>;
    Variables(std::initializer_list<Values::value_type> initial = {}) : values(std::make_shared<Values>(initial)) {}

    // NOLINTNEXTLINE(google-explicit-constructor): given wherever an environment is wanted.
    operator Environment() const {
        return [all = values](const char* name) -> std::optional<std::string> {
            const auto found = all->find(name);
            return found == all->end() ? std::nullopt : std::optional(found->second);
        };
    }
    std::string& operator[](const std::string& name) const { return (*values)[name]; }

    std::shared_ptr<Values> values;
};

}  // namespace doze::aws
