"""TCP: lines of commands, events and their greeting, and clients that mean no good."""
import json
import random
import socket
import time

import pytest
from claims import free_port
from conftest import configure
from tcp import TcpClient, UnixClient
from waiting import PATIENCE, wait_for

PING = {"id": "7", "type": "PING"}


@pytest.fixture
def listening(doze):
    """The port of a daemon that runs."""
    doze.start()
    return doze.listens_on("tcp")


def test_a_client_that_asks_once_reads_its_answer_first(listening):
    """As the original's do: one command, one reply."""
    with socket.create_connection(("127.0.0.1", listening), timeout=PATIENCE) as client:
        client.sendall(b"PING")
        client.shutdown(socket.SHUT_WR)
        assert json.loads(client.makefile().read())["message"] == "PONG"


def test_a_client_is_greeted_once_it_asked_for_events(doze, listening):
    with TcpClient(listening) as client:
        client.send("EVENTS")
        assert client.receive()["status"] == "success"
        greeting = client.receive()
        assert greeting["type"] == "connection" and greeting["status"] == "connected"
        assert greeting["source"] == "doze"
        assert greeting["content"]["version"] == doze.json("status")["version"]


def test_commands_come_by_line_and_by_object(listening):
    with TcpClient(listening) as client:
        assert client.ask("PING")["message"] == "PONG"
        assert client.ask(json.dumps(PING))["id"] == "7"
        client.send(json.dumps(PING).encode() * 2)  # No line end anywhere.
        assert [client.reply()["type"] for _ in range(2)] == ["PONG", "PONG"]
        client.send(b"PI")
        client.send(b"NG\r\n\r\n  \nLIST_EC2\n")
        assert client.reply()["message"] == "PONG"
        assert isinstance(client.reply(), list)


def test_a_broken_object_spoils_no_other(listening):
    with TcpClient(listening) as client:
        client.send(b'{"id":"1","type":\nPING\n{]}\nPING\n')
        codes = [client.reply() for _ in range(5)]
        assert codes[0]["content"]["error"] == "BAD_REQUEST" and codes[0]["id"] == "1"
        assert codes[1]["message"] == "PONG" and codes[4]["message"] == "PONG"


def test_the_last_command_needs_no_line_end(listening):
    with TcpClient(listening) as client:
        client.send(b"PING")
        client.socket.shutdown(socket.SHUT_WR)
        assert client.reply()["message"] == "PONG"
        assert client.is_ended()


def test_events_come_to_who_asks(doze, company, screen):
    configure(doze, company)
    doze.start()
    doze.wait_log("Source x11-keyboard is running")
    with TcpClient(doze.listens_on("tcp")) as client:
        client.ask("EVENTS")
        client.receive()
        screen.type("a")
        assert client.until(lambda event: event["type"] == "USER_ACTIVITY")["content"]["count"] >= 1


def test_a_huge_message_is_refused_and_the_refusal_arrives(listening):
    with TcpClient(listening) as client, TcpClient(listening) as other:
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            client.send(b'{"type":"' + b"x" * 10_000_000)
            while True:  # It hangs up at last.
                client.send(b"x" * 100_000)
        assert other.ask("PING")["message"] == "PONG"
    with TcpClient(listening) as client:
        client.send(b"x" * 70_000)
        assert client.reply()["error"] == "TOO_LARGE"
        assert client.is_ended()


def test_random_bytes_do_no_harm(doze, listening):
    dice = random.Random(7)
    for _ in range(30):
        with TcpClient(listening) as client:
            try:
                client.send(dice.randbytes(dice.randrange(1, 30_000)) + b"\n")
            except (BrokenPipeError, ConnectionResetError):
                pass
    with TcpClient(listening) as client:
        assert client.ask("PING")["message"] == "PONG"
    assert doze.process.poll() is None


# What Chromium sends for a form of enctype text/plain whose control is called "x\nAWAY\nz", and the like.
FROM_A_BROWSER = [
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1:20200\r\nConnection: keep-alive\r\nContent-Length: 13\r\nOrigin: http://evil.example\r\n"
    b"Content-Type: text/plain\r\n\r\nx\r\nAWAY\r\nz=\r\n",
    b"GET /\r\nAWAY\r\n", b"\r\n\r\n  purge  /x   http/1.1\r\nAWAY\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nAWAY\r\n",
    b"\x16\x03\x01\x02\x0a\x01\nAWAY\n", b"EHLO x\r\nAWAY\r\n", b"\xff\nAWAY\n", b"Host: x\r\nAWAY\r\n", b"PING\nHEAD * HTTP/1.1\r\nAWAY\r\n",
]


def test_a_web_page_commands_nothing_by_the_line_ports(doze, listening):
    begun = time.monotonic()
    with TcpClient(listening) as bystander, UnixClient(doze.state / "doze.sock") as unix_bystander:
        for data in FROM_A_BROWSER:
            for client in (TcpClient(listening), UnixClient(doze.state / "doze.sock")):
                with client:
                    client.send(data)
                    if data.startswith(b"PING"):
                        assert client.reply()["message"] == "PONG"
                    assert client.is_ended(), data
        for each in (bystander, unix_bystander):
            assert each.ask("GET")["error"] == "UNKNOWN_COMMAND"
            assert each.ask("PING")["message"] == "PONG"
    assert doze.presence() != "away"
    told = len([line for line in doze.log().splitlines() if "[tcp]" in line and "was hung up on" in line])
    assert 1 <= told <= 1 + (time.monotonic() - begun) / 60, "once a minute"


def test_one_who_never_reads_slows_nobody(listening):
    with TcpClient(listening) as deaf, TcpClient(listening) as other:
        deaf.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):  # Its commands wait until it reads.
            while True:
                deaf.send(b"STATUS\n" * 1000)
        assert other.ask("PING")["message"] == "PONG"
        assert isinstance(other.ask("LIST_EC2"), list)


def test_thousands_at_rest_cost_little(doze, listening):
    connections = 3000
    with TcpClient(listening) as first:
        before = doze.settled_memory()
        crowd = [socket.create_connection(("127.0.0.1", listening)) for _ in range(connections)]
        try:
            with TcpClient(listening) as last:  # So all were accepted.
                assert last.ask("PING")["message"] == "PONG"
                assert first.ask("PING")["message"] == "PONG"
                # KiB. A buffer for each would be more than that; doze's own memory moves by a few thousand meanwhile.
                assert doze.memory() - before < 4 * connections
        finally:
            for each in crowd:
                each.close()


def test_it_moves_with_its_setting_and_others_stay(doze, company, listening):
    with TcpClient(listening) as client, doze.udp() as udp:
        port = free_port()
        configure(doze, company, tcp_server={"port": port})
        wait_for(lambda: doze.listens_on("tcp") == port, "it has the new port")
        assert client.is_ended()
        with TcpClient(port) as moved:
            assert moved.ask("PING")["message"] == "PONG"
        assert udp.ask("PING")["message"] == "PONG"


def test_an_address_that_others_reach_is_refused(doze, company):
    configure(doze, company, tcp_server={"ip": "0.0.0.0"})
    doze.allowed_errors.append("security.token")
    doze.start()
    doze.wait_log(r"\[tcp\] - tcp_server.ip is 0.0.0.0, which other machines can reach")
    assert doze.udp().ask("PING")["message"] == "PONG"
