#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal_text.hpp"

namespace doze::cli {

/// One cell. The text may come from anywhere: the table cleans it.
struct Cell {
    std::string text;
    Color color = Color::none;
    bool right = false;  ///< Numbers.
};

/// Aligned columns for people. Cells without text show as "-".
class Table {
   public:
    explicit Table(std::vector<std::string> heads) : heads_(std::move(heads)) {}

    /// As many cells as there are heads.
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }

    [[nodiscard]] bool empty() const { return rows_.empty(); }

    /// Lines, each with its end.
    [[nodiscard]] std::string text(bool color) const;

   private:
    std::vector<std::string> heads_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace doze::cli
