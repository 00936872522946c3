"""Random and half-right bytes on every port at once, with clients beside them that behave: these are answered, memory stays flat.

Ten seconds in `make test`; `make fuzz` lets it go on for minutes against a binary under the sanitizers (DOZE, DOZE_HOSTILE_SECONDS).
"""
import json
import os
import random
import socket
import threading
import time

from conftest import configure
from sandbox import free_port
from waiting import PATIENCE, wait_for

SECONDS = float(os.environ.get("DOZE_HOSTILE_SECONDS", "10"))
SANITIZED = "DOZE_HOSTILE_SECONDS" in os.environ  # Sanitizers keep freed memory for a while.
SPARK = random.Random(20261128)

PIECES = [b"PING\n", b"LIST_EC2\n", b"LIST_ALL_SERVICES\n", b"STATUS", b"HELP\n", b"HISTORY\n", b'{"type":"PING"}', b'{"type":"AWS_EC2_LIST","content":{}}\n',
          b'{"id":1,"type":', b"{" * 40, b"[" * 5000, b"\xff\xfe\x00", b"A" * 3000, b"\r\n\r\n", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
          b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", b"POST /api/v1/commands/PING HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n",
          b"\x81\xfe\xff\xff", b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff", b"\x89\x85\x00\x00\x00\x00hello", b"\x01\x82\x00\x00\x00\x00ab",
          b"DOZE1 1 2 3\nPING", b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n", b"Content-Length: -1\r\n\r\n"]


def noise():
    if SPARK.random() < 0.3:
        return SPARK.randbytes(SPARK.randrange(1, 2000))
    return b"".join(SPARK.choice(PIECES) for _ in range(SPARK.randrange(1, 6)))


def hostile_datagrams(port, end):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setblocking(False)
        while time.monotonic() < end:
            try:
                client.sendto(noise(), ("127.0.0.1", port))
                client.recv(65536)
            except (BlockingIOError, ConnectionError):
                time.sleep(0.001)  # Its buffer is full, or the reply is on its way.


def hostile_connections(family, address, end):
    """Each sends some noise; some read, some never do, some leave in the middle."""
    while time.monotonic() < end:
        with socket.socket(family, socket.SOCK_STREAM) as client:
            client.settimeout(0.05)
            try:
                client.connect(address)
                for _ in range(SPARK.randrange(1, 20)):
                    client.sendall(noise())
                    if SPARK.random() < 0.3:
                        client.recv(4096)
            except OSError:
                pass  # It was cut off, or there is nothing to read.


def ask_line(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(60)
        client.connect(address)
        client.sendall(b"PING\n")
        for line in client.makefile("rb"):
            if json.loads(line).get("message") == "PONG":
                return True
    return False


def ask_http(port):
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        client.sendall(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        return client.makefile("rb").readline().startswith(b"HTTP/1.1 200")


def resident_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def test_noise_on_every_port(doze, company):
    tcp, web = free_port(), free_port()
    configure(doze, company, tcp_server={"ip": "127.0.0.1", "port": tcp}, web={"ip": "127.0.0.1", "port": web})
    doze.start()
    unix = str(doze.state / "doze.sock")
    targets = [(hostile_datagrams, (doze.port,)), (hostile_connections, (socket.AF_INET, ("127.0.0.1", tcp))),
               (hostile_connections, (socket.AF_INET, ("127.0.0.1", web))), (hostile_connections, (socket.AF_UNIX, unix))]

    def attack(seconds):
        end = time.monotonic() + seconds
        threads = [threading.Thread(target=target, args=(*arguments, end)) for target, arguments in targets for _ in range(2)]
        for thread in threads:
            thread.start()
        answered = 0
        while time.monotonic() < end:
            assert ask_line(socket.AF_INET, ("127.0.0.1", tcp))
            assert ask_line(socket.AF_UNIX, unix)
            assert ask_http(web)
            answered += 1
        for thread in threads:
            thread.join()
        assert answered
        assert doze.process.poll() is None, doze.output()

    attack(SECONDS / 2)  # Fills what there is to fill: caches, tables, the heap.
    before = resident_kib(doze.process.pid)
    attack(SECONDS)
    grown = resident_kib(doze.process.pid) - before
    print(f"{before} KiB, then {grown} KiB more")
    assert grown < (200_000 if SANITIZED else 10_000), f"{grown} KiB more"
    with doze.udp() as client:
        wait_for(lambda: client.ask("PING").get("message") == "PONG", "datagrams are answered")
    assert doze.presence() in ("active", "idle")
    assert not {name for name, item in doze.items().items() if item["asleep"]}
