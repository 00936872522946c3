"""A UDP client of doze."""
import hashlib
import hmac
import json
import secrets
import socket
import time

from waiting import PATIENCE


class UdpClient:
    def __init__(self, port, host="127.0.0.1", timeout=PATIENCE):
        self.address = (host, port)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendto(data.encode() if isinstance(data, str) else data, self.address)

    def receive(self):
        """The next reply, which must be one JSON value."""
        return json.loads(self.socket.recvfrom(65536)[0].decode("utf-8"))

    def ask(self, data):
        self.send(data)
        return self.receive()

    def ask_json(self, type_, content=None, **members):
        return self.ask(json.dumps({"id": "q1", "type": type_, "timestamp": 0, "source": "test",
                                    "content": content or {}, **members}))


def signed(token, command, receiver, when=None, nonce=None):
    """A signed datagram to (host, port), as in docs/protocol.md ("Who may talk")."""
    host, port = receiver
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    head = f"DOZE2 {int(time.time()) if when is None else when} {nonce or secrets.token_hex(16)} {where}"
    mac = hmac.new(token.encode(), f"{head}\n{command}".encode(), hashlib.sha256).hexdigest()
    return f"{head} {mac}\n{command}".encode()


def signed_without_receiver(token, command):
    """In the form of doze 0.1."""
    head = f"DOZE1 {int(time.time())} {secrets.token_hex(16)}"
    mac = hmac.new(token.encode(), f"{head}\n{command}".encode(), hashlib.sha256).hexdigest()
    return f"{head} {mac}\n{command}".encode()
