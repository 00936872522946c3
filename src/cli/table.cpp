#include "cli/table.hpp"

#include <algorithm>

namespace doze::cli {
namespace {

constexpr std::size_t gap = 2;

}  // namespace

std::string Table::text(bool color) const {
    auto rows = rows_;
    auto& heads = rows.emplace_back();
    for (const auto& head : heads_) heads.push_back({.text = head, .color = Color::faint});
    std::rotate(rows.begin(), rows.end() - 1, rows.end());

    std::vector<std::size_t> widths(heads_.size());
    for (auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i].text = row[i].text.empty() && &row != &rows.front() ? "-" : clean(row[i].text);
            widths[i] = std::max(widths[i], display_width(row[i].text));
        }
    }
    // A head stands over its numbers.
    for (std::size_t i = 0; i < heads_.size() && rows.size() > 1; ++i) rows[0][i].right = rows[1][i].right;

    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const auto& cell = row[i];
            const std::string pad(widths[i] - display_width(cell.text), ' ');
            const bool last = i + 1 == row.size();
            if (cell.right) out += pad;
            out += colored(cell.text, cell.color, color);
            if (!cell.right && !last) out += pad;
            if (!last) out.append(gap, ' ');
        }
        out += '\n';
    }
    return out;
}

}  // namespace doze::cli
