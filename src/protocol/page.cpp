#include "protocol/page.hpp"

#include <algorithm>
#include <vector>

#include "commands/lists.hpp"
#include "protocol/row_writer.hpp"

namespace doze::protocol {
namespace {

using commands::Cursor;
using commands::CursorPart;
using commands::is_grouped;
using commands::ListForm;
using commands::ListReply;
using commands::longest_token;
using commands::roomy_part;
using commands::Row;
using commands::same_group;
using commands::Section;
using commands::tight_part;

/// Longest text after an item, without the extras: brackets, empty arrays, and the three members of a truncated reply
/// with the longest token.
constexpr std::size_t longest_end = longest_token + 256;

/// `"age_seconds":12,"errors":[...]`: the age of the list, and the regions that could not be read. Errors beyond
/// `budget` bytes are only counted.
std::string extras(const ListReply& query, std::size_t budget) {
    std::string out;
    JsonWriter writer(out, budget < 1024 ? 64 : no_limit);
    const auto old = commands::age(query.view, query.now, query.scope, query.region);
    using std::chrono::floor;
    using std::chrono::seconds;
    writer.member("age_seconds", old ? std::optional(floor<seconds>(*old).count()) : std::nullopt);
    writer.key("errors");
    writer.begin_array();
    const auto start = out.size();
    int omitted = 0;
    const auto add = [&](std::string_view region, core::Kind kind, const Error& error) {
        const auto before = out.size();
        writer.begin_object();
        writer.member("region", region);
        writer.member("kind", to_string(kind));
        writer.member("error", to_string(error.code));
        writer.member("message", error.text());
        writer.end_object();
        if (out.size() - start <= budget) return;
        out.resize(before);
        ++omitted;
    };
    if (!query.ignored_region.empty())
        add(query.ignored_region, commands::sections(query.scope).front().kind, query.ignored_why);
    for (const auto& [key, cached] : query.view.inventory().listings()) {
        if (!cached.trouble || query.after || !commands::in_scope(key, query.scope, query.region)) continue;
        add(key.second.str(), key.first, *cached.trouble);
    }
    writer.end_array();
    if (omitted > 0) writer.member("errors_omitted", omitted);
    return out;
}

class Page {
   public:
    Page(std::string& out, const Envelope& envelope, const ListReply& query)
        : out_(out),
          envelope_(envelope),
          query_(query),
          view_(query.view),
          sections_(commands::sections(query.scope)),
          is_array_(query.form == ListForm::text && sections_.size() == 1),
          part_(envelope.limit < 2048 ? tight_part : roomy_part) {}

    Result<void> write() {
        auto all = commands::rows(view_, query_.scope, query_.region);
        if (query_.after) commands::keep_after(all, *query_.after);
        fill_extras(envelope_.limit == no_limit ? no_limit : envelope_.limit / 4);
        begin();
        auto written = write_whole(all);
        if (written == 0 && !all.empty()) {
            if (!write_cut(all)) return too_large();
            written = 1;
        }
        end(written > 0 ? &all[written - 1] : nullptr, all.size() - written);
        if (out_.size() > envelope_.limit) return too_large();
        return {};
    }

   private:
    /// The state to restore in order to remove an item again.
    struct Mark {
        std::size_t size;
        int section;
        const Row* group;
    };

    [[nodiscard]] Mark mark() const { return {out_.size(), section_, group_}; }
    void go_back(const Mark& mark) {
        out_.resize(mark.size);
        section_ = mark.section;
        group_ = mark.group;
    }

    static Error too_large() {
        return {.code = ErrorCode::too_large,
                .message = "Not even one item fits into what this connection carries.",
                .next_step = "Ask over TCP, or with a shorter id."};
    }

    /// Writes rows until one does not fit; returns their number.
    std::size_t write_whole(const std::vector<Row>& all) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            const auto before = mark();
            add(all[i], {});
            const bool surely_fits = out_.size() + extras_.size() + longest_end <= envelope_.limit;
            if (!surely_fits && !end_fits(&all[i], all.size() - i - 1)) {
                go_back(before);
                return i;
            }
        }
        return all.size();
    }

    /// Writes the first row with its strings shortened as necessary.
    bool write_cut(const std::vector<Row>& all) {
        constexpr Detail steps[] = {{64, false}, {24, false}, {64, true}, {24, true}, {8, true}};
        const auto before = mark();
        for (const auto& detail : steps) {
            if (detail.names_only) fill_extras(0);
            add(all.front(), detail);
            if (end_fits(all.data(), all.size() - 1)) return true;
            go_back(before);
        }
        return false;
    }

    void fill_extras(std::size_t budget) {
        const bool has = query_.form != ListForm::text && !query_.scope.registered;
        extras_ = has ? extras(query_, budget) : std::string();
        if (query_.message.empty()) return;
        JsonWriter writer(extras_);
        writer.member("message", query_.message);
    }

    void begin() {
        JsonWriter writer(out_);
        if (is_array_) {
            writer.begin_array();
            return;
        }
        envelope_.open(writer);
        if (query_.form == ListForm::refresh) {
            writer.member("type", to_string(sections_[0].kind));
            writer.member("region", query_.region.empty() ? std::nullopt : std::optional(query_.region));
        }
        open_section(writer);
    }

    void open_section(JsonWriter& writer) {
        writer.key(sections_[static_cast<std::size_t>(section_)].array);
        writer.begin_array();
    }

    void close_group() {
        if (group_) out_ += "]}";
        group_ = nullptr;
    }

    void add(const Row& row, Detail detail) {
        JsonWriter writer(out_, detail.longest);
        while (section_ < row.section) next_section(writer);
        if (is_grouped(row) && !(group_ && same_group(*group_, row))) {
            close_group();
            detail.counts = query_.form == ListForm::refresh;
            open_group(writer, view_, row, detail);
            group_ = &row;
        }
        write_row(writer, view_, row, detail);
    }

    void next_section(JsonWriter& writer) {
        close_group();
        writer.end_array();
        ++section_;
        open_section(writer);
    }

    bool end_fits(const Row* last, std::size_t remaining) {
        const auto before = mark();
        end(last, remaining);
        const bool fits = out_.size() <= envelope_.limit;
        go_back(before);
        return fits;
    }

    /// Writes the text after the last item.
    void end(const Row* last, std::size_t remaining) {
        JsonWriter writer(out_);
        while (static_cast<std::size_t>(section_) + 1 < sections_.size()) next_section(writer);
        close_group();
        if (is_array_) {
            if (last && remaining > 0) {
                writer.begin_object();
                write_more(writer, *last, remaining);
                writer.end_object();
            }
            writer.end_array();
            return;
        }
        writer.end_array();
        if (!extras_.empty()) writer.raw(extras_);
        if (last && remaining > 0) write_more(writer, *last, remaining);
        envelope_.close(out_);
    }

    void write_more(JsonWriter& writer, const Row& last, std::size_t remaining) {
        const Cursor cursor{.scope = query_.scope,
                            .form = query_.form,
                            .one_region = !query_.region.empty(),
                            .section = last.section,
                            .region = CursorPart::of(last.region, part_),
                            .group = CursorPart::of(last.group, part_),
                            .name = CursorPart::of(last.name, part_),
                            .profile = CursorPart::of(last.profile, tight_part)};
        writer.member("truncated", true);
        writer.member("remaining", remaining);
        writer.member("more", "MORE:" + to_token(cursor));
    }

    std::string& out_;
    const Envelope& envelope_;
    const ListReply& query_;
    core::SystemView view_;
    std::span<const Section> sections_;
    bool is_array_;
    std::size_t part_;
    std::string extras_;
    int section_ = 0;             ///< Of the open array.
    const Row* group_ = nullptr;  ///< A row of the open cluster.
};

}  // namespace

Result<void> write_page(std::string& out, const Envelope& envelope, const ListReply& list) {
    return Page(out, envelope, list).write();
}

}  // namespace doze::protocol
