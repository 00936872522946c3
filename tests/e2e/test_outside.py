"""What nothing outside may do to doze: stop it, hold it up, or make it decide before it has heard."""
import itertools
import os
import signal
import subprocess
import termios
import threading
import time
from contextlib import contextmanager

import pytest
from conftest import configure
from sandbox import BINARY
from terminal import Terminal
from waiting import PATIENCE, wait_for


def command_of(doze):
    return [str(BINARY), "run", "--config-dir", str(doze.config), "--state-dir", str(doze.state)]


def test_a_terminal_that_stands_still_holds_up_nothing(doze, screen):
    terminal = Terminal(command_of(doze), doze.environment)
    doze.process = terminal.process
    wait_for(doze.answers, "doze answers")
    termios.tcflow(terminal.slave, termios.TCOOFF)
    for word in ("away", "snooze 1h", "resume", "back"):  # Each is a line of the log.
        assert doze.cli(*word.split()).returncode == 0
    doze.return_to(screen)
    doze.process.send_signal(signal.SIGTERM)
    assert doze.ended() == 0


def test_signals_that_mean_nothing_to_it_do_not_end_it(doze):
    doze.start()
    for each in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE, signal.SIGXFSZ):
        doze.process.send_signal(each)
    assert doze.answers()


def test_a_hangup_reads_the_configuration_again(doze):
    doze.start()
    doze.process.send_signal(signal.SIGHUP)
    doze.wait_log("again on SIGHUP")
    assert doze.answers()


def test_a_terminal_that_is_closed_ends_it_in_order(doze):
    terminal = Terminal(command_of(doze), doze.environment)
    doze.process = terminal.process
    wait_for(doze.answers, "doze answers")
    terminal.hang_up()
    assert doze.ended() == 0
    assert "Stopping on SIGHUP" in doze.log()


def test_who_asks_for_it_keeps_it_beyond_its_terminal(doze):
    as_nohup_does = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"]
    terminal = Terminal([*as_nohup_does, *command_of(doze)], doze.environment)
    doze.process = terminal.process
    wait_for(doze.answers, "doze answers")
    terminal.hang_up()
    doze.wait_log("again on SIGHUP")
    assert doze.answers()


@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", "2>&-", "<&-"])
def test_no_file_takes_the_number_of_a_closed_descriptor(doze, closed):
    doze.process = subprocess.Popen(["sh", "-c", f'exec "$@" {closed}', "sh", *command_of(doze)], env=doze.environment,
                                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(doze.answers, "doze answers")
    assert {os.readlink(f"/proc/{doze.process.pid}/fd/{number}") for number in range(3)} == {"/dev/null"}


def test_a_frozen_doze_hears_what_was_typed_before_it_decides(doze, company, screen):
    configure(doze, company, timeout_minutes=0.1)
    with typing(screen) as typed:
        doze.start()
        doze.wait_log("Source x11-keyboard is running")
        for _ in range(2):
            doze.process.send_signal(signal.SIGSTOP)
            time.sleep(8)  # More than the timeout.
            doze.process.send_signal(signal.SIGCONT)
            before = len(typed)
            wait_for(lambda before=before: len(typed) > before + 1, "somebody goes on typing")
            wait_for(lambda: doze.presence() == "active", "doze has heard that")
    pauses = [later - sooner for sooner, later in itertools.pairwise(typed)]
    assert max(pauses) > 5 or "You are away" not in doze.log()  # Where the machine stood still for so long they did leave.


@contextmanager
def typing(screen):
    """Somebody types all the time; yields when they did."""
    over, typed = threading.Event(), []

    def type_on():
        while not over.wait(0.2):
            screen.type("a")
            typed.append(time.monotonic())

    typist = threading.Thread(target=type_on)
    typist.start()
    try:
        yield typed
    finally:
        over.set()
        typist.join()


def test_too_few_descriptors_are_said_at_the_start(doze):
    done = subprocess.run(["prlimit", "--nofile=20:20", *command_of(doze)], env=doze.environment, capture_output=True, text=True,
                          timeout=PATIENCE)
    assert done.returncode == 1 and "only 20 files open" in done.stderr and "ulimit -n" in done.stderr
