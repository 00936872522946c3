#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

/// The files of ~/.aws as botocore reads them: Python's RawConfigParser, with nested settings. Pure.
/// docs/adr/0008-aws-files-as-botocore-reads-them.md says what that means, and where doze differs.
namespace doze::aws {

/// What one section says, by key in lower case.
using ProfileSettings = std::map<std::string, Secret>;

struct IniSection {
    std::string title;  ///< What stands between the first "[" of its line and the last "]", blanks and all.
    ProfileSettings settings;

    /// Of the keys that have no value but lines below them. Names inside keep their case.
    std::map<std::string, ProfileSettings> nested = {};
};

/// The sections in the order of the file; what [DEFAULT] says is in each of them. An error (`no_credentials`) names the
/// line, and `name` for the file, but never a value.
[[nodiscard]] Result<std::vector<IniSection>> parse_ini(std::string_view text, const std::string& name);

/// What one line is.
struct IniLine {
    enum class Kind { blank, comment, section, setting, continuation, wrong };
    Kind kind = Kind::blank;
    std::string_view content;      ///< Without the blanks around it.
    std::string_view indentation;  ///< The blanks before it.
    std::string_view name;         ///< The title, or the key in its own case.
    std::string_view value;        ///< Of a setting.
};

/// Says of one line after another, in UTF-8, what it is: that depends on those before.
class IniLines {
   public:
    /// `line`: without its end.
    [[nodiscard]] IniLine next(std::string_view line);

   private:
    bool in_section_ = false;
    bool has_key_ = false;
    std::size_t indent_ = 0;
};

/// The lines of a text, each with its end: "\n", "\r\n" or "\r".
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

/// A line of lines_of() without its end.
[[nodiscard]] std::string_view without_end(std::string_view line);

/// A key as files know it, in any case: in lower case.
[[nodiscard]] std::string key_of(std::string_view name);

}  // namespace doze::aws
