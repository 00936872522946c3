"""One client per way in, all with ask(): one command out, its reply back, parsed. Events that come between are passed over."""
import base64
import http.client
import json
import os
import socket
import struct

EVENTS = {"connection", "USER_ACTIVITY", "TIMER_START", "TIMER_TICK", "TIMER_END", "PRESENCE", "EVENTS_LOST"}


def is_event(message):
    """A message that nobody asked for; the tests' own requests have the id "q1"."""
    if not isinstance(message, dict) or "type" not in message:
        return False
    return message["type"] in EVENTS or (message["type"].endswith("_UPDATE") and message.get("id") != "q1")


class LineClient:
    """TCP and the Unix socket."""

    def __init__(self, family, address, timeout=60):
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.lines = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lines.close()
        self.socket.close()

    def send(self, command):
        self.socket.sendall(command.encode() + b"\n")

    def receive(self):
        line = self.lines.readline()
        assert line, "the server hung up"
        return json.loads(line.decode("utf-8"))

    def ask(self, command):
        self.send(command)
        while is_event(reply := self.receive()):
            pass
        return reply


class WebSocketClient(LineClient):
    """RFC 6455, as much of it as a client needs that sends whole text messages."""

    def __init__(self, port, path="/ws", timeout=60, headers=()):
        super().__init__(socket.AF_INET, ("127.0.0.1", port), timeout)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", *headers]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.status = self.lines.readline().decode()
        while self.lines.readline().strip():
            pass
        assert " 101 " in self.status, self.status

    def send(self, command):
        data = command.encode()
        mask = os.urandom(4)
        size = struct.pack("!B", 0x80 | len(data)) if len(data) < 126 else struct.pack("!BH", 0x80 | 126, len(data))
        self.socket.sendall(b"\x81" + size + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def receive(self):
        """The next text message; pings need no answer while a test runs."""
        while True:
            head = self.lines.read(2)
            assert len(head) == 2, "the server hung up"
            size = head[1] & 0x7F
            if size == 126:
                size, = struct.unpack("!H", self.lines.read(2))
            elif size == 127:
                size, = struct.unpack("!Q", self.lines.read(8))
            data = self.lines.read(size)
            assert head[0] != 0x88, "the server closed the WebSocket"
            if head[0] == 0x81:
                return json.loads(data.decode("utf-8"))


class HttpClient:
    """REST: JSON commands only, each at the path of its type."""

    def __init__(self, port, timeout=60):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def post(self, type_, content):
        """(HTTP status, body)"""
        self.connection.request("POST", f"/api/v1/commands/{type_}", json.dumps(content), {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        return response.status, json.loads(response.read() or b"null")
