"""`doze logs`: the log of a daemon that runs, ran, or will run."""
import json
import re
import subprocess

import pytest
from daemon import Doze
from sandbox import BINARY
from terminal import Terminal
from waiting import wait_for


@pytest.fixture
def idle(tmp_path):
    """No daemon, only folders."""
    doze = Doze(tmp_path / "doze", {})
    doze.state.mkdir()
    return doze


class Follower:
    """`doze logs -f`, and what it printed so far."""

    def __init__(self, doze, output):
        self._output = output
        with open(output, "wb") as file:
            self._process = subprocess.Popen(
                [str(BINARY), "logs", "-f", "--state-dir", str(doze.state)], stdout=file, stderr=file, env=doze.environment)

    def lines(self):
        return self._output.read_text(encoding="utf-8").splitlines()

    def wait_lines(self, expected):
        wait_for(lambda: self.lines() == expected, f"the log is followed to {expected}; it is {self.lines()}")

    def close(self):
        self._process.kill()
        self._process.wait()


@pytest.fixture
def follow(tmp_path):
    made = []

    def make(doze):
        made.append(Follower(doze, tmp_path / f"followed{len(made)}"))
        return made[-1]

    yield make
    for follower in made:
        follower.close()


def log(idle):
    return idle.state / "aws_monitor.log"


def append(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


def test_it_shows_the_last_lines_of_what_the_daemon_wrote(doze):
    doze.start()
    before = doze.log()
    shown = doze.cli("logs", "-n", "100000").stdout
    assert shown.startswith(before) and doze.log().startswith(shown)  # It writes on meanwhile.
    doze.stop()
    assert doze.cli("logs", "-n", "100000").stdout == doze.log()
    assert doze.cli("logs", "-n", "2").stdout.splitlines() == doze.log().splitlines()[-2:]
    assert doze.cli("logs").stdout.splitlines() == doze.log().splitlines()[-50:]
    for line in doze.cli("logs", "--json").stdout.splitlines():
        assert set(json.loads(line)) == {"time", "level", "module", "message"}


def test_without_a_log_it_says_where_it_would_be(idle):
    done = idle.cli("logs")
    assert (done.returncode, done.stdout) == (1, "")
    assert str(log(idle)) in done.stderr and "`doze run`" in done.stderr


def test_following_goes_on_with_each_line_and_over_a_rotation(idle, follow):
    append(log(idle), "one\ntwo\n")
    follower = follow(idle)
    follower.wait_lines(["one", "two"])
    append(log(idle), "three\nfo")
    follower.wait_lines(["one", "two", "three"])
    append(log(idle), "ur\n")
    follower.wait_lines(["one", "two", "three", "four"])
    # As spdlog rotates: the last line goes to the old file, then a new one has its name.
    append(log(idle), "five\n")
    log(idle).rename(idle.state / "aws_monitor.1.log")
    append(log(idle), "six\n")
    follower.wait_lines(["one", "two", "three", "four", "five", "six"])
    append(log(idle), "seven\n")
    follower.wait_lines(["one", "two", "three", "four", "five", "six", "seven"])


def test_following_may_begin_before_the_daemon(doze, follow):
    doze.state.mkdir()
    follower = follow(doze)
    doze.start()
    wait_for(lambda: any("You are active" in line for line in follower.lines()), "the log is followed")


def test_a_log_that_is_emptied_is_read_anew(idle, follow):
    append(log(idle), "one\ntwo\n")
    follower = follow(idle)
    follower.wait_lines(["one", "two"])
    log(idle).write_text("")
    append(log(idle), "3\n")
    follower.wait_lines(["one", "two", "3"])


def test_levels_have_colours_on_a_terminal(idle):
    append(log(idle), "[2026-01-01 00:00:00.000] [error] [aws] - Bad.\n[2026-01-01 00:00:00.000] [info] [aws] - \x1b[2J.\n")
    terminal = Terminal([str(BINARY), "logs", "--state-dir", str(idle.state)], idle.environment)
    try:
        assert terminal.end() == 0
        assert "\x1b[31merror\x1b[0m" in terminal.raw
        assert "\x1b[2J" not in terminal.raw
    finally:
        terminal.close()
    assert not re.search(r"\x1b", idle.cli("logs").stdout)
