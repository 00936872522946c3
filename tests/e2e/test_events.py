"""Events: what happens, told to whoever asks for it, and never more than that something happened."""
import json
import os
import signal
import socket
import subprocess
import time

import pytest
from conftest import configure
from sandbox import BINARY
from waiting import PATIENCE, wait_for

TYPED = "zwielicht"


class Connection:
    """A connection of its own to the daemon's Unix socket."""

    def __init__(self, doze):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(str(doze.state / "doze.sock"))
        self._lines = self._socket.makefile("r", encoding="utf-8")
        self.raw = ""  # Everything received.

    def send(self, line):
        self._socket.sendall(line.encode() + b"\n")

    def receive(self):
        line = self._lines.readline()
        assert line, "doze closed the connection"
        self.raw += line
        return json.loads(line)

    def until(self, wanted):
        """What came up to the first message that is wanted."""
        came = []
        while not came or not wanted(came[-1]):
            came.append(self.receive())
        return came

    def close(self):
        self._socket.close()


@pytest.fixture
def listen():
    made = []

    def make(doze, subscribe=True):
        connection = Connection(doze)
        made.append(connection)
        if subscribe:
            connection.send("EVENTS")
            assert connection.receive()["status"] == "success"
        return connection

    yield make
    for connection in made:
        connection.close()


@pytest.fixture
def seen(doze, company):
    """A daemon that sees the keyboard and the pointer, and looks at the screen often."""
    configure(doze, company, activity_monitor={"screen": {"interval_seconds": 0.1}})
    doze.start()
    wait_for(lambda: all(source["state"] == "running" for source in doze.json("status")["sources"]
                         if source["name"] in ("x11-keyboard", "x11-pointer", "x11-input", "x11-screen")), "the screen is seen")
    return doze


def activity(name):
    return lambda event: event.get("type") == "USER_ACTIVITY" and event["content"]["activity"] == name


def test_typing_is_told_and_not_what_was_typed(seen, screen, listen):
    connection = listen(seen)
    screen.type(TYPED)
    event = connection.until(activity("KEYBOARD_ACTIVITY"))[-1]
    assert event.keys() == {"id", "type", "timestamp", "source", "content"}
    assert event["source"] == "doze"
    assert event["content"].keys() == {"activity", "count"} and event["content"]["count"] >= 1
    screen.move()
    connection.until(activity("MOUSE_MOVEMENT"))
    assert TYPED not in connection.raw


def test_no_kind_is_told_more_often_than_its_interval(seen, screen, listen):
    connection = listen(seen)
    begun = time.monotonic()
    painter = subprocess.Popen(
        ["bash", "-c", "while :; do xsetroot -solid $(printf '#%06x' $((i % 0x1000000))); : $((i += 7919)); sleep 0.05; done"],
        env={**os.environ, "DISPLAY": screen.display}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True)
    try:
        counts = []
        changed = activity("SCREEN_CHANGE")
        connection.until(changed)
        while len(counts) < 4 or max(counts) == 1:  # What came within an interval was merged.
            counts.append(connection.until(changed)[-1]["content"]["count"])
        seconds = time.monotonic() - begun
    finally:
        os.killpg(painter.pid, signal.SIGKILL)
        painter.wait()
    # Each is told a whole interval of 1 s after the one before.
    assert seconds > len(counts)


def test_the_countdown_is_told(doze, company, screen, listen):
    configure(doze, company, timeout_minutes=0.1)  # 6 s, the second half of them as the warning.
    doze.start()
    connection = listen(doze)
    screen.type("a")
    # The typing may have come into a countdown, which then ends and begins anew.
    told = connection.until(lambda event: event["type"] == "TIMER_END" and event["content"]["reason"] == "away")
    told = told[max(i for i, event in enumerate(told) if event["type"] == "TIMER_START"):]
    start, *ticks = [event["content"]["nowtime"] for event in told if event["type"] in ("TIMER_START", "TIMER_TICK")]
    assert 0 < start <= told[0]["content"]["maxtime"] <= 6000
    assert ticks and ticks == sorted(ticks, reverse=True) and ticks[0] < start
    assert told[-1]["content"] == {"reason": "away"}
    assert doze.presence() == "away"


def test_one_who_never_reads_slows_nobody(seen, screen, listen):
    slow = listen(seen)
    # Its replies fill what the kernel holds for it, and more; the events wait behind them.
    slow.send("\n".join(["STATUS"] * 2000))
    connection = listen(seen)
    screen.type("a")
    connection.until(activity("KEYBOARD_ACTIVITY"))
    connection.send("PING")
    connection.until(lambda message: message.get("message") == "PONG")
    # Once it reads, it has all its replies, and then what happened.
    came = slow.until(activity("KEYBOARD_ACTIVITY"))
    assert sum("presence" in message for message in came) == 2000


def test_datagrams_carry_no_events(doze):
    doze.start()
    with doze.udp() as udp:
        assert udp.ask("EVENTS")["error"] == "BAD_REQUEST"
        assert udp.ask_json("EVENTS")["content"]["error"] == "BAD_REQUEST"


def test_a_sign_of_life_from_a_client_is_not_sent_back(seen, screen, listen):
    connection = listen(seen)
    assert seen.cli("back").returncode == 0
    screen.type("a")
    told = [event["content"]["activity"] for event in connection.until(activity("KEYBOARD_ACTIVITY"))
            if event["type"] == "USER_ACTIVITY"]
    assert set(told) <= {"KEYBOARD_ACTIVITY", "SCREEN_CHANGE"}


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_line_shows_them(seen, screen, tmp_path, as_json):
    file = tmp_path / "events"
    with open(file, "wb") as out:
        shown = subprocess.Popen(
            [str(BINARY), "events", *(["--json"] if as_json else [])], stdout=out,
            env={**seen.environment, "DOZE_STATE_DIR": str(seen.state), "DOZE_CONFIG_DIR": str(seen.config)},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # Shells' background jobs ignore it.
    try:
        def told():
            screen.type(TYPED)
            output = file.read_text(encoding="utf-8")
            return output if ("KEYBOARD_ACTIVITY" if as_json else " keyboard\n") in output else None

        output = wait_for(told, "the typing is shown", pause=2.5)  # So long a silence ends a burst.
        assert TYPED not in output
        if as_json:
            assert all(json.loads(line) for line in output.splitlines())
    finally:
        shown.send_signal(signal.SIGINT)
        assert shown.wait(PATIENCE) == -signal.SIGINT
