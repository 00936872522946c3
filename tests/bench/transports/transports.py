"""Every way in beside a bare echo on the same transport, under the same generator; what a connection costs; many who listen."""
import json
import os
import resource
import selectors
import socket
import subprocess
import time

from figures import PROGRAMS, ROUNDS, cpu_ns, median, ratio, row, status
from claims import free_port

SECONDS = float(os.environ.get("DOZE_BENCH_SECONDS", "2"))
IDLE = (("tcp", 10_000), ("websocket", 1_000))
SUBSCRIBERS = 1000
BURSTS, BURST_SECONDS = 5, 3  # Keys in a row are one sign of life until two seconds without any.
LOAD = PROGRAMS / "transports" / "stream_load"
ECHO = PROGRAMS / "transports" / "stream_echo"
# The aim: of the echo's rate with 32 at once. (An echo sends nine bytes for a LIST_EC2, doze some four thousand.)
REQUESTS = (("tcp", "PING", 0.75), ("tcp", "LIST_EC2", 0.65), ("websocket", "PING", 0.75), ("websocket", "LIST_EC2", 0.65),
            ("http", "/healthz", 0.65), ("http", "/api/v1/status", 0.6))


def load(protocol, port, pid, message, connections):
    done = subprocess.run([LOAD, protocol, str(port), "--connections", str(connections), "--seconds", str(SECONDS),
                           "--message", message, "--pid", str(pid)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


class Echo:
    def __init__(self, protocol):
        self.port = free_port()
        self.process = subprocess.Popen([ECHO, protocol, str(self.port)], stdout=subprocess.PIPE)
        self.process.stdout.readline()  # It is ready.

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def measure_requests(pid, ports):
    print(f"\nConnections on loopback, closed loop, medians of {ROUNDS} rounds of {SECONDS:g} s, doze and a bare echo in turns")
    row("", "requests/s", "echo's", "ratio", "p50 us", "p99 us", "CPU us/request")
    for protocol, message, aim in REQUESTS:
        with Echo(protocol) as echo:
            for connections in (1, 32):
                ours, echoes = [], []
                for _ in range(ROUNDS):
                    ours.append(load(protocol, ports[protocol], pid, message, connections))
                    echoes.append(load(protocol, echo.port, echo.process.pid, message, connections))
                row(f"{protocol} {message}, {connections} at once" + (f" (aim {aim:g})" if connections == 32 else ""),
                    f"{median(ours, 'requests_per_s'):,.0f}",
                    f"{median(echoes, 'requests_per_s'):,.0f}", f"{ratio(ours, echoes, 'requests_per_s'):.2f}",
                    f"{median(ours, 'p50_us'):.0f}", f"{median(ours, 'p99_us'):.0f}",
                    f"{median(ours, 'server_cpu_us_per_request'):.1f} ({median(echoes, 'server_cpu_us_per_request'):.1f})")


def connect(protocol, port):
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    if protocol == "websocket":
        client.sendall(f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
        assert client.recv(4096), "the server greets"
        return client
    client.sendall(b"EVENTS\n")
    heard = b""
    while heard.count(b"\n") < 2:  # The reply and the greeting.
        more = client.recv(4096)
        assert more, "the server greets"
        heard += more
    return client


def measure_memory(pid, ports):
    print("\nIdle connections, greeted and listening")
    row("", "connections", "KiB each", "still answers")
    for protocol, count in IDLE:
        before = status(pid, "VmRSS")
        clients = [connect(protocol, ports[protocol]) for _ in range(count)]
        each = (status(pid, "VmRSS") - before) / len(clients)
        rate = load("tcp", ports["tcp"], pid, "PING", 1)["requests_per_s"]
        row(protocol, len(clients), f"{each:.1f}", f"{rate:,.0f}/s")
        for client in clients:
            client.close()


def measure_events(pid, ports, screen):
    """1,000 connections hear a person who moves the pointer and types."""
    selector = selectors.DefaultSelector()
    clients = [connect("tcp", ports["tcp"]) for _ in range(SUBSCRIBERS)]
    for client in clients:
        client.setblocking(False)
        selector.register(client, selectors.EVENT_READ)
    heard, lost, cpu = 0, 0, cpu_ns(pid)
    for _ in range(BURSTS):
        screen.move()
        screen.type("a")
        end = time.monotonic() + BURST_SECONDS
        while time.monotonic() < end:
            for key, _ in selector.select(0.05):
                data = key.fileobj.recv(65536)
                heard += data.count(b"\n")
                lost += data.count(b"EVENTS_LOST")
    cpu = cpu_ns(pid) - cpu
    for client in clients:
        client.close()
    with Echo("tcp") as echo:
        echoed = load("tcp", echo.port, echo.process.pid, "PING", 32)["server_cpu_us_per_request"]
    each = cpu / max(heard, 1) / 1000
    print(f"\n{SUBSCRIBERS} connections that listen while a person moves the pointer and types, {BURSTS} times")
    row("events delivered", f"{heard:,}")
    row("CPU us per delivered event", f"{each:.1f}")
    row("the same of an echoed message, ratio (aim 1.5)", f"{echoed:.1f}", f"{each / echoed:.2f}")
    row("connections that lost some", lost)


def measure(pid, ports, screen):
    """`ports`: of doze, for tcp, http and websocket."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files[1], files[1]))
    measure_requests(pid, ports)
    measure_memory(pid, ports)
    measure_events(pid, ports, screen)
