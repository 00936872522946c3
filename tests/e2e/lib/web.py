"""Clients of doze's web port: raw HTTP, and WebSockets."""
import base64
import json
import os
import socket
import struct
from dataclasses import dataclass

from messages import is_event
from waiting import PATIENCE

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


@dataclass
class Reply:
    status: int
    headers: dict  # By lower-case name.
    body: bytes

    def json(self):
        return json.loads(self.body)


class HttpClient:
    """A connection. Its requests contain exactly what a test specifies."""

    def __init__(self, port, host="127.0.0.1", tls=None):
        self.host, self.port = host, port
        self.socket = socket.create_connection((host, port), timeout=PATIENCE)
        if tls:
            self.socket = tls.wrap_socket(self.socket)
        self._lines = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._lines.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def ask(self, method="GET", target="/healthz", body=b"", **headers):
        """Headers by name, with _ for -; Host and Content-Length are added unless given."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers.setdefault("Host", f"{self.host}:{self.port}")
        if body:
            headers.setdefault("Content-Length", str(len(body)))
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items() if value is not None)]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return self.reply(method)

    def reply(self, method="GET"):
        """The next reply; None if the connection ended instead."""
        try:
            first = self._lines.readline()
            if not first:
                return None
            headers = {}
            while (line := self._lines.readline().decode("latin-1").rstrip("\r\n")):
                name, value = line.split(": ", 1)
                headers[name.lower()] = value
            length = 0 if method == "HEAD" else int(headers.get("content-length", 0))
            return Reply(int(first.split()[1]), headers, self._lines.read(length))
        except ConnectionResetError:
            return None

    def lines(self):
        """The data after a reply that stays open."""
        return self._lines

    def is_ended(self):
        """Waits for the end of the connection."""
        try:
            while self._lines.read(4096):
                pass
        except ConnectionResetError:
            pass
        return True


def ask(port, method="GET", target="/healthz", body=b"", **headers):
    with HttpClient(port) as client:
        return client.ask(method, target, body, **headers)


class WebSocket(HttpClient):
    """`answer` is the reply to the request for it; `greeting` the first message, where it became one."""

    def __init__(self, port, path="/ws", host="127.0.0.1", tls=None, **headers):
        super().__init__(port, host, tls)
        self.answer = self.ask("GET", path, Upgrade="websocket", Connection="Upgrade", Sec_WebSocket_Version="13",
                               Sec_WebSocket_Key=base64.b64encode(os.urandom(16)).decode(), **headers)
        self.end_code = None
        self.greeting = self.receive() if self.answer.status == 101 else None

    def send_frame(self, opcode, payload=b"", final=True, masked=True, reserved=0):
        head = bytes([final << 7 | reserved << 4 | opcode])
        mask = 0x80 if masked else 0
        if len(payload) < 126:
            head += bytes([mask | len(payload)])
        elif len(payload) < 1 << 16:
            head += struct.pack(">BH", mask | 126, len(payload))
        else:
            head += struct.pack(">BQ", mask | 127, len(payload))
        if masked:
            key = os.urandom(4)
            head += key
            payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
        self.socket.sendall(head + payload)

    def send_text(self, message):
        self.send_frame(TEXT, (message if isinstance(message, str) else json.dumps(message)).encode())

    def receive_frame(self):
        """Opcode and payload; None at the end of the connection."""
        try:
            head = self._lines.read(2)
            if len(head) < 2:
                return None
            size = head[1]
            if size >= 126:
                size = int.from_bytes(self._lines.read(2 if size == 126 else 8), "big")
            return head[0] & 0x0f, self._lines.read(size)
        except ConnectionResetError:
            return None

    def receive(self):
        """The next message, which must be JSON; None at the end. Answers pings as they come."""
        while (frame := self.receive_frame()) is not None:
            opcode, payload = frame
            if opcode == TEXT:
                return json.loads(payload)
            if opcode == PING:
                self.send_frame(PONG, payload)
            if opcode == CLOSE:
                self.end_code = int.from_bytes(payload[:2], "big")
        return None

    def until(self, wanted):
        """The first message that matches; earlier ones are dropped."""
        while (message := self.receive()) is not None:
            if wanted(message):
                return message
        raise AssertionError(f"doze closed the connection ({self.end_code})")

    def ask_command(self, message):
        """The reply to one command; events may come before it."""
        self.send_text(message)
        return self.until(lambda reply: not is_event(reply))

    def ended_with(self):
        """The close code; 0 if the connection ended without one."""
        while self.receive() is not None:
            pass
        return self.end_code or 0
