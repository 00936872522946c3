#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/effect.hpp"

namespace doze::config {

/// Something worth telling about a file that could be used all the same. `text` begins with "file:line: "
/// where a line is to blame. Never holds a value that may be a secret.
struct Note {
    core::Level level = core::Level::warning;
    std::string text;

    bool operator==(const Note&) const = default;
};

/// What a file said, and what is worth telling about it.
template <class T>
struct Loaded {
    T value;
    std::vector<Note> notes;
};

/// Gathers what is wrong and worth telling in one file, so that a person sees all of it at once. Lines
/// count from 1; 0 is the file as a whole. Keeps the first few hundred notes only: a file can be hostile.
class Findings {
   public:
    explicit Findings(std::string_view file) : file_(file) {}

    void error(int line, std::string_view text);
    void warn(int line, std::string_view text);
    void info(int line, std::string_view text);

    /// Whether further notes are dropped; then none need be made up.
    [[nodiscard]] bool full() const;

    [[nodiscard]] bool ok() const { return errors_ == 0; }

    /// All errors as one (`bad_request`): the first few in full, then how many more. Only if not ok().
    [[nodiscard]] Error as_error() const;

    /// All of it in the order in which it was found, errors included.
    [[nodiscard]] std::vector<Note> take_notes() { return std::move(notes_); }

   private:
    void add(core::Level level, int line, std::string_view text);

    std::string file_;
    std::vector<Note> notes_;
    std::string error_text_;
    int errors_ = 0;
    int unsaid_ = 0;
};

/// What is wrong with a file that was not even read through, as a note.
[[nodiscard]] Note to_note(const Error& error);

/// "file:line: text", or "file: text" for line 0.
[[nodiscard]] std::string at_line(std::string_view file, int line, std::string_view text);

/// `bad_request` for text that no reader of ours should see: larger than `limit` bytes, not UTF-8, or
/// with control characters (a line feed, carriage return and tab are none).
[[nodiscard]] Result<void> check_text(std::string_view text, std::string_view file, std::size_t limit);

/// Without the byte order mark that some editors put in front of UTF-8.
[[nodiscard]] std::string_view without_bom(std::string_view text);

}  // namespace doze::config
