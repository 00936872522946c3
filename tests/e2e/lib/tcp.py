"""Line-based clients of doze: over TCP, and over any connected socket."""
import json
import socket

from messages import is_event
from waiting import PATIENCE


class LineClient:
    """Lines in and out."""

    def __init__(self, connected):
        self.socket = connected
        self._lines = connected.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._lines.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode() + b"\n")

    def receive(self):
        """The next line, which must be one JSON value; None at the end of the connection."""
        line = self._lines.readline()
        return json.loads(line) if line else None

    def until(self, wanted):
        """The first message that matches; earlier ones are dropped."""
        while (message := self.receive()) is not None:
            if wanted(message):
                return message
        raise AssertionError("doze closed the connection")

    def reply(self):
        """The next message that is not an event."""
        return self.until(lambda message: not is_event(message))

    def ask(self, data):
        self.send(data)
        return self.reply()

    def is_ended(self):
        """Waits for the end of the connection; events may come before it."""
        try:
            while (message := self.receive()) is not None:
                assert is_event(message), message
        except ConnectionResetError:
            pass
        return True


class TcpClient(LineClient):
    def __init__(self, port, host="127.0.0.1", tls=None):
        connected = socket.create_connection((host, port), timeout=PATIENCE)
        super().__init__(connected if tls is None else tls.wrap_socket(connected))


class UnixClient(LineClient):
    def __init__(self, path):
        connected = socket.socket(socket.AF_UNIX)
        connected.settimeout(PATIENCE)
        connected.connect(str(path))
        super().__init__(connected)
