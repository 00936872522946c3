"""`doze watch`: what is, on a whole terminal, and the terminal afterwards as it was."""
import os
import re
import signal

import pytest
from sandbox import BINARY
from terminal import Terminal
from waiting import wait_for


@pytest.fixture
def watch(doze):
    """Makes terminals in which `doze watch` runs."""
    made = []

    def make(columns=80, rows=24, **environment):
        terminal = Terminal([str(BINARY), "watch"], {**doze.environment, "DOZE_STATE_DIR": str(doze.state),
                                                     "DOZE_CONFIG_DIR": str(doze.config), **environment}, columns, rows)
        made.append(terminal)
        return terminal

    yield make
    for terminal in made:
        terminal.close()


def is_restored(terminal):
    terminal.pump()
    return terminal.settings() == terminal.settings_before and not terminal.alternate and terminal.raw.endswith("\x1b[?1049l")


def test_it_shows_the_person_their_resources_and_what_happens(doze, watch, screen):
    doze.start()
    doze.wait_log("Source x11-keyboard is running")
    terminal = watch(columns=100)
    terminal.wait_text(r"^doze \d+\.\d+.*\d\d:\d\d:\d\d$")
    terminal.wait_text("^You are active")
    terminal.wait_text("^RESOURCE +STATE")
    assert len(doze.json("status")["resources"]) > 0
    for resource in doze.json("status")["resources"]:
        terminal.wait_text("^" + re.escape(resource["id"]))
    screen.type("a")
    terminal.wait_text(r"^\d\d:\d\d:\d\d keyboard")
    assert doze.cli("away").returncode == 0
    terminal.wait_text("^You are away")


def test_it_fits_the_terminal_and_follows_its_size(doze, watch):
    doze.start()
    terminal = watch()
    terminal.wait_text("^RESOURCE")
    wait_for(lambda: terminal.lines()[-1] == "q leaves", "the view is as large as the terminal")
    terminal.resize(40, 10)  # Longer lines, and more of them, fail in Terminal.
    wait_for(lambda: terminal.lines()[9] == "q leaves", "the view is as small as the terminal")
    terminal.resize(120, 40)
    wait_for(lambda: terminal.lines()[39] == "q leaves", "the view is as large as the terminal")


@pytest.mark.parametrize("leave, code", [("q", 0), ("\x03", 0), (signal.SIGTERM, 128 + signal.SIGTERM),
                                         (signal.SIGHUP, 128 + signal.SIGHUP)], ids=["q", "ctrl-c", "term", "hup"])
def test_whoever_ends_it_the_terminal_is_as_before(doze, watch, leave, code):
    doze.start()
    terminal = watch()
    terminal.wait_text("^You are")
    assert terminal.alternate and terminal.settings() != terminal.settings_before
    if isinstance(leave, str):
        terminal.type(leave)
    else:
        terminal.process.send_signal(leave)
    assert terminal.end() == code
    assert is_restored(terminal)


def test_the_shell_may_stop_it_and_let_it_go_on(doze, watch):
    doze.start()
    terminal = watch()
    terminal.wait_text("^You are")
    terminal.process.send_signal(signal.SIGTSTP)
    assert os.WIFSTOPPED(os.waitpid(terminal.process.pid, os.WUNTRACED)[1])
    wait_for(lambda: is_restored(terminal), "the shell has the terminal as it was")
    terminal.process.send_signal(signal.SIGCONT)
    wait_for(lambda: terminal.text() and terminal.alternate, "the view is back")
    terminal.type("q")
    assert terminal.end() == 0
    assert is_restored(terminal)


def test_it_waits_for_a_daemon_that_is_not_there_or_went(doze, watch):
    terminal = watch()
    terminal.wait_text("^doze is not running")
    doze.start()
    wait_for(lambda: "You are" in terminal.text() and "not running" not in terminal.text(), "the view has what is")
    doze.kill()
    terminal.wait_text("^doze was stopped|^doze is not running")
    assert "You are" in terminal.text()  # What was last seen stays.
    doze.start()
    wait_for(lambda: not re.search("^doze (was stopped|is not running)", terminal.text(), re.M), "the view goes on")


def test_colours_are_for_those_who_want_them(doze, watch):
    doze.start()
    colored, plain = watch(), watch(NO_COLOR="1")
    for terminal in (colored, plain):
        terminal.wait_text("^You are")
    wait_for(lambda: colored.pump() or re.search(r"\x1b\[3\dm", colored.raw), "there are colours")
    assert not re.search(r"\x1b\[[1-9]\d?m", plain.raw)


def test_what_is_no_terminal_is_told_so(doze):
    done = doze.cli("watch")
    assert (done.returncode, done.stdout) == (1, "")
    assert "`doze events`" in done.stderr


def test_a_terminal_that_is_too_simple_is_told_so(doze, watch):
    terminal = watch(TERM="dumb")
    assert terminal.end() == 1
    assert "`doze events`" in terminal.raw


def test_programs_are_sent_elsewhere(doze):
    done = doze.cli("watch", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "doze status --json" in done.stderr
