#!/usr/bin/env python3
"""Do the tests notice? Puts small faults into copies of the source, one at a time, and runs the tests that could notice it.

The faults are those of universalmutator's rules, drawn with a fixed seed and in turn from each folder, so that a run which ends early is as
good a sample as a whole one. A fault that does not compile, or leaves the program as it was, does not count. Prints each fault that nobody
noticed, and for each folder the share that was, with its 95 % interval (Wilson).
"""
import argparse
import contextlib
import hashlib
import io
import math
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from universalmutator import mutator

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "mutants"
RULES = ["universal.rules", "c_like.rules", "cpp.rules"]


@dataclass(frozen=True)
class Folder:
    """Where faults are put in, the test programs that could notice them, and the share that must be."""
    sources: tuple
    tests: tuple
    wanted: float


FOLDERS = {
    "core": Folder(("src/core",), ("core_test", "policy_test", "reconcile_test", "notices_test", "executor_test", "sim_test"), 0.85),
    "store": Folder(("src/adapters/store", "src/app/executor"), ("store_test", "journal_contract_test", "executor_test"), 0.85),
    "admission": Folder(("src/server/admission",), ("server_test",), 0.85),
    "commands": Folder(("src/commands", "src/protocol"), ("commands_test", "protocol_test", "rest_test"), 0.75),
    "aws": Folder(("src/adapters/aws",), ("aws_kinds_test", "aws_client_test"), 0.75),
}


@dataclass(frozen=True)
class Fault:
    folder: str
    file: str
    line: int  # From 0.
    before: str
    after: str

    def __str__(self):
        return f"{self.file}:{self.line + 1}\n    - {self.before.strip()}\n    + {self.after.strip()}"


OPERATOR = re.compile(r"(?<= )(==|!=|<=|>=|<|>|\+|-|\*|/|%|&&|\|\|)(?= )")
CALL_OR_ASSIGNMENT = re.compile(r"(?!\s*\.)\s*(\+\+|--)?\*?[\w.:\[\]]+(->[\w.:\[\]]+)*(\(.*\)|\+\+|--| [-+|&]?= .*)?;\s*(//.*)?$")
DECLARES = re.compile(r"!\((const )?auto\b")
ORDERS = {"==": ">=", "!=": "<"}  # Of the largest there is it is the same.
LEAST_ORDERS = {"==": "<=", "!=": ">"}  # Of the least.
WORDS = [{"true", "false"}, {"any_of", "all_of", "none_of"}, {"min", "max"}, {"min_element", "max_element"}]


def end_of_condition(line):
    """Where the bracket closes that opens after `if` or `while`; the end of the line where it does not."""
    depth = 0
    for at, character in enumerate(line):
        depth += (character == "(") - (character == ")")
        if character == ")" and depth == 0:
            return at
    return len(line.rstrip("\n"))


def is_operator_worth_trying(before, operator, after):
    """Whether another operator may compile in its place, and may mean something else there."""
    new = after[operator.start():len(after) - (len(before) - operator.end())]
    if not OPERATOR.fullmatch(f" {new} ", 1, len(new) + 1):
        return False  # "===", "=".
    left, right = before[:operator.start()].rstrip(), before[operator.end():].lstrip()
    if operator[0] in ("+", "-") and (left.endswith('"') or right.startswith('"')):
        return False  # Texts.
    if re.match(r"(\w+::)*npos\b", right):
        return ORDERS.get(operator[0]) != new
    if right.startswith("nullptr"):
        return LEAST_ORDERS.get(operator[0]) != new
    return re.match(r"[\w.>-]+(\.|->)end\(\)", right) is None  # Most iterators have no order.


def is_worth_trying(previous, before, after):
    """Whether a fault may compile and changes what the code does: a condition, an operator, a number, a word, a whole statement that is
    forgotten. The rules know no C++: they also cut templates, declarations and texts."""
    if re.match(r"\s*(#|//|case |using |namespace |template|static_assert|\[\[nodiscard)", before):
        return False
    if after.strip() == f"/*{before.strip()}*/":
        starts_here = re.search(r"([;{}:]|^)\s*(//.*)?$", previous.rstrip()) is not None
        jump = before.strip() in ("continue;", "break;", "return;")
        return starts_here and (jump or (CALL_OR_ASSIGNMENT.match(before) is not None and not before.strip().startswith("return")))
    if sum(map(after.count, "([{")) - sum(map(after.count, ")]}")) != sum(map(before.count, "([{")) - sum(map(before.count, ")]}")):
        return False
    if re.search(r"[\w)=<>] \(?[01]==1", after) or DECLARES.search(after):
        return False
    if before.rstrip().endswith(("&&", "||", ",")) and before.rstrip()[-2:] != after.rstrip()[-2:]:
        return False  # The next line goes on with it.
    start = next((i for i, (a, b) in enumerate(zip(before + "\0", after + "\1")) if a != b), 0)
    rest = next((i for i, (a, b) in enumerate(zip(before[::-1] + "\0", after[::-1] + "\1")) if a != b), 0)
    end = max(start, len(before) - rest)
    if before[:start].replace('\\"', "").count('"') % 2 == 1 or "//" in before[:start]:
        return False
    gone, new = before[start:end], after[start:len(after) - rest]
    if re.match(r"\s*(\} else )?(if|while) \(", before) and re.search(r"\((!\(|0==1|1==1)|(&& |\|\| )\(?[01]==1|[01]==1\)? (&&|\|\|)", after):
        return after.endswith(before[end_of_condition(before):])  # The rules take the longest match, beyond the condition.
    for operator in OPERATOR.finditer(before):
        if operator.start() <= start and end <= operator.end():
            return is_operator_worth_trying(before, operator, after)
    if any(gone in words and new in words for words in WORDS) or {"true", "false"} & {before[start:start + 4], before[start:start + 5]}:
        return True
    is_alone = not before[start - 1:start].isalpha() and not before[end:end + 1].isalpha()  # No part of 0xff, 1LL.
    return is_alone and gone.isdigit() and re.fullmatch(r"[\d()+\-]+", new) is not None


def faults_of(folder, file):
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines(keepends=True)
    with contextlib.redirect_stdout(io.StringIO()):
        found = mutator.mutants_regexp(lines, RULES, ignorePatterns=[])
    seen, raw = set(), lines_of_raw_strings(lines)
    for number, after, *_ in found:
        before = lines[number - 1]
        after = after.rstrip("\n") + "\n"
        if (number, after) in seen or number in raw or not is_worth_trying(lines[number - 2] if number > 1 else "", before, after):
            continue
        seen.add((number, after))
        yield Fault(folder, file, number - 1, before, after)


def lines_of_raw_strings(lines):
    """SQL, help and the like: numbers of lines, from 1."""
    inside, found = False, set()
    for number, line in enumerate(lines, 1):
        opens = 'R"(' in line
        if inside or opens:
            found.add(number)
            inside = ')"' not in (line.split('R"(', 1)[1] if opens else line)
    return found


def tracked(*paths):
    return subprocess.run(["git", "ls-files", "-z", *paths], cwd=ROOT, check=True, capture_output=True,
                          text=True).stdout.split("\0")[:-1]


def draw(folders, seed):
    """All faults, in the order in which they are tried: each folder in turn; within one, each line as likely as another."""
    chance = random.Random(seed)
    queues = {}
    for name in folders:
        by_line = {}
        for file in tracked(*FOLDERS[name].sources):
            if file.endswith(".cpp"):  # Of headers nearly everything is a declaration.
                for fault in faults_of(name, file):
                    by_line.setdefault((fault.file, fault.line), []).append(fault)
        lines = [chance.choice(by_line[key]) for key in sorted(by_line)]
        chance.shuffle(lines)
        queues[name] = lines
    while any(queues.values()):
        for queue in queues.values():
            if queue:
                yield queue.pop()


def known_equivalents():
    for line in (ROOT / "tests/mutants/equivalent.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            file, before, after, _why = (part.strip() for part in line.split(" | "))
            if before not in map(str.strip, (ROOT / file).read_text(encoding="utf-8").splitlines()):
                print(f"equivalent.txt: {file} has no such line: {before}")
            yield file, before, after


class Copy:
    """A copy of the source with a build of its own, in which one fault at a time is tried. It is kept between runs."""

    def __init__(self, number, folders):
        self.source = WORK / str(number)
        self.wanted = {test for name in folders for test in FOLDERS[name].tests}
        self.build = self.source / "build"
        self.programs = {}  # Test program -> where it is.
        self.clean = {}  # Test program -> what it is without a fault.
        self.limits = {}  # Test program -> how long it may take, in seconds.

    def prepare(self):
        files = [file for file in tracked() if (ROOT / file).is_file()]
        self.remove_others({self.source / file for file in files})
        for file in files:
            target = self.source / file
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists() or target.read_bytes() != (ROOT / file).read_bytes():
                shutil.copy(ROOT / file, target)  # As new, or what an interrupted run built of it would stay.
        environment = {**os.environ, "CCACHE_BASEDIR": str(self.source), "CCACHE_NOHASHDIR": "1"}
        self.run(["cmake", "-S", self.source, "-B", self.build, "-G", "Ninja", "-DCMAKE_CXX_FLAGS=-O1 -g0",
                  "-DDOZE_UNITY=TESTS",  # Of the code itself one file is compiled for each fault, not six.
                  "-DCMAKE_GTEST_DISCOVER_TESTS_DISCOVERY_MODE=PRE_TEST"], environment)  # Nobody asks ctest: no list at each link.
        self.run(["ninja", "-C", self.build, *sorted(self.wanted)], environment)
        for test in self.wanted:
            self.programs[test] = next(path for path in self.build.rglob(test) if path.is_file() and os.access(path, os.X_OK))
            self.clean[test] = self.digest(test)
            self.limits[test] = 300
            begin = time.monotonic()
            if self.failed(test) is not None:
                sys.exit(f"{test} fails without a fault: {self.programs[test]}")
            self.limits[test] = 10 + 10 * (time.monotonic() - begin)

    def remove_others(self, files):
        """What was renamed or removed since the copy was made."""
        for path in self.source.rglob("*.[ch]pp"):
            if path not in files and self.build not in path.parents:
                path.unlink()

    @staticmethod
    def run(command, environment):
        subprocess.run([str(part) for part in command], check=True, env=environment, stdout=subprocess.DEVNULL)

    def builds(self, test):
        return subprocess.run(["ninja", "-C", self.build, "-j1", test], env={**os.environ, "CCACHE_DISABLE": "1"},
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0

    def failed(self, test, only="*"):
        """The test that failed ("*": they ended before one was named); None where all passed. Within 4 GB: a fault may well loop.
        TimeoutExpired where it takes too long."""
        run = subprocess.run(["prlimit", f"--as={4 << 30}", self.programs[test], "--gtest_fail_fast", "--gtest_brief=1",
                              f"--gtest_filter={only}"], cwd=self.build, timeout=self.limits[test], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, check=False)
        if run.returncode == 0:
            return None
        name = re.search(rb"^\[  FAILED  \] ([\w/]+\.[\w/]+)", run.stdout, re.MULTILINE)
        return name[1].decode() if name else "*"

    def fails(self, test):
        """Twice, and not once by chance; or it takes too long."""
        try:
            first = self.failed(test)
            return first is not None and self.failed(test, first) is not None
        except subprocess.TimeoutExpired:
            return True

    def nearest_first(self, fault):
        """The tests mirror the folders; what is furthest from the unit is slowest (simulations)."""
        tests = FOLDERS[fault.folder].tests

        def shared(test):
            mirrored = self.programs[test].parent.relative_to(self.build / "tests").parts[1:]
            return len(os.path.commonprefix([mirrored, Path(fault.file).parent.parts[1:]]))
        return sorted(tests, key=lambda test: (-shared(test), tests.index(test)))

    def notices(self, fault, end):
        """The test program that failed; None if none did; "" if the fault is none: it does not compile or changes no program."""
        file = self.source / fault.file
        whole = file.read_text(encoding="utf-8")
        lines = whole.splitlines(keepends=True)
        lines[fault.line] = fault.after
        changed = False
        try:
            file.write_text("".join(lines), encoding="utf-8")
            for test in self.nearest_first(fault):
                if time.monotonic() > end or not self.builds(test):  # What notices it first spares the others their links.
                    return ""
                if self.digest(test) == self.clean[test]:
                    continue
                changed = True
                if self.fails(test):
                    return test
            return None if changed else ""
        finally:
            file.write_text(whole, encoding="utf-8")

    def digest(self, test):
        return hashlib.sha256(self.programs[test].read_bytes()).hexdigest()


def interval(noticed, tried):
    """Wilson's, of 95 %."""
    if tried == 0:
        return 0.0, 1.0
    z, share = 1.96, noticed / tried
    middle = (share + z * z / (2 * tried)) / (1 + z * z / tried)
    half = z / (1 + z * z / tried) * math.sqrt(share * (1 - share) / tried + z * z / (4 * tried * tried))
    return middle - half, middle + half


class Score:
    def __init__(self, folders):
        self.tried = dict.fromkeys(folders, 0)
        self.noticed = dict.fromkeys(folders, 0)
        self.lock = threading.Lock()

    def count(self, fault, test):
        with self.lock:
            self.tried[fault.folder] += 1
            self.noticed[fault.folder] += test is not None
            if test is None:
                print(f"not noticed: {fault}", flush=True)

    def total(self):
        return sum(self.tried.values())

    def show(self):
        low = False
        for name, tried in self.tried.items():
            noticed = self.noticed[name]
            least, most = interval(noticed, tried)
            share = noticed / tried if tried else 0
            is_low = tried > 0 and share < FOLDERS[name].wanted
            low = low or is_low
            print(f"{name:10} {noticed:4} of {tried:4} noticed: {share:4.0%} ({least:.0%} to {most:.0%}), wanted {FOLDERS[name].wanted:.0%}"
                  f"{'  <-' if is_low else ''}")
        noticed, tried = sum(self.noticed.values()), self.total()
        least, most = interval(noticed, tried)
        print(f"{'all':10} {noticed:4} of {tried:4} noticed: {noticed / max(tried, 1):4.0%} ({least:.0%} to {most:.0%})")
        return low


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30, help="after the build (30)")
    parser.add_argument("--sample", type=int, default=150, help="at most so many faults (150)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="faults tried side by side, each in a copy of its own")
    parser.add_argument("--folder", action="append", choices=FOLDERS, help="only these")
    options = parser.parse_args()

    folders = options.folder or list(FOLDERS)
    equivalent = set(known_equivalents())
    faults = (fault for fault in draw(folders, options.seed)
              if (fault.file, fault.before.strip(), fault.after.strip()) not in equivalent)
    copies = [Copy(number, folders) for number in range(options.jobs)]
    for copy in copies:
        copy.prepare()
    score, lock, end = Score(folders), threading.Lock(), time.monotonic() + options.minutes * 60

    def work(copy):
        while time.monotonic() < end and score.total() < options.sample:
            with lock:
                fault = next(faults, None)
            if fault is None:
                return
            if (test := copy.notices(fault, end)) != "":
                score.count(fault, test)

    workers = [threading.Thread(target=work, args=(copy,)) for copy in copies]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(f"{score.total()} faults, seed {options.seed}")
    return 1 if score.show() else 0


if __name__ == "__main__":
    sys.exit(main())
