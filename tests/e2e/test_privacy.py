"""doze knows that a key was pressed, never which: nothing of what was typed, of titles, of pixels is in anything that it
wrote, sent or has in its memory."""
import os
import re
import subprocess

import pytest
from conftest import configure
from waiting import wait_for

TYPED = "zwielicht"
TITLE = "Kuendigung-Entwurf"
COLORS = ("#a7c35b", "#5bc3a7")


def memory(process):
    """Everything that the process can read or write."""
    image = b""
    with open(f"/proc/{process}/maps", encoding="ascii", errors="replace") as maps, \
            open(f"/proc/{process}/mem", "rb", buffering=0) as file:
        for line in maps:
            begin, end, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line).groups()
            if "r" not in rights or "[v" in line:
                continue
            file.seek(int(begin, 16))
            try:
                image += file.read(int(end, 16) - int(begin, 16))
            except OSError:
                continue  # Nothing is behind it.
    return image


def traces():
    """What would give the person away, by name."""
    found = {}
    for name, text in (("what was typed", TYPED), ("a window's title", TITLE)):
        for encoding in ("utf-8", "utf-16-le", "utf-32-le"):
            found[f"{name}, {encoding}"] = text.encode(encoding)
    for color in COLORS:
        red, green, blue = (int(color[at:at + 2], 16) for at in (1, 3, 5))
        found[f"pixels of {color}"] = bytes((blue, green, red, 0)) * 8
        found[f"pixels of {color}, opaque"] = bytes((blue, green, red, 255)) * 8
    return found


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may read the memory of a process that dumps no core")
def test_nothing_of_what_the_person_does_stays_anywhere(make_doze, company, proxy, screen):
    doze = make_doze(DISPLAY=screen.display, **company.environment(proxy.endpoint))
    configure(doze, company, activity_monitor={"screen": {"interval_seconds": 0.1}, "terminals": {"enabled": True}})
    doze.start("--log-level", "debug")
    window = subprocess.Popen(
        ["xterm", "-T", TITLE, "-e", "cat"], env={**os.environ, "DISPLAY": screen.display},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def told():
            return doze.json("status")["last_signals"]

        for color in COLORS * 2:
            seen = told()["screen"]
            wait_for(lambda c=color: screen.fill("#000000") or screen.fill(c) or told()["screen"] is not None,
                     "the change of the screen is seen")
            screen.type(TYPED)
            screen.move()
            assert seen is None or told()["screen"] is not None
        wait_for(lambda: told()["keyboard"] is not None and told()["pointer"] is not None, "the typing is seen")
        doze.leave()
        replies = doze.cli("status").stdout + doze.cli("list").stdout + doze.cli("status", "--json").stdout
        image = memory(doze.process.pid)
    finally:
        window.kill()
        window.wait()
    doze.stop()

    everything = {"its memory": image, "its replies": replies.encode(), "its output": doze.output().encode(),
                  "its requests": repr([vars(call) for call in proxy.calls()]).encode()}
    for file in [*doze.state.rglob("*"), *doze.config.rglob("*")]:
        if file.is_file():
            everything[file.name] = file.read_bytes()
    assert len(image) > 2**20 and b"x11-keyboard" in image, "this is the memory of doze"
    assert {"aws_monitor.log", "doze.db"} <= set(everything)
    assert not [f"{what} in {where}" for where, content in everything.items() for what, trace in traces().items()
                if trace in content]
