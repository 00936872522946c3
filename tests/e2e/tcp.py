"""A TCP client of doze."""
import json
import socket

from waiting import PATIENCE


class TcpClient:
    """Lines in and out; `greeting` is what came first."""

    def __init__(self, port, host="127.0.0.1", greeted=True, tls=None):
        self.socket = socket.create_connection((host, port), timeout=PATIENCE)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket)
        self._lines = self.socket.makefile("rb")
        self.greeting = self.receive() if greeted else None

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
        """The next line, which must be one JSON value; none at the end of the connection."""
        line = self._lines.readline()
        return json.loads(line) if line else None

    def until(self, wanted):
        """The first message that is wanted; what comes before is dropped."""
        while (message := self.receive()) is not None:
            if wanted(message):
                return message
        raise AssertionError("doze closed the connection")

    def reply(self):
        """The next that is no event."""
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


def is_event(message):
    return isinstance(message, dict) and (
        message.get("type") in ("USER_ACTIVITY", "EVENTS_LOST") or str(message.get("type")).startswith("TIMER_"))
