"""Watching the person: what doze costs beside a Python listener under the same events, and how long a look at the screen takes
beside cv2.matchTemplate and beside reading it at all.

Python runs with Debian's OpenCV and pynput. CPU time is the scheduler's own count (schedstat), in ns.
"""
import json
import os
import subprocess
import time
from pathlib import Path

from asleep import ASLEEP, AWAKE, PUT_TO_SLEEP
from daemon import Doze, free_udp_port, make_settings
from fault_proxy import FaultProxy
from figures import PROGRAMS, ROUNDS, cpu_ns, median, ratio, row, status
from sandbox import Sandbox
from waiting import wait_for

HERE = Path(__file__).resolve().parent
DEBIANS_PYTHON = "/usr/bin/python3"  # The one that has OpenCV and pynput.
SECONDS = float(os.environ.get("DOZE_BENCH_PRESENCE_SECONDS", "10"))
END_SECONDS = 3  # After 2, doze takes the pointer to be at rest.
SIZES = ((1920, 1080), (3840, 2160))


def said(*command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure_compare():
    print(f"\nComparing a screen with the last look at it, ms, medians of {ROUNDS} processes in turns")
    row("", "doze cold", "reading cold", "ratio (aim 1.5)", "doze hot", "ratio", "wiping hot", "cv2", "cv2 / doze cold")
    for size in SIZES:
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(said(PROGRAMS / "presence" / "screen_compare", *map(str, size), "25"))
            theirs.append(said(DEBIANS_PYTHON, HERE / "compare_cv2.py", *map(str, size), "5"))
        row(f"{size[0]}x{size[1]}", f"{median(ours, 'cold'):.2f}", f"{median(ours, 'read_cold'):.2f}",
            f"{median([{'r': one['cold'] / one['read_cold']} for one in ours], 'r'):.2f}", f"{median(ours, 'hot'):.2f}",
            f"{median([{'r': one['hot'] / one['read_hot']} for one in ours], 'r'):.2f}", f"{median(ours, 'wipe'):.2f}",
            f"{median(theirs, 'ms'):.1f}",
            f"{median([{'r': b['ms'] / a['cold']} for a, b in zip(ours, theirs)], 'r'):.0f}")


def used(pid):
    """CPU ms and voluntary switches of a process so far, over all its threads."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return {"cpu": cpu_ns(pid) / 1e6,
            "switches": sum(status(f"{pid}/task/{thread.name}", "voluntary_ctxt_switches") for thread in threads)}


def a_while(pids, display, moving):
    """What each process used per minute, all under the same events."""
    before = [used(pid) for pid in pids]
    begun = time.monotonic()
    if moving:
        subprocess.run([DEBIANS_PYTHON, HERE / "move_pointer.py", str(SECONDS)], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "DISPLAY": display})
    else:
        time.sleep(SECONDS)  # Rest itself is what is measured.
    minutes = (time.monotonic() - begun) / 60
    time.sleep(END_SECONDS)  # doze works at the beginning and the end of movement, and both are to be counted.
    return [{key: (now[key] - then[key]) / minutes for key in now}
            for then, now in zip(before, [used(pid) for pid in pids])]


def measure_watching(doze_pid, display):
    python = subprocess.Popen([DEBIANS_PYTHON, HERE / "listen_pynput.py"], stdout=subprocess.PIPE,
                              env={**os.environ, "DISPLAY": display})
    try:
        assert python.stdout.readline() == b"ready\n"
        pids = (doze_pid, python.pid)
        time.sleep(3)  # Starts are over.
        print(f"\nWatching the person, per minute, medians of {ROUNDS} times {SECONDS:g} s, doze and a Python listener at once")
        row("", "CPU ms", "Python's", "Python / doze", "wake-ups", "Python's", "Python / doze")
        for name, moving in (("at rest (aim under 60 ms and 60 wake-ups)", False),
                             ("pointer, 1,000 moves/s (aim 20)", True)):
            ours, theirs = zip(*[a_while(pids, display, moving) for _ in range(ROUNDS)])
            cells = []
            for key, form in (("cpu", ".2f"), ("switches", ".0f")):
                # A doze that did not wake up once can't be divided by.
                comparable = median(ours, key) > 0 and all(one[key] > 0 for one in ours)
                cells += [f"{median(ours, key):{form}}", f"{median(theirs, key):{form}}",
                          f"{ratio(theirs, ours, key):.0f}" if comparable else "-"]
            row(name, *cells)
        row("resident memory", f"{status(doze_pid, 'VmRSS') / 1000:.1f} MB", f"{status(python.pid, 'VmRSS') / 1000:.1f} MB",
            f"{status(python.pid, 'VmRSS') / status(doze_pid, 'VmRSS'):.1f}")
    finally:
        python.kill()
        python.wait()


def measure_return(folder, screen):
    """How long whoever comes back waits for the first start call: after a look, as doze wakes nothing that somebody changed."""
    company = Sandbox()
    company.start()
    company.fill()
    proxy = FaultProxy(company.endpoint)
    doze = Doze(folder, {"DISPLAY": screen.display, **company.environment(proxy.endpoint)})
    doze.port = free_udp_port()
    company.write_config(doze.config, make_settings(doze.port))
    times, looks = [], []
    try:
        doze.start()
        for _ in range(ROUNDS * 2):
            doze.leave()
            wait_for(lambda: company.states() == ASLEEP and len(doze.asleep()) == len(PUT_TO_SLEEP), "everything sleeps")
            time.sleep(4)  # Leaving takes 3 s, in which the key that ordered it is not taken for a return.
            before = len(proxy.calls())
            pressed = float(subprocess.run([DEBIANS_PYTHON, HERE / "press_key.py"], check=True, capture_output=True, text=True,
                                           env={**os.environ, "DISPLAY": screen.display}).stdout)
            wait_for(lambda: company.states() == AWAKE, "everything is as it was")
            calls = proxy.calls()[before:]
            looks.append({"first": (calls[0].at - pressed) * 1000})
            times.append({"start": (next(call.at for call in calls if call.operation == "StartInstances") - pressed) * 1000})
    finally:
        doze.end()
        proxy.close()
        company.stop()
    print("\nFrom the first key after an absence, ms")
    row("to the first call, which looks", f"{median(looks, 'first'):.1f}")
    row("to the first start call (aim 50), with the emulator's answer between", f"{median(times, 'start'):.1f}")


def measure(doze_pid, folder, screen):
    measure_compare()
    measure_watching(doze_pid, screen.display)
    measure_return(folder, screen)
