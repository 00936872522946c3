#!/usr/bin/env python3
"""Holds the directions of the includes: who may include whom is the table MAY_INCLUDE, and nothing else.

    check_includes.py [SRC]

Prints one line per offence, `file:line: what is wrong`, and exits 1 if there are any. ARCHITECTURE.md explains the table.
"""
import re
import sys
from pathlib import Path

EVERYTHING = {"base", "core", "ports", "commands", "protocol", "server", "config", "cli", "adapters/dbus", "adapters/desktop", "adapters/activity",
              "adapters/http", "adapters/keyring", "adapters/store", "adapters/systemd", "adapters/aws/profiles", "adapters/aws/protocol",
              "adapters/aws/client", "adapters/aws/credentials", "adapters/aws/kinds"}

# Folder below src/ -> the folders (besides itself) that it may include. An adapter never includes another one.
MAY_INCLUDE = {
    "base": set(),
    "core": {"base"},
    "ports": {"base", "core"},
    "adapters/dbus": {"base"},
    "adapters/desktop": {"base", "core", "adapters/dbus"},
    "adapters/activity": {"base", "core", "ports", "adapters/dbus"},
    "adapters/http": {"base", "core", "ports"},
    "adapters/keyring": {"base", "core", "ports"},
    "adapters/store": {"base", "core", "ports"},
    "adapters/systemd": {"base", "core"},
    "adapters/aws/profiles": {"base", "core", "ports"},
    "adapters/aws/protocol": {"base", "core", "ports"},
    "adapters/aws/client": {"base", "core", "ports", "adapters/aws/profiles", "adapters/aws/protocol"},
    "adapters/aws/credentials": {"base", "core", "ports", "adapters/aws/profiles", "adapters/aws/protocol", "adapters/aws/client"},
    "adapters/aws/kinds": {"base", "core", "ports", "adapters/aws/protocol", "adapters/aws/client"},
    "commands": {"base", "core"},
    "protocol": {"base", "core", "commands"},
    "server": {"base", "core", "commands", "protocol"},
    "config": {"base", "core", "ports"},
    "cli": {"base", "core", "commands", "protocol"},
    # The composition roots may include everything that is not one of them, and of these:
    "app/access": EVERYTHING,
    "app/executor": {"base", "core", "ports"},
    "app/offline": EVERYTHING | {"app/access"},
    "app/offline/auth": EVERYTHING | {"app/access", "app/offline"},
    "app/offline/inspect": EVERYTHING,
    "app/offline/doctor": EVERYTHING | {"app/access", "app/offline"},
    "app/offline/init": EVERYTHING | {"app/access", "app/offline", "app/offline/auth", "app/offline/doctor"},
    "app/daemon": EVERYTHING | {"app/access", "app/executor"},
    "app/main": EVERYTHING | {"app/daemon", "app/offline/auth", "app/offline/doctor", "app/offline/init", "app/offline/inspect"},
}

# Libraries that only few folders may see, so that they can be replaced there.
ONLY_IN = {
    r"curl/": {"adapters/http"},
    r"sqlite3\.h": {"adapters/store"},
    r"sdbus-c\+\+/": {"adapters/dbus", "adapters/keyring", "adapters/desktop"},
    r"xcb/": {"adapters/activity"},
    r"yaml-cpp/": {"config"},
    r"pugixml\.hpp": {"adapters/aws/protocol", "adapters/aws/client", "adapters/aws/kinds"},
    r"systemd/": {"adapters/systemd", "app/daemon"},
    r"wayland-": {"adapters/activity"},
    r"pulse/": {"adapters/activity"},
    r"boost/beast": {"server"},
    r"sodium\.h": {"server"},
}

# Headers that only their own folder may include, and what others include instead.
PRIVATE = {"core/reconcile/reconciler.hpp": "core/reconcile/reconcile.hpp"}

# Folders whose names say nothing of what is in them.
NO_SUBJECT = {"util", "utils", "common", "misc", "helpers"}

# What the pure core must not even know of: sockets, files, clocks, logs.
NOT_IN_CORE = r"(boost/asio|boost/beast|spdlog/|openssl/|fstream|iostream|filesystem|thread|mutex|random|sys/|unistd\.h)"

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def folder_of(path):
    """The folder of the table that `path` (relative to src/) is in: the longest that fits, or None."""
    parts = Path(path).parts[:-1]
    for length in range(len(parts), 0, -1):
        name = "/".join(parts[:length])
        if name in MAY_INCLUDE:
            return name
    return None


def includes(file):
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match[1], match[2]


def check_file(source, file):
    """Yields (line, what is wrong) and adds nothing to the world."""
    relative = file.relative_to(source).as_posix()
    folder = folder_of(relative)
    if folder is None:
        yield 1, f"the folder of {relative} is not in the table of scripts/check_includes.py"
        return
    for number, bracket, target in includes(file):
        if bracket == '"':
            if ".." in Path(target).parts or not (source / target).is_file():
                yield number, f'"{target}" is no path from src/ on'
                continue
            if target in PRIVATE and Path(target).parent != Path(relative).parent:
                yield number, f"{target} is private to its folder: include {PRIVATE[target]}"
            other = folder_of(target)
            if other is not None and other != folder and other not in MAY_INCLUDE[folder]:
                yield number, f"{folder} may not include {other} ({target})"
        else:
            for pattern, homes in ONLY_IN.items():
                if re.match(pattern, target) and folder not in homes:
                    yield number, f"only {' and '.join(sorted(homes))} may include <{target}>"
            if folder == "core" and re.match(NOT_IN_CORE, target):
                yield number, f"core is pure: it may not include <{target}>"
            if folder == "commands" and re.match("boost/json", target):
                yield number, f"commands are typed: JSON is in protocol, so they may not include <{target}>"


def find_cycle(edges):
    """A cycle of the graph `edges` (node -> set of nodes) as a list that begins and ends alike, or None."""
    done, path = set(), []

    def visit(node):
        if node in path:
            return path[path.index(node):] + [node]
        if node in done:
            return None
        path.append(node)
        for other in sorted(edges.get(node, ())):
            if cycle := visit(other):
                return cycle
        path.pop()
        done.add(node)
        return None

    for start in sorted(edges):
        if cycle := visit(start):
            return cycle
    return None


def check(source):
    source = Path(source)
    files = sorted(file for file in source.rglob("*") if file.suffix in (".hpp", ".cpp"))
    offences, file_edges, folder_edges = [], {}, {}
    for file in files:
        relative = file.relative_to(source).as_posix()
        offences += [f"src/{relative}:{number}: {what}" for number, what in check_file(source, file)]
        for _, bracket, target in includes(file):
            if bracket == '"' and (source / target).is_file():
                file_edges.setdefault(relative, set()).add(target)
                here, there = folder_of(relative), folder_of(target)
                if here and there and here != there:
                    folder_edges.setdefault(here, set()).add(there)
    for folder in sorted(path for path in source.rglob("*") if path.is_dir() and path.name in NO_SUBJECT):
        offences.append(f"src/{folder.relative_to(source).as_posix()}: a folder is named after its subject")
    for what, edges in (("folders", folder_edges), ("files", file_edges)):
        if cycle := find_cycle(edges):
            offences.append(f"src: {what} include each other in a circle: {' -> '.join(cycle)}")
    return offences


def main(arguments):
    source = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent / "src"
    offences = check(source)
    print("\n".join(offences) if offences else "The includes keep their directions.")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
