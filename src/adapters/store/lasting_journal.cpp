#include "adapters/store/lasting_journal.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>

#include "base/paths.hpp"

namespace doze::store {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_notes = 5;

std::vector<core::JournalEntry> entries_of(const Contents& contents) {
    std::vector<core::JournalEntry> all;
    for (const auto& [id, entry] : contents.rows) all.push_back(entry);
    return all;
}

/// Makes the journal hold exactly these rows.
Result<void> write_all(SqliteJournal& journal, const Contents& contents,
                       const std::map<core::ResourceId, core::JournalEntry>& there) {
    std::vector<core::JournalEntry> put;
    std::vector<core::ResourceId> close;
    for (const auto& [id, entry] : there)
        if (const auto known = contents.rows.find(id); known == contents.rows.end() || known->second != entry)
            close.push_back(id);
    for (const auto& [id, entry] : contents.rows) {
        if (const auto written = there.find(id); written != there.end() && written->second == entry) continue;
        close.push_back(id);  // Replaces a row of this resource that could not be read.
        put.push_back(entry);
    }
    auto done = journal.write(put, close);
    if (done && contents.presence) done = journal.save(*contents.presence);
    if (done && contents.holds) done = journal.save(*contents.holds);
    for (const auto& [id, account] : contents.accounts)
        if (done) done = journal.save(id, account);
    return done;
}

}  // namespace

LastingJournal::LastingJournal(fs::path state_dir, Tell tell, std::chrono::milliseconds pause)
    : state_dir_(std::move(state_dir)), file_(state_dir_ / "doze.db"), tell_(std::move(tell)), pause_(pause) {}

Result<std::unique_ptr<LastingJournal>> LastingJournal::open(const fs::path& state_dir, Tell tell,
                                                             std::chrono::milliseconds pause) {
    std::unique_ptr<LastingJournal> journal(new LastingJournal(state_dir, std::move(tell), pause));
    const auto locked = journal->take_locks();
    if (!locked && locked.error().recovery == Recovery::tell) return locked.error();
    if (locked) journal->remove_fresh();  // An incomplete file that a killed process left.
    if (const auto opened = journal->usable(); !opened) journal->read_what_can_be_read();
    // The daemon starts with everything known now, so none of it was found later.
    journal->found_.clear();
    return journal;
}

Result<std::vector<core::JournalEntry>> LastingJournal::entries() {
    return entries_of(known_);
}

Result<void> LastingJournal::write(std::span<const core::JournalEntry> put, std::span<const core::ResourceId> close) {
    if (put.empty() && close.empty()) return {};
    const auto journal = usable();
    if (!journal) return journal.error();
    auto done = noted((*journal)->write(put, close));
    if (!done) return done;
    for (const auto& id : close)
        if (const auto row = known_.rows.extract(id)) closed_.insert_or_assign(id, row.mapped().opened_at);
    for (const auto& entry : put) known_.rows.insert_or_assign(entry.id, entry);
    return done;
}

Result<void> LastingJournal::save(const core::PresenceRecord& presence) {
    const auto journal = usable();
    if (!journal) return journal.error();
    auto done = noted((*journal)->save(presence));
    if (done) known_.presence = presence;
    return done;
}

Result<void> LastingJournal::save(const core::HoldRecord& holds) {
    const auto journal = usable();
    if (!journal) return journal.error();
    auto done = noted((*journal)->save(holds));
    if (done) known_.holds = holds;
    return done;
}

Result<void> LastingJournal::save(const core::ResourceId& id, const AccountId& account) {
    const auto journal = usable();
    if (!journal) return journal.error();
    auto done = noted((*journal)->save(id, account));
    if (!done) return done;
    if (account.str().empty())
        known_.accounts.erase(id);
    else
        known_.accounts.insert_or_assign(id, account);
    return done;
}

Result<void> LastingJournal::add(std::span<const core::Announce> lines, core::WallTime at) {
    const auto journal = usable();
    if (!journal) return journal.error();
    return noted((*journal)->add(lines, at));
}

Result<std::vector<core::HistoryLine>> LastingJournal::history(const core::HistoryQuery& query) {
    if (journal_) return journal_->history(query);
    return trouble_.value_or(Error{.message = "The journal is not open."});
}

Result<void> LastingJournal::check() {
    const auto journal = usable();
    if (!journal) return journal.error();
    return noted((*journal)->check());
}

void LastingJournal::tend() {
    if (trouble_ || !journal_ || !is_in_place()) (void)check();
}

Result<void> LastingJournal::noted(Result<void> done) {
    if (done) return done;
    trouble_ = done.error();
    next_try_ = std::chrono::steady_clock::now() + pause_;
    return done;
}

void LastingJournal::note(core::Level level, std::string text) {
    tell_(level, text);
    notes_.push_back(std::move(text));
    if (notes_.size() > most_notes) notes_.erase(notes_.begin());
}

void LastingJournal::note_once(const std::string& text) {
    if (told_.insert(text).second) note(core::Level::error, text);
}

bool LastingJournal::is_in_place() {
    if (!lock_ || !lock_->is_in_place(state_dir_)) {
        // Another doze may hold it during its start, so it is tried again later; meanwhile the database's lock keeps
        // the two apart.
        lock_.reset();
        if (auto taken = StateLock::take(state_dir_)) lock_.emplace(std::move(*taken));
    }
    if (!database_lock_) return lock_.has_value();
    if (!database_lock_->is_in_place(file_)) return false;
    // The version changes if another program or a restored copy wrote over the file.
    return journal_ && journal_->data_version() == version_;
}

Result<SqliteJournal*> LastingJournal::usable() {
    if (journal_ && !trouble_ && is_in_place()) return journal_.get();
    if (trouble_ && std::chrono::steady_clock::now() < next_try_) return *trouble_;
    if (auto opened = reopen(); !opened) {
        trouble_ = opened.error();
        next_try_ = std::chrono::steady_clock::now() + pause_;
        return opened.error();
    }
    trouble_.reset();
    return journal_.get();
}

Result<void> LastingJournal::take_locks() {
    if (auto made = make_private_dir(state_dir_); !made) {
        auto error = made.error();
        error.recovery = Recovery::retry;
        return error;
    }
    std::optional<Error> unlocked;
    if (!lock_ || !lock_->is_in_place(state_dir_)) {
        lock_.reset();
        auto taken = StateLock::take(state_dir_);
        if (!taken && taken.error().recovery == Recovery::tell) return taken.error();
        if (taken)
            lock_.emplace(std::move(*taken));
        else
            unlocked = taken.error();
    }
    if (!database_lock_ || !database_lock_->is_in_place(file_)) {
        database_lock_.reset();
        auto taken = DatabaseLock::take(file_, state_dir_);
        if (!taken && taken.error().recovery == Recovery::tell) return taken.error();
        if (taken && *taken) database_lock_.emplace(std::move(**taken));
    }
    // One of the two locks is enough; without both, another doze might write too.
    if (unlocked && !database_lock_) return *unlocked;
    return {};
}

Result<void> LastingJournal::reopen() {
    const bool was_open = journal_ != nullptr;
    journal_.reset();
    std::error_code ignored;
    const bool is_there = fs::exists(file_, ignored);
    auto locked = take_locks();
    if (!locked && (is_there || locked.error().recovery == Recovery::tell)) return locked;

    if (!is_there) {
        auto made = make_fresh();
        if (!made) return made;
        const auto placed = place_new(file_, fresh_name());
        if (!placed) return placed.error();
        if (was_open || !known_.rows.empty())
            note(core::Level::warning, fmt::format("{} was gone. It was made anew, with all {} open rows.",
                                                   file_.string(), known_.rows.size()));
    }
    if (is_there && is_damaged(file_)) {
        database_lock_.reset();
        auto replaced = replace_damaged();
        if (!replaced) return replaced;
    }
    auto opened = SqliteJournal::open(file_);
    if (!opened) return opened.error();
    journal_ = std::move(*opened);
    if (!database_lock_) {
        auto done = take_locks();
        if (!done) {
            journal_.reset();
            return done;
        }
    }
    drop_bad_rows();
    version_ = journal_->data_version();
    return bring_up_to_date();
}

Result<void> LastingJournal::replace_damaged() {
    const auto found = salvage(file_);
    for (const auto& bad : found.bad) note_once(bad.text());
    const auto before = known_.rows.size();
    learn(found.contents);
    // Everything readable is now in memory, and the file is kept unchanged under another name.
    has_read_ = true;
    auto made = make_fresh();
    if (!made) return made;
    const auto kept = replace_and_keep(file_, fresh_name());
    if (!kept) return kept.error();
    const auto what = before == 0 ? fmt::format("{} rows could be read of it", found.contents.rows.size())
                                  : fmt::format("doze knows its {} open rows", known_.rows.size());
    note(core::Level::error,
         fmt::format(
             "The journal {} was damaged; {}, and a new one begins with them. It is kept as {}. What slept and is "
             "not in the new one must be woken by hand.",
             file_.string(), what, kept->string()));
    return {};
}

fs::path LastingJournal::fresh_name() const {
    return file_.string() + ".new";
}

void LastingJournal::remove_fresh() const {
    std::error_code ignored;
    fs::remove(fresh_name(), ignored);
    fs::remove(fresh_name().string() + "-journal", ignored);
}

Result<void> LastingJournal::make_fresh() {
    remove_fresh();
    auto fresh = SqliteJournal::open(fresh_name());
    if (!fresh) return fresh.error();
    return write_all(**fresh, known_, {});
}

void LastingJournal::drop_bad_rows() {
    const auto bad = journal_->bad_rows();
    if (!bad || bad->empty()) return;
    const auto kept = copy_aside(file_);
    // Without a copy the rows stay: unreadable rows must not be lost.
    const bool dropped = kept && journal_->drop_bad_rows();
    std::error_code ignored;
    if (kept && !dropped) fs::remove(*kept, ignored);  // The next attempt makes another.
    for (const auto& error : *bad)
        note_once(error.text() + (dropped ? fmt::format(" The journal as it was is kept as {}.", kept->string()) : ""));
}

void LastingJournal::read_what_can_be_read() {
    if (has_read_) return;
    const auto found = salvage(file_);
    for (const auto& bad : found.bad) note_once(bad.text());
    learn(found.contents);
}

void LastingJournal::learn(const Contents& contents) {
    for (const auto& [id, entry] : contents.rows) {
        const auto closed = closed_.find(id);
        if (known_.rows.contains(id) || (closed != closed_.end() && entry.opened_at <= closed->second)) continue;
        known_.rows.emplace(id, entry);
        found_.push_back(entry);
    }
    if (!known_.presence) known_.presence = contents.presence;
    if (!known_.holds) known_.holds = contents.holds;
    known_.accounts.insert(contents.accounts.begin(), contents.accounts.end());
}

Result<void> LastingJournal::bring_up_to_date() {
    Contents there;
    auto rows = journal_->good_rows();
    if (!rows) return rows.error();
    for (auto& entry : *rows) there.rows.emplace(entry.id, std::move(entry));
    if (const auto presence = journal_->presence())
        there.presence = *presence;
    else
        note(core::Level::error, presence.error().text());
    if (const auto holds = journal_->holds()) there.holds = *holds;
    if (const auto accounts = journal_->accounts()) there.accounts = *accounts;
    const bool first = !std::exchange(has_read_, true);
    learn(there);
    if (known_.rows == there.rows && known_.presence == there.presence && known_.holds == there.holds &&
        known_.accounts == there.accounts)
        return {};
    auto written = write_all(*journal_, known_, there.rows);
    version_ = journal_->data_version();
    if (written && !first)
        note(core::Level::warning,
             fmt::format(
                 "{} was replaced or changed by another program; it was brought up to date, with all {} open rows.",
                 file_.string(), known_.rows.size()));
    return written;
}

}  // namespace doze::store
