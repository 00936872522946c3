#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

/// Parser for the files of ~/.aws, compatible with botocore: Python's RawConfigParser, with nested settings. Pure.
/// docs/adr/0008-aws-files-as-botocore-reads-them.md explains the details and where doze differs.
namespace doze::aws {

/// The settings of a section; keys in lower case.
using ProfileSettings = std::map<std::string, Secret>;

struct IniSection {
    std::string title;  ///< The text between the line's first "[" and last "]", spaces included.
    ProfileSettings settings;

    /// Settings below a key that has no value of its own. Their keys keep their case.
    std::map<std::string, ProfileSettings> nested = {};
};

/// Parses the sections in file order; each includes the settings of [DEFAULT]. The error (`no_credentials`) names the
/// line and the file (`name`), but never a value.
[[nodiscard]] Result<std::vector<IniSection>> parse_ini(std::string_view text, const std::string& name);

/// A line, classified.
struct IniLine {
    enum class Kind { blank, comment, section, setting, continuation, wrong };
    Kind kind = Kind::blank;
    std::string_view content;      ///< Without surrounding whitespace.
    std::string_view indentation;  ///< The whitespace before it.
    std::string_view name;         ///< The section's title, or the key in its original case.
    std::string_view value;        ///< Of a setting.
};

/// Classifies one UTF-8 line after another; the class of a line depends on the lines before it.
class IniLines {
   public:
    /// `line`: without its line end.
    [[nodiscard]] IniLine next(std::string_view line);

   private:
    bool in_section_ = false;
    bool has_key_ = false;
    std::size_t indent_ = 0;
};

/// Splits a text into lines that keep their ends: "\n", "\r\n" or "\r".
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

/// A line of lines_of() without its end.
[[nodiscard]] std::string_view without_end(std::string_view line);

/// The key in lower case, the form used for look-ups.
[[nodiscard]] std::string key_of(std::string_view name);

}  // namespace doze::aws
