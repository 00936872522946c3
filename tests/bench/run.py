#!/usr/bin/env python3
"""Measures doze beside the limits of this machine, all in one run, and prints a table of ratios (`make bench`).

    listing       time, CPU and memory to list 10,000 instances, beside boto3, the AWS CLI and libcurl with pugixml alone
    account       calls to stop and start hundreds of resources, beside the least possible, and how many are throttled
    UDP           requests a second beside a bare C recvfrom/sendto echo under the same load generator
    burst         datagrams lost of 1,000 sent at once
    connections   the same for TCP, WebSocket and HTTP; memory of 10,000 idle connections; 1,000 that hear events
    rest          resident memory and voluntary context switches while nothing happens
    presence      CPU and wake-ups at rest and while the pointer moves, beside a Python listener; a look at the screen
    start         from exec to the first answered command, with an AWS that never answers, beside the bare echo's

Machines are noisy: every pair is measured in turns, and medians are printed. No figure fails the run.
"""
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import PROGRAMS, ROOT, ROUNDS, median, row, status

sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "e2e" / "lib")]

from account import account  # noqa: E402
from daemon import Doze, make_settings  # noqa: E402
from listing import listing  # noqa: E402
from logind import Logind  # noqa: E402
from presence import presence  # noqa: E402
from claims import free_port  # noqa: E402
from screen import Screen  # noqa: E402
from sound import Sound  # noqa: E402
from static_aws import StaticAws  # noqa: E402
from transports import transports  # noqa: E402
from waiting import wait_for  # noqa: E402

SECONDS = float(os.environ.get("DOZE_BENCH_SECONDS", "2"))
REST_SECONDS = float(os.environ.get("DOZE_BENCH_REST_SECONDS", "60"))
INSTANCES = 20


def load(port, pid, message, outstanding):
    done = subprocess.run([PROGRAMS / "udp_load", str(port), "--outstanding", str(outstanding), "--seconds", str(SECONDS),
                           "--message", message, "--pid", str(pid)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def burst(port, message):
    done = subprocess.run([PROGRAMS / "udp_load", str(port), "--burst", "1000", "--message", message],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def environment(endpoint, screen=None):
    return {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_ENDPOINT_URL": endpoint,
            "DISPLAY": screen.display if screen else None}


def configure(doze, aws_regions=("us-east-1",)):
    doze.port = free_port()
    tcp, web = free_port(), free_port()
    doze.ports = {"tcp": tcp, "http": web, "websocket": web}
    # The rate limit is no part of what is measured.
    settings = make_settings(doze.port, check_minutes=5, aws={"regions": list(aws_regions)}, tcp_server={"port": tcp},
                             web={"port": web}, security={"requests_per_second": 1_000_000})
    (doze.config / "settings.json").write_text(json.dumps(settings))


def measure_udp(doze, echo_port, echo_pid):
    print(f"\nUDP, closed loop on loopback, medians of {ROUNDS} rounds of {SECONDS:g} s, doze and the echo in turns")
    row("", "requests/s", "echo's", "ratio", "p50 us", "p99 us", "CPU us/request")
    for message, aim in (("PING", 0.85), ("LIST_EC2", 0.65)):
        for outstanding in (1, 32):
            ours, echoes = [], []
            for _ in range(ROUNDS):
                ours.append(load(doze.port, doze.process.pid, message, outstanding))
                echoes.append(load(echo_port, echo_pid, message, outstanding))
            rate, limit = median(ours, "requests_per_s"), median(echoes, "requests_per_s")
            ratio = statistics.median(a["requests_per_s"] / b["requests_per_s"] for a, b in zip(ours, echoes))
            name = message if message != "LIST_EC2" else f"LIST_EC2, {INSTANCES} instances"
            row(f"{name}, {outstanding} outstanding" + (f" (aim {aim:g})" if outstanding == 32 else ""),
                f"{rate:,.0f}", f"{limit:,.0f}", f"{ratio:.2f}", f"{median(ours, 'p50_us'):.0f}", f"{median(ours, 'p99_us'):.0f}",
                f"{median(ours, 'server_cpu_us_per_request'):.1f} ({median(echoes, 'server_cpu_us_per_request'):.1f})")
    lost = [burst(doze.port, "LIST_EC2")["lost"] for _ in range(ROUNDS)]
    row(f"lost of a burst of 1,000 LIST_EC2 (aim 0)", max(lost))


def measure_rest(doze):
    pid = doze.process.pid
    switches = status(pid, "voluntary_ctxt_switches")
    time.sleep(REST_SECONDS)  # Rest itself is what is measured.
    switches = status(pid, "voluntary_ctxt_switches") - switches
    print(f"\nAt rest for {REST_SECONDS:g} s, keyboard, pointer, screen, window, sound and session watched, {INSTANCES} instances known")
    row("resident memory (aim under 15 MB)", f"{status(pid, 'VmRSS') / 1000:.1f} MB")
    row("voluntary context switches (aim under 1/s)", f"{switches / REST_SECONDS:.2f}/s")


def measure_start(folder):
    """The socket accepts and never answers: what doze says first cannot come from AWS."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ours, echoes = [], []
        for number in range(ROUNDS * 2):
            doze = Doze(folder / f"start{number}", environment(f"http://127.0.0.1:{silent.getsockname()[1]}"))
            configure(doze)
            ours.append(first_answer(doze.port, doze.launch))
            doze.end()
            port = free_port()
            started = []
            echoes.append(first_answer(port, lambda: started.append(start_echo(port))))
            end(started[0])
    print("\nStart, first run in an empty folder, AWS silent, doze and the bare echo in turns")
    ours_ms, echoes_ms = statistics.median(ours) * 1000, statistics.median(echoes) * 1000
    row("to the first answered command (aim 50 ms)", f"{ours_ms:.0f} ms", f"({min(ours) * 1000:.0f}-{max(ours) * 1000:.0f})")
    row("the echo's, and the ratio (aim 15)", f"{echoes_ms:.1f} ms", f"{ours_ms / echoes_ms:.1f}")


def first_answer(port, launch):
    """Seconds from the launch of what listens there by UDP to its first answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", port))
        client.settimeout(0.001)
        begun = time.monotonic()
        launch()
        while True:
            try:
                client.send(b"PING")
                client.recv(4096)
                return time.monotonic() - begun
            except (ConnectionRefusedError, TimeoutError):
                if time.monotonic() - begun > 30:
                    raise


def start_echo(port):
    return subprocess.Popen([PROGRAMS / "udp_echo", str(port)], stdout=subprocess.DEVNULL)


def end(process):
    process.kill()
    process.wait()


def main():
    subprocess.run([ROOT / "scripts" / "build", "all"], check=True, stdout=subprocess.DEVNULL)
    aws = StaticAws(INSTANCES)
    screen, logind, sound = Screen(), Logind(), Sound()
    echo_port = free_port()
    echo = start_echo(echo_port)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        doze = Doze(folder / "doze",
                    {**environment(aws.endpoint, screen), **logind.environment(), **sound.environment()})
        try:
            configure(doze)
            doze.start()
            wait_for(lambda: len(doze.json("list", "ec2")["instances"]) == INSTANCES, "doze has listed its instances")
            measure_rest(doze)
            presence.measure(doze.process.pid, folder / "return", screen)
            measure_udp(doze, echo_port, echo.pid)
            transports.measure(doze.process.pid, doze.ports, screen)
            measure_start(folder)
            listing.measure(folder / "listing")
            account.measure(folder / "account")
        finally:
            doze.end()
            end(echo)
            for one in (screen, logind, sound):
                one.close()
            aws.close()


if __name__ == "__main__":
    main()
