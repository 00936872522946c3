#!/usr/bin/env python3
"""Plays the whole story in under a minute, without a screen, and checks that it came true: a person types, stops,
leaves; what they registered goes to sleep; they return; everything is as it was.

Real are: doze, the X server (Xvfb), the key presses. Pretended are: the person (xdotool) and AWS (the moto emulator).
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from sandbox import BINARY, INSTANCES, REGIONS, SERVICES, Sandbox, free_port, table
from screen import Screen

TIMEOUT_SECONDS = 6
TYPING_SECONDS = 4
PATIENCE = 60  # seconds until a step of the story counts as not come true

STYLES = {"person": "36", "doze": "33", "aws": "32", "title": "1", "good": "1;32", "bad": "1;31", "dim": "2"}


def paint(style, text):
    return f"\033[{STYLES[style]}m{text}\033[0m" if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else text


class Timeline:
    """Lines with the seconds since the beginning, from several threads."""

    def __init__(self):
        self._start = time.monotonic()
        self._lock = threading.Lock()

    def say(self, who, text):
        with self._lock:
            print(f"{time.monotonic() - self._start:6.1f} s  {paint(who, who.ljust(6))}  {text}", flush=True)

    def show(self, title, lines):
        with self._lock:
            print(f"\n{paint('title', title)}\n{lines}\n", flush=True)


class Daemon:
    """doze, with what it logs told on the timeline."""

    def __init__(self, folder, environment, timeline, names):
        self.command = [str(BINARY), "run", "--config-dir", str(folder / "config"),
                        "--state-dir", str(folder / "state")]
        self.environment = {**environment, "DOZE_STATE_DIR": str(folder / "state"),
                            "DOZE_CONFIG_DIR": str(folder / "config")}
        self.process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        threading.Thread(target=self._tell, args=(timeline, names), daemon=True).start()

    def _tell(self, timeline, names):
        for line in self.process.stdout:
            line = re.sub(r"\033\[[0-9;]*m", "", line).strip()
            for name, identity in names.items():
                line = line.replace(identity, f"{identity} ({name})")
            if line:
                # [time] [level] [module] - message: the timeline has a time of its own.
                timeline.say("doze", re.sub(r"^\[[^]]*\] \[[^]]*\] \[[^]]*\] - ", "", line))

    def is_ready(self):
        if self.process.poll() is not None:
            raise SystemExit("demo: doze ended at its start")
        return subprocess.run([self.command[0], "status"], env=self.environment, capture_output=True).returncode == 0

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def resources(sandbox, before=None):
    """What AWS says now; what changed since `before` stands out."""
    rows = []
    for what, region, state, registered, note in sandbox.rows():
        changed = before is not None and before[what] != state
        rows.append((what, region, state, "yes" if registered else "no", "<- changed" if changed else note))
    return table(("RESOURCE", "REGION", "STATE", "REGISTERED", ""), rows)


def asleep(before):
    """The states that the story must reach."""
    wanted = dict(before)
    wanted.update({f"ec2 {one.name}": "stopped" for one in INSTANCES if one.registered})
    wanted.update({f"ecs {one.name}": "0" for one in SERVICES if one.registered})
    wanted |= {"eks workers": "0/0/4", "asg fleet": "0/0/0, 5 suspended", "rds orders": "stopped",
               "rds-cluster ledger": "stopped"}
    return wanted


def play(folder, sandbox, screen, timeline):
    before = sandbox.states()
    timeline.show("Before: what AWS says", resources(sandbox))

    sandbox.write_config(folder / "config", settings={
        "activity_monitor": {"inactivity_timeout_minutes": TIMEOUT_SECONDS / 60, "other_sessions": {"enabled": False}},
        "aws": {"regions": REGIONS, "service_state_check_interval_minutes": 0.1},
        "udp_server": {"port": free_port()},
        "tcp_server": {"port": 0},
        "web": {"port": 0},
    })
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "DISPLAY": screen.display,
                   **sandbox.environment()}
    daemon = Daemon(folder, environment, timeline, sandbox.ids)
    try:
        if not wait_for(daemon.is_ready):
            return "doze did not answer"
        timeline.say("person", f"types for {TYPING_SECONDS} seconds (doze is told that {TIMEOUT_SECONDS} seconds "
                               "without input mean away)")
        end = time.monotonic() + TYPING_SECONDS
        while time.monotonic() < end:
            screen.type("work ")
        timeline.say("person", "stops typing and leaves")

        if not wait_for(lambda: sandbox.states() == asleep(before)):
            return f"what is registered did not go to sleep: {sandbox.states()}"
        timeline.say("aws", "everything registered is asleep; production and the unregistered are not touched")
        timeline.show("Asleep: what AWS says", resources(sandbox, before))
        during = sandbox.states()

        timeline.say("person", "comes back and types")
        typing = threading.Event()

        def keep_typing():
            while not typing.wait(0.3):
                screen.type("work ")

        screen.type("back ")
        typist = threading.Thread(target=keep_typing)
        typist.start()
        try:
            if not wait_for(lambda: sandbox.states() == before):
                return f"not everything came back: {sandbox.states()}"
            timeline.say("aws", "everything is as it was")
            timeline.show("After: what AWS says", resources(sandbox, during))
        finally:
            typing.set()
            typist.join()
    finally:
        daemon.stop()
    return None


def main():
    begin = time.monotonic()
    timeline = Timeline()
    print(paint("title", "Your cloud sleeps when you do.") + " A pretended AWS, a real X server, a scripted person.")
    with tempfile.TemporaryDirectory(prefix="doze-demo-") as folder, Sandbox() as sandbox:
        screen = Screen()
        try:
            trouble = play(Path(folder), sandbox, screen, timeline)
        finally:
            screen.close()
    if trouble:
        print(paint("bad", f"The story did not come true: {trouble}"))
        return 1
    print(paint("good", f"The story came true in {time.monotonic() - begin:.0f} seconds.") + " Now try it: make run")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
