"""The desktop's notification server (org.freedesktop.Notifications 1.2) on a session bus of its own."""
import json
import queue
import subprocess
import tempfile
import threading

from waiting import PATIENCE

# The D-Bus bindings belong to the system's Python. Prints each call as a line of JSON, and reads the signals to send.
SERVER = """
import json, sys, time, dbus, dbus.mainloop.glib, dbus.service
from gi.repository import GLib
NAME = "org.freedesktop.Notifications"
dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.bus.BusConnection(sys.argv[1])
capabilities = sys.argv[2].split(",")

def tell(what, **more):
    print(json.dumps({"what": what, "at": time.monotonic(), **more}), flush=True)

class Server(dbus.service.Object):
    last = 0

    @dbus.service.method(NAME, in_signature="", out_signature="as")
    def GetCapabilities(self):
        return capabilities

    @dbus.service.method(NAME, in_signature="susssasa{sv}i", out_signature="u", sender_keyword="caller")
    def Notify(self, app, replaces, icon, summary, body, actions, hints, timeout, caller=None):
        if not replaces:
            Server.last += 1
        number = int(replaces) or Server.last

        def is_known(*_):
            tell("show", number=number, replaces=int(replaces), summary=str(summary), body=str(body),
                 actions=dict(zip(map(str, actions[::2]), map(str, actions[1::2]))), urgency=int(hints["urgency"]),
                 timeout=int(timeout))

        def ping():  # Who answers this has read what came before it: the number.
            bus.call_async(caller, "/", "org.freedesktop.DBus.Peer", "Ping", "", (), is_known, is_known)

        GLib.idle_add(ping)  # Once the number was sent.
        return dbus.UInt32(number)

    @dbus.service.method(NAME, in_signature="u", out_signature="")
    def CloseNotification(self, number):
        tell("close", number=int(number))
        self.NotificationClosed(number, 3)

    @dbus.service.signal(NAME, signature="uu")
    def NotificationClosed(self, number, reason):
        pass

    @dbus.service.signal(NAME, signature="us")
    def ActionInvoked(self, number, key):
        pass

server = Server(bus, "/org/freedesktop/Notifications")
owned = dbus.service.BusName(NAME, bus, do_not_queue=True)

def order(*_):
    line = sys.stdin.readline()
    if not line:
        loop.quit()
        return False
    number, key = json.loads(line)
    if key == "expired":
        server.NotificationClosed(number, 1)
        tell("expired", number=number)
        return True
    server.ActionInvoked(number, key)
    GLib.timeout_add(300, server.NotificationClosed, number, 2)  # Some take their time.
    return True

GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, order)
loop = GLib.MainLoop()
tell("ready")
loop.run()
"""


class Notifications:
    def __init__(self, capabilities=("body", "actions", "body-markup")):
        self._folder = tempfile.TemporaryDirectory(prefix="notify")  # A short path, for the name of a socket.
        self.address = f"unix:path={self._folder.name}/bus"
        self._bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address", f"--address={self.address}"],
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._bus.stdout.readline()  # It accepts connections by then.
        self.start(capabilities)

    def environment(self):
        return {"DBUS_SESSION_BUS_ADDRESS": self.address}

    def start(self, capabilities=("body", "actions", "body-markup")):
        self._calls = queue.Queue()
        self._server = subprocess.Popen(
            ["/usr/bin/python3", "-c", SERVER, self.address, ",".join(capabilities)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, args=(self._server.stdout, self._calls), daemon=True).start()
        self.next("ready")

    def stop(self):
        self._server.kill()
        self._server.wait()
        self._server.stdin.close()

    def next(self, what):
        """The next call, which must be of this kind; with `at`, when it came (time.monotonic)."""
        call = self._calls.get(timeout=PATIENCE)
        assert call["what"] == what, call
        return call

    def is_quiet(self):
        """Checks that next() has returned every call."""
        return self._calls.empty()

    def press(self, number, key):
        """Presses a button; the notification closes, as with real servers."""
        self._server.stdin.write(json.dumps([number, key]) + "\n")
        self._server.stdin.flush()

    def expire(self, number):
        """The notification times out, and moves to a list with its buttons."""
        self.press(number, "expired")
        self.next("expired")

    def close(self):
        if self._server.poll() is None:
            self.stop()
        self._bus.kill()
        self._bus.wait()
        self._bus.stdout.close()
        self._folder.cleanup()

    @staticmethod
    def _read(lines, calls):
        with lines:
            for line in lines:
                calls.put(json.loads(line))
