#include "app/offline/doctor/finding.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <utility>

#include "cli/terminal.hpp"

namespace doze::doctor {

namespace json = boost::json;

namespace {

cli::Color color_of(Grade grade) {
    switch (grade) {
        case Grade::ok: return cli::Color::good;
        case Grade::note: return cli::Color::faint;
        case Grade::warn: return cli::Color::busy;
        case Grade::fail: return cli::Color::bad;
    }
    return cli::Color::none;
}

std::size_t count(const Findings& findings, Grade grade) {
    return static_cast<std::size_t>(std::ranges::count(findings, grade, &Finding::grade));
}

std::string summary(const Findings& findings) {
    const auto failures = count(findings, Grade::fail);
    const auto warned = count(findings, Grade::warn);
    std::string line = fmt::format("{} checks: ", findings.size());
    if (failures + warned == 0) return line + "nothing is wrong.\n";
    if (failures > 0) line += fmt::format("{} failed", failures);
    if (failures > 0 && warned > 0) line += ", ";
    if (warned > 0) line += fmt::format("{} {} attention", warned, warned == 1 ? "needs" : "need");
    return line + ".\n";
}

}  // namespace

std::string_view to_string(Grade grade) {
    switch (grade) {
        case Grade::ok: return "ok";
        case Grade::note: return "note";
        case Grade::warn: return "warn";
        case Grade::fail: return "fail";
    }
    return "?";
}

Finding failed(Finding finding, const std::optional<Error>& error) {
    finding.grade = Grade::fail;
    if (!error) {
        finding.finding = "AWS did not answer in time";
        finding.fix =
            "Check the network and the proxy (HTTPS_PROXY, NO_PROXY): "
            "`curl -sv https://sts.us-east-1.amazonaws.com` shows where it hangs.";
        return finding;
    }
    finding.finding = error->message;
    finding.fix = error->next_step.empty() ? "`doze status` and aws_monitor.log may say more." : error->next_step;
    return finding;
}

std::string name_of(const ProfileName& profile) {
    return profile.str().empty() ? std::string("doze's own") : "profile " + profile.str();
}

bool is_healthy(const Findings& findings) {
    return count(findings, Grade::fail) == 0;
}

std::string report_text(const Findings& findings, bool color) {
    cli::Table table({"", "AREA", "WHAT", "FINDING"});
    for (const auto& one : findings) {
        table.add({{std::string(to_string(one.grade)), color_of(one.grade)}, {one.area}, {one.what}, {one.finding}});
    }
    // The table has one line of headings and one per row.
    const std::string lines = table.text(color);
    std::string out;
    std::size_t at = lines.find('\n') + 1;
    out += lines.substr(0, at);
    for (const auto& one : findings) {
        const auto end = lines.find('\n', at) + 1;
        out += lines.substr(at, end - at);
        at = end;
        if (one.grade != Grade::ok && !one.fix.empty()) out += fmt::format("      -> {}\n", cli::clean(one.fix));
    }
    return out + "\n" + summary(findings);
}

json::object report_json(const Findings& findings) {
    json::array all;
    for (const auto& one : findings) {
        all.push_back(json::object{{"area", one.area},
                                   {"what", one.what},
                                   {"state", to_string(one.grade)},
                                   {"finding", one.finding},
                                   {"fix", one.grade == Grade::ok ? json::value() : json::value(one.fix)}});
    }
    json::object counts;
    for (const auto grade : {Grade::ok, Grade::note, Grade::warn, Grade::fail}) {
        counts[to_string(grade)] = count(findings, grade);
    }
    return {{"healthy", is_healthy(findings)}, {"counts", std::move(counts)}, {"findings", std::move(all)}};
}

}  // namespace doze::doctor
