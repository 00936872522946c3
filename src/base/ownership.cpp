#include "base/ownership.hpp"

#include <cstdint>
#include <fmt/format.h>
#include <grp.h>
#include <list>
#include <pwd.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <system_error>
#include <unistd.h>

#include "base/atomic_file.hpp"

namespace doze {
namespace {

namespace fs = std::filesystem;

bool is_mine(uid_t owner) {
    return owner == ::geteuid() || owner == 0;
}

/// Whether anybody besides the person and root is in the group, as a listed member or by having it as primary
/// group.
bool has_other_members(gid_t gid) {
    if (const group* found = ::getgrgid(gid)) {
        for (char** name = found->gr_mem; *name != nullptr; ++name) {
            const passwd* member = ::getpwnam(*name);
            if (member == nullptr || !is_mine(member->pw_uid)) return true;
        }
    }
    bool others = false;
    ::setpwent();
    while (const passwd* user = ::getpwent()) others = others || (user->pw_gid == gid && !is_mine(user->pw_uid));
    ::endpwent();
    return others;
}

/// An access control list; its mask shows up as the group's permission bits.
bool has_access_list(const fs::path& path) {
    return ::lgetxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

Error refusal_of(std::string message, std::string next_step) {
    return {.code = ErrorCode::unauthorized, .message = std::move(message), .next_step = std::move(next_step)};
}

/// `above`: `path` is a parent folder of the path being checked.
Result<void> check_one(const fs::path& path, const struct stat& status, bool above) {
    if (!is_mine(status.st_uid)) {
        const auto who = user_name(status.st_uid);
        if (S_ISLNK(status.st_mode))
            return refusal_of(fmt::format("{} is a link that another user ({}) laid.", path.string(), who),
                              fmt::format("Take it away: rm '{}'.", path.string()));
        return refusal_of(
            fmt::format("{} belongs to another user ({}), who could change what doze does.", path.string(), who),
            fmt::format("If it is yours: sudo chown {} '{}'. If not, choose another place.", user_name(::geteuid()),
                        path.string()));
    }
    // A link's own permissions mean nothing, and the null device is writable by everybody.
    if (S_ISLNK(status.st_mode) || S_ISCHR(status.st_mode)) return {};
    if (above && S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0) return {};
    const bool world = (status.st_mode & S_IWOTH) != 0;
    const bool group = (status.st_mode & S_IWGRP) != 0 && (has_access_list(path) || has_other_members(status.st_gid));
    if (!world && !group) return {};
    const bool by_list = has_access_list(path);
    return refusal_of(
        fmt::format("Other users can change {} (mode {:04o}).", path.string(), status.st_mode & 07777U),
        fmt::format("Take that right away: {}chmod go-w '{}'.",
                    by_list ? fmt::format("setfacl -b '{}'; ", path.string()) : std::string(), path.string()));
}

std::list<fs::path> parts_of(const fs::path& path) {
    std::list<fs::path> parts(path.begin(), path.end());
    parts.remove_if([](const auto& part) { return part.empty() || part == "."; });
    return parts;
}

}  // namespace

std::string user_name(unsigned uid) {
    const passwd* entry = ::getpwuid(uid);
    return entry != nullptr ? std::string(entry->pw_name) : std::to_string(uid);
}

Result<void> check_ownership(const fs::path& path) {
    std::error_code error;
    const auto whole = fs::absolute(path, error);
    if (error) return {};
    auto rest = parts_of(whole);
    fs::path here = "/";
    int links = 0;
    constexpr int longest_chain = 40;  // The kernel's own limit, see path_resolution(7).
    while (!rest.empty()) {
        const auto part = rest.front();
        rest.pop_front();
        if (part == "..") {
            here = here.parent_path();
            continue;
        }
        const auto next = part.is_absolute() ? part : here / part;
        struct stat status {};
        if (::lstat(next.c_str(), &status) != 0) return {};
        if (auto checked = check_one(next, status, !rest.empty()); !checked) return checked;
        if (!S_ISLNK(status.st_mode)) {
            here = next;
            continue;
        }
        const auto target = fs::read_symlink(next, error);
        if (error || ++links > longest_chain) return {};
        rest.splice(rest.begin(), parts_of(target));
    }
    return {};
}

Result<std::optional<std::string>> read_own_file(const fs::path& path, std::size_t limit) {
    if (auto checked = check_ownership(path); !checked) return checked.error();
    return read_file(path, limit);
}

}  // namespace doze
