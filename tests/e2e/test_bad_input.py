"""Whatever comes in as a datagram: one reply, JSON, with the right code; and the daemon lives."""
import json
import os
import socket
import struct

import pytest

BAD = {
    "empty": (b"", {"BAD_REQUEST"}),
    "blanks": (b" \r\n\t ", {"BAD_REQUEST"}),
    "garbage bytes": (bytes(range(1, 32)) * 8, {"BAD_REQUEST", "UNKNOWN_COMMAND"}),
    "zero bytes": (b"\0" * 100, {"BAD_REQUEST", "UNKNOWN_COMMAND"}),
    "invalid UTF-8": (b"LIST_EC2\xff\xfe", {"BAD_REQUEST"}),
    "invalid UTF-8 in JSON": (b'{"type":"PING\xc3\x28"}', {"BAD_REQUEST"}),
    "half JSON": (b'{"type":', {"BAD_REQUEST"}),
    "an array": (b"[]", {"BAD_REQUEST"}),
    "an array of commands": (b'["LIST_EC2"]', {"BAD_REQUEST"}),
    "an empty object": (b"{}", {"BAD_REQUEST"}),
    "a number": (b"42", {"BAD_REQUEST", "UNKNOWN_COMMAND"}),
    "null": (b"null", {"BAD_REQUEST", "UNKNOWN_COMMAND"}),
    "a type that is no string": (b'{"type":7}', {"BAD_REQUEST"}),
    "content that is no object": (b'{"type":"AWS_EC2_LIST","content":[1]}', {"BAD_REQUEST"}),
    "two objects": (b'{"type":"PING"}{"type":"PING"}', {"BAD_REQUEST"}),
    "deep nesting": (b"[" * 3000, {"BAD_REQUEST"}),
    "deep nesting inside": (b'{"type":"PING","content":' + b'{"a":' * 3000 + b"1" + b"}" * 3001, {"BAD_REQUEST"}),
    "64 KB of one letter": (b"A" * 65507, {"BAD_REQUEST", "UNKNOWN_COMMAND", "TOO_LARGE"}),
    "64 KB of JSON": (b'{"type":"' + b"A" * 65000 + b'"}', {"BAD_REQUEST", "UNKNOWN_COMMAND", "TOO_LARGE"}),
    "unknown command": (b"FROBNICATE", {"UNKNOWN_COMMAND"}),
    "unknown type": (b'{"type":"FROBNICATE"}', {"UNKNOWN_COMMAND"}),
    "too few parts": (b"START_EC2:i-0123456789abcdef0", {"BAD_REQUEST"}),
    "too many parts": (b"START_EC2:i-0123456789abcdef0:us-east-1:now", {"BAD_REQUEST"}),
    "empty parts": (b"START_EC2::", {"BAD_REQUEST"}),
    "no instance id": (b"START_EC2:x:us-east-1", {"BAD_REQUEST"}),
    "no region": (b"START_EC2:i-0123456789abcdef0:nowhere", {"BAD_REQUEST"}),
    "a region with a path in it": (b"START_EC2:i-0123456789abcdef0:us-east-1/../x", {"BAD_REQUEST"}),
    "a count that is no number": (b"SCALE_EKS:dev:workers:us-east-1:many", {"BAD_REQUEST"}),
    "a negative count": (b"SCALE_EKS:dev:workers:us-east-1:-1", {"BAD_REQUEST"}),
    "an absurd count": (b"SCALE_EKS:dev:workers:us-east-1:99999999999999999999", {"BAD_REQUEST"}),
    "half a count": (b"SCALE_EKS:dev:workers:us-east-1:1.5", {"BAD_REQUEST"}),
    "a status without anything": (b'{"type":"AWS_SERVICE_STATUS"}', {"BAD_REQUEST"}),
    "a service that does not exist": (
        b'{"type":"AWS_SERVICE_STATUS","content":{"action":"START","service_type":"RDS","region":"us-east-1"}}',
        {"BAD_REQUEST"}),
    "an absurd size": (
        b'{"type":"AWS_SERVICE_STATUS","content":{"action":"SCALE","service_type":"EKS","cluster_name":"dev",'
        b'"nodegroup_name":"workers","region":"us-east-1","desired_size":1e308}}', {"BAD_REQUEST"}),
    "an absurd age": (b'{"type":"AWS_EC2_LIST","content":{"max_age_seconds":-1e300}}', {"BAD_REQUEST"}),
    "a stranger's instance": (b"START_EC2:i-0123456789abcdef0:us-east-1", {"NOT_FOUND", "NOT_REGISTERED"}),
}

# What would tell of the program's inside.
LEAKS = ("Traceback", "boost::", "std::", "exception", "terminate", "what():", "/src/", ".cpp")


@pytest.fixture
def client(doze):
    doze.start()
    with doze.udp() as client:
        yield client


def error_code(reply):
    if "content" in reply:
        assert reply["type"] == "ERROR", reply
        return reply["content"]["error"], reply["content"]["message"]
    assert reply["status"] == "error", reply
    return reply["error"], reply["message"]


@pytest.mark.parametrize("data, codes", BAD.values(), ids=BAD.keys())
def test_is_answered_with_the_right_code(shared_client, data, codes):
    code, message = error_code(shared_client.ask(data))
    assert code in codes, message
    assert message and not any(leak in message for leak in LEAKS)
    assert shared_client.ask_json("PING")["content"] is not None


@pytest.fixture(scope="module")
def shared_client(tmp_path_factory, emulator):
    """One daemon for the whole table: it has to survive all of it."""
    from conftest import configure
    from daemon import Doze, free_udp_port
    emulator.reset()
    emulator.fill()
    doze = Doze(tmp_path_factory.mktemp("doze"), emulator.environment())
    doze.port = free_udp_port()
    configure(doze, emulator)
    doze.start()
    with doze.udp() as client:
        yield client
    assert doze.process.poll() is None
    doze.end()


def test_any_5_kb_of_valid_json_is_read_whole(client):
    reply = client.ask(json.dumps({"id": "long", "type": "PING", "padding": "x" * 5000}))
    assert reply["id"] == "long" and reply["type"] in ("PING", "PONG")


def test_an_unknown_command_is_told_the_nearest(client):
    code, message = error_code(client.ask("LIST_EC3"))
    assert code == "UNKNOWN_COMMAND" and "LIST_EC2" in message


def test_replies_never_exceed_the_buffer(client):
    for data, _ in BAD.values():
        client.send(data)
        assert len(client.socket.recvfrom(65536)[0]) <= 4096


@pytest.mark.skipif(os.geteuid() != 0, reason="a raw socket needs root")
def test_a_datagram_from_port_0_does_no_harm(doze, client):
    payload = b"LIST_EC2"
    for data in (payload, b"garbage", b"{"):
        header = struct.pack("!HHHH", 0, doze.port, 8 + len(data), 0)
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP) as raw:
            raw.sendto(header + data, ("127.0.0.1", 0))
    assert isinstance(client.ask(payload), list)
    assert doze.process.poll() is None
