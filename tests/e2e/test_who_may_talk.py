"""Who may talk: the same user on loopback; elsewhere whoever has the token; nobody too often."""
import itertools
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import time

import pytest
from claims import free_port
from conftest import configure
from elsewhere import NOBODY, OWN_ADDRESS, TOKEN, needs_network, needs_root
from tcp import TcpClient
from udp import UdpClient, signed, signed_without_receiver
from waiting import PATIENCE, wait_for

class Stranger:
    """Another user of this machine, as a Python program that is told what to do by line."""

    def __init__(self, code, *arguments):
        self.process = subprocess.Popen(
            [os.path.realpath(sys.executable), "-Ic", code, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, cwd="/", user=NOBODY, group=NOBODY, extra_groups=[])

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def says(self):
        return self.process.stdout.readline().strip()

    def close(self):
        self.process.communicate(timeout=PATIENCE)


@pytest.fixture
def stranger():
    made = []

    def make(code, *arguments):
        made.append(Stranger(code, *arguments))
        return made[-1]

    yield make
    for each in made:
        each.close()


@needs_root
def test_another_user_gets_nothing_over_tcp(doze, stranger):
    doze.start()
    other = stranger("""
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(b"LIST_EC2\\n")
print(s.makefile().read())
""", doze.listens_on("tcp"))
    reply = json.loads(other.says())
    assert reply["error"] == "UNAUTHORIZED" and other.says() == ""


@needs_root
def test_another_user_who_hangs_up_at_once_gets_nothing_done(doze, stranger):
    """The kernel says root of a socket that nobody holds any more."""
    doze.start()
    one = wait_for(lambda: next((item for item in doze.json("list", "all")["ec2_instances"] if item["managed"]), None),
                   "the first look at AWS is done")
    doze.process.send_signal(signal.SIGSTOP)  # So it accepts only once they have hung up.
    other = stranger("""
import socket, sys
for _ in range(50):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    s.sendall(f"UNREGISTER_EC2:{sys.argv[2]}:{sys.argv[3]}\\n".encode())
    s.close()
print("done")
""", doze.listens_on("tcp"), one["id"], one["region"])
    before = (doze.config / "services.yaml").read_text()
    assert other.says() == "done"
    doze.process.send_signal(signal.SIGCONT)
    with TcpClient(doze.listens_on("tcp")) as client:  # Accepted after all of these.
        assert client.ask("PING")["message"] == "PONG"
    assert (doze.config / "services.yaml").read_text() == before


ASK_BY_DATAGRAM = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if len(sys.argv) > 2:
    s.bind(("127.0.0.1", int(sys.argv[2])))
s.sendto(b"PING", ("127.0.0.1", int(sys.argv[1])))
print("sent", flush=True)
sys.stdin.readline()
s.setblocking(False)
try:
    print(s.recv(4096))
except BlockingIOError:
    print("silence")
"""


@needs_root
def test_another_user_gets_nothing_over_udp(doze, stranger):
    doze.start()
    other = stranger(ASK_BY_DATAGRAM, doze.port)
    assert other.says() == "sent"
    with doze.udp() as udp:
        assert udp.ask("PING")["message"] == "PONG"  # So the other datagram was read.
    other.go_on()
    assert other.says() == "silence"
    doze.wait_log(r"\[udp\] - A datagram from 127\.0\.0\.1:\d+ was dropped")


@needs_root
def test_a_port_that_was_ours_is_not_ours_for_ever(doze, stranger):
    doze.start()
    port = free_port()
    with doze.udp() as udp:
        udp.socket.bind(("127.0.0.1", port))
        assert udp.ask("PING")["message"] == "PONG"
    other = stranger(ASK_BY_DATAGRAM, doze.port, port)
    assert other.says() == "sent"
    with doze.udp() as udp:
        assert udp.ask("PING")["message"] == "PONG"
    other.go_on()
    assert other.says() == "silence"


@needs_root
def test_a_port_that_is_shared_with_another_user_is_not_ours(doze):
    doze.start()
    share = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
print("here", flush=True)
sys.stdin.readline()
"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ours.bind(("127.0.0.1", 0))
        other = Stranger(share, ours.getsockname()[1])
        try:
            assert other.says() == "here"
            ours.sendto(b"PING", ("127.0.0.1", doze.port))
            doze.wait_log(r"\[udp\] - A datagram from 127\.0\.0\.1:\d+ was dropped")
        finally:
            other.close()


@needs_root
def test_who_joins_a_port_for_a_moment_commands_nothing(doze, stranger):
    """The victim's socket (LAN discovery, say) allows others at its port; a stranger binds it too, writes, and is gone when doze asks."""
    doze.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ours.bind(("0.0.0.0", 0))
        other = stranger("""
import socket, sys
for _ in range(50):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("0.0.0.0", int(sys.argv[2])))
    s.sendto(b"SNOOZE:44", ("127.0.0.1", int(sys.argv[1])))
    s.close()
print("done")
""", doze.port, ours.getsockname()[1])
        assert other.says() == "done"
        with doze.udp() as udp:
            assert udp.ask("PING")["message"] == "PONG"  # So the others were read.
    assert doze.json("status")["holds"] == []
    doze.wait_log(r"\[udp\] - A datagram from 127\.0\.0\.1:\d+ was dropped")


@needs_root
def test_who_has_the_port_on_another_address_commands_nothing(doze, stranger):
    """IP_PKTINFO lets anybody write in the name of another address of the machine."""
    doze.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.connect(("127.0.0.1", doze.port))
        other = stranger("""
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.9", int(sys.argv[2])))
info = struct.pack("=i4s4s", 0, socket.inet_aton("127.0.0.1"), bytes(4))
s.sendmsg([b"SNOOZE:44"], [(socket.IPPROTO_IP, 8, info)], 0, ("127.0.0.1", int(sys.argv[1])))
print("sent", flush=True)
sys.stdin.readline()
""", doze.port, ours.getsockname()[1])
        assert other.says() == "sent"
        with doze.udp() as udp:
            assert udp.ask("PING")["message"] == "PONG"
        assert doze.json("status")["holds"] == []
        other.go_on()
        other.close()
        ours.settimeout(20)

        def answered():  # Once they are gone it is ours again.
            ours.send(b"PING")
            ours.settimeout(1)
            try:
                return json.loads(ours.recv(4096))
            except TimeoutError:
                return None

        assert wait_for(answered, "the connected socket is answered")["message"] == "PONG"


# -- from elsewhere -----------------------------------------------------------------------------------------------------


@pytest.fixture
def tls(certificate):
    context = ssl.create_default_context(cafile=certificate / "certificate.pem")
    context.check_hostname = False
    return context


@pytest.fixture
def open_to_all(doze, company, certificate):
    """The daemon where other machines reach it; this machine's own address stands for one of them."""
    configure(doze, company, udp_server={"ip": "0.0.0.0"}, tcp_server={"ip": "0.0.0.0", "port": 0},
              security={"token": TOKEN, "certificate": str(certificate / "certificate.pem"), "key": str(certificate / "key.pem")})
    doze.start()
    yield doze
    assert TOKEN not in doze.log() + doze.output()


def one_bit_off(token):
    return token[:-1] + chr(ord(token[-1]) ^ 1)


@needs_network
def test_whoever_has_the_token_may_talk(open_to_all, tls):
    port = open_to_all.listens_on("tcp")
    with TcpClient(port, OWN_ADDRESS, tls=tls) as client:
        client.send(f"AUTH:{TOKEN}")
        assert client.receive()["status"] == "success"
        assert client.ask("PING")["message"] == "PONG"
    with TcpClient(port, OWN_ADDRESS, tls=tls) as client:
        client.send(json.dumps({"id": "a", "type": "AUTH", "content": {"token": TOKEN}}))
        reply = client.receive()
        assert reply["id"] == "a" and reply["type"] == "AUTH" and reply["content"]["result"] is True
        # More than one record of TLS, both ways.
        long = {"id": "x" * 1000, "type": "PING", "padding": "y" * 50_000}
        assert client.ask(json.dumps(long))["id"] == long["id"]


@needs_network
@pytest.mark.parametrize("first", [f"AUTH:{one_bit_off(TOKEN)}", f"AUTH:{TOKEN[:-1]}", f"AUTH:{TOKEN}0", "AUTH:", "AUTH", "PING",
                                   '{"type":"AUTH"}', '{"type":"AUTH","content":{"token":7}}', "STATUS"])
def test_nobody_else_may(open_to_all, tls, first):
    with TcpClient(open_to_all.listens_on("tcp"), OWN_ADDRESS, tls=tls) as client:
        client.send(first.encode() + b"\nSTATUS\n")
        reply = client.receive()
        assert reply.get("error", reply.get("content", {}).get("error")) == "UNAUTHORIZED"
        assert client.receive() is None  # The end, and said so: no truncation of TLS.


@needs_network
def test_the_same_user_needs_no_token_on_loopback(open_to_all, tls):
    with TcpClient(open_to_all.listens_on("tcp"), tls=tls) as client:
        assert client.ask("PING")["message"] == "PONG"
        assert client.ask("PING")["message"] == "PONG"
    with open_to_all.udp() as udp:
        assert udp.ask("PING")["message"] == "PONG"


@needs_network
def test_nothing_goes_over_the_network_in_the_open(open_to_all):
    dice = random.Random(7)
    for data in (b"PING\n", f"AUTH:{TOKEN}\n".encode(), dice.randbytes(5000), b"\x16\x03\x01\x02\x00" + dice.randbytes(512)):
        with socket.create_connection((OWN_ADDRESS, open_to_all.listens_on("tcp")), timeout=PATIENCE) as plain:
            try:
                plain.sendall(data)
                plain.shutdown(socket.SHUT_WR)
                assert b"PONG" not in plain.recv(4096)
            except OSError as error:  # It was cut off, whatever was just being done.
                assert not isinstance(error, TimeoutError)
    assert open_to_all.udp().ask("PING")["message"] == "PONG"


@needs_network
def test_a_signed_datagram_is_answered_once(open_to_all):
    here = (OWN_ADDRESS, open_to_all.port)
    with UdpClient(open_to_all.port, OWN_ADDRESS, timeout=1) as early:
        def answered():
            try:
                return early.ask(signed(TOKEN, "PING", here))
            except TimeoutError:  # What was signed before doze started, to the second, is too old.
                return None

        assert wait_for(answered, "a signed datagram is answered")["message"] == "PONG"
    with UdpClient(open_to_all.port, OWN_ADDRESS) as client:
        now = int(time.time())
        nonce = "0123456789abcdef" * 2
        good = signed(TOKEN, "LIST_REGISTERED_SERVICES", here, now, nonce)
        assert "ec2_instances" in client.ask(good)
        for bad in (good, signed(TOKEN, "STATUS", here, now, nonce),  # Replayed.
                    signed(TOKEN, "STATUS", here, now - 60), signed(TOKEN, "STATUS", here, now + 60),
                    signed(one_bit_off(TOKEN), "STATUS", here), signed("", "STATUS", here), signed(TOKEN, "STATUS", here) + b" ",
                    signed(TOKEN, "STATUS", ("192.0.2.1", here[1])), signed(TOKEN, "STATUS", (here[0], here[1] ^ 1)),  # Meant for another doze.
                    signed(TOKEN, "STATUS", ("0.0.0.0", here[1])), signed(TOKEN, "STATUS", ("127.0.0.1", here[1])),
                    signed_without_receiver(TOKEN, "STATUS"),
                    good.replace(b"LIST_REGISTERED_SERVICES", b"STOP_EVERYTHING!!!!!!!!!"), b"STATUS", b"PING", b"", b"DOZE1 ", b"DOZE2 ",
                    random.Random(7).randbytes(1000)):
            client.send(bad)
        # All of these were read before this one.
        assert client.ask(signed(TOKEN, "PING", here))["message"] == "PONG"
        client.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.receive()
    open_to_all.wait_log(r"was dropped: it was signed for 192\.0\.2\.1:\d+, and came to " + OWN_ADDRESS.replace(".", r"\."))
    open_to_all.wait_log(r"was dropped: it is signed in the old form \(DOZE1\)")


@needs_network
def test_each_address_of_a_doze_is_a_receiver(open_to_all):
    with UdpClient(open_to_all.port, "127.0.0.1") as client:
        assert client.ask(signed(TOKEN, "PING", ("127.0.0.1", open_to_all.port), int(time.time()) + 2))["message"] == "PONG"


@needs_network
def test_wrong_tokens_are_told_and_slowed(open_to_all, tls):
    port = open_to_all.listens_on("tcp")

    def guess(token):
        with TcpClient(port, OWN_ADDRESS, tls=tls) as client:
            client.send(f"AUTH:{token}")
            reply = client.receive()
            assert reply["status"] == "success" or client.receive() is None
            return reply.get("error")

    guesses = (f"{number:032x}" for number in itertools.count())
    assert [guess(next(guesses)) for _ in range(3)] == ["UNAUTHORIZED"] * 3
    # At first the pause is a second, which may be over by now; each further wrong one makes it longer.
    wait_for(lambda: guess(next(guesses)) == guess(TOKEN) == "RATE_LIMITED", "even the right one has to wait")
    open_to_all.wait_log(r"\[tcp\] - " + OWN_ADDRESS.replace(".", r"\.") + r":\d+ showed a wrong token")
    with TcpClient(port, tls=tls) as near:
        assert near.ask("PING")["message"] == "PONG"
    wait_for(lambda: guess(TOKEN) is None, "the right one is let in after a while")


@needs_network
def test_one_address_without_the_token_locks_nobody_out(open_to_all, tls):
    port = open_to_all.listens_on("tcp")
    flood = [socket.create_connection((OWN_ADDRESS, port)) for _ in range(1100)]
    try:
        with TcpClient(port, OWN_ADDRESS, tls=tls) as client:
            client.send(f"AUTH:{TOKEN}")
            assert client.receive()["status"] == "success"
        open_to_all.wait_log(r"\[tcp\] - The TCP server: 64 connections of one address have not shown the token")
    finally:
        for each in flood:
            each.close()


def test_without_certificate_it_listens_on_loopback_only(doze, company):
    configure(doze, company, tcp_server={"ip": "0.0.0.0"}, security={"token": TOKEN})
    doze.allowed_errors.append("needs TLS")
    doze.start()
    doze.wait_log(r"\[tcp\] - An address that other machines can reach needs TLS")
    assert TOKEN not in doze.log() + doze.cli("config", "show").stdout + doze.cli("doctor").stdout


# -- too often ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def limited(doze, company):
    configure(doze, company, security={"requests_per_second": 20})
    return doze.start()


def test_a_flood_over_tcp_is_limited_and_harms_nobody(limited):
    port = limited.listens_on("tcp")
    with TcpClient(port) as flood, TcpClient(port) as other:
        flood.send(b"PING\n" * 500 + b'{"id":"last","type":"PING"}' * 100)
        assert other.ask("PING")["message"] == "PONG"
        replies = [flood.reply() for _ in range(600)]
        refused = [reply for reply in replies[:500] if reply.get("error") == "RATE_LIMITED"]
        assert len(refused) > 300 and replies[0]["message"] == "PONG"
        assert {reply["id"] for reply in replies[500:]} == {"last"}
        assert "RATE_LIMITED" in {reply["content"].get("error") for reply in replies[500:]}
        for _ in range(15):
            assert other.ask("PING")["message"] == "PONG"


def test_a_flood_of_datagrams_is_limited_and_harms_nobody(limited):
    with limited.udp() as flood, limited.udp() as other:
        for _ in range(200):
            flood.send("PING")
        for _ in range(15):
            assert other.ask("PING")["message"] == "PONG"
        replies = [flood.receive() for _ in range(200)]
        assert sum(reply.get("error") == "RATE_LIMITED" for reply in replies) > 100
