#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/effect.hpp"

namespace doze::config {

/// A remark about a file that is usable nevertheless. `text` begins with "file:line: " if it concerns a line. Never
/// contains a value that may be a secret.
struct Note {
    core::Level level = core::Level::warning;
    std::string text;

    bool operator==(const Note&) const = default;
};

/// The content of a file, and remarks about it.
template <class T>
struct Loaded {
    T value;
    std::vector<Note> notes;
};

/// Collects the errors and remarks about a file, so that a person sees all of them at once. Lines count from 1; 0 is
/// the file as a whole. Keeps only the first few hundred, since a file may be hostile.
class Findings {
   public:
    explicit Findings(std::string_view file) : file_(file) {}

    void error(int line, std::string_view text);
    void warn(int line, std::string_view text);
    void info(int line, std::string_view text);

    /// Whether further notes are dropped, and need not be created.
    [[nodiscard]] bool full() const;

    [[nodiscard]] bool ok() const { return errors_ == 0; }

    /// All errors as one (`bad_request`): the first few in full, then the number of the others. Only if not ok().
    [[nodiscard]] Error as_error() const;

    /// All notes in the order in which they were found, errors included.
    [[nodiscard]] std::vector<Note> take_notes() { return std::move(notes_); }

   private:
    void add(core::Level level, int line, std::string_view text);

    std::string file_;
    std::vector<Note> notes_;
    std::string error_text_;
    int errors_ = 0;
    int unsaid_ = 0;
};

/// A note for an error that kept a file from being read at all.
[[nodiscard]] Note to_note(const Error& error);

/// "file:line: text", or "file: text" for line 0.
[[nodiscard]] std::string at_line(std::string_view file, int line, std::string_view text);

/// Rejects (`bad_request`) text that is larger than `limit` bytes, not UTF-8, or has control characters other than line
/// feed, carriage return and tab.
[[nodiscard]] Result<void> check_text(std::string_view text, std::string_view file, std::size_t limit);

/// The text without the byte order mark that some editors write.
[[nodiscard]] std::string_view without_bom(std::string_view text);

}  // namespace doze::config
