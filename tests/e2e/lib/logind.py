"""systemd-logind, mocked by python-dbusmock, on a bus of its own, with one session of the person who runs the tests."""
import os
import subprocess
import tempfile

from waiting import PATIENCE, wait_for

NAME, MANAGER = "org.freedesktop.login1", "/org/freedesktop/login1"
SESSION = f"{MANAGER}/session/c1"

# The D-Bus bindings belong to the system's Python. One process runs all commands, a line of Python each.
DRIVER = """
import sys, dbus
bus = dbus.bus.BusConnection(sys.argv[1])
def at(path, interface="org.freedesktop.DBus.Mock"):
    return dbus.Interface(bus.get_object("org.freedesktop.login1", path), interface)
for line in sys.stdin:
    print(repr(eval(line)), flush=True)
"""


class Logind:
    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="logind")  # A short path, for the name of a socket.
        self.address = f"unix:path={self._folder.name}/bus"
        self._environment = {"PATH": os.environ["PATH"], "DBUS_SYSTEM_BUS_ADDRESS": self.address}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address", f"--address={self.address}"],
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._bus.stdout.readline()  # It accepts connections by then.
        self._mock = subprocess.Popen(["/usr/bin/python3", "-m", "dbusmock", "--system", "-t", "logind"],
                                      env=self._environment, **quiet)
        wait_for(lambda: "boolean true" in self._ask("org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner",
                                                     f"string:{NAME}"), "logind is there")
        self._driver = subprocess.Popen(["/usr/bin/python3", "-c", DRIVER, self.address], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self._do(f"at('{MANAGER}').AddSession('c1', 'seat0', {os.getuid()}, 'somebody', True)")
        self._do(f"at('{MANAGER}').AddProperty('{NAME}.Manager', 'BlockInhibited', '')")

    def environment(self):
        return {"DBUS_SYSTEM_BUS_ADDRESS": self.address, "XDG_SESSION_ID": "c1"}

    def lock(self, locked):
        self._do(f"at('{SESSION}').UpdateProperties('{NAME}.Session', {{'LockedHint': dbus.Boolean({locked})}})")

    def sleep(self, going):
        """Signals that the machine is about to suspend, or has resumed."""
        self._do(f"at('{MANAGER}').EmitSignal('{NAME}.Manager', 'PrepareForSleep', 'b', [dbus.Boolean({going})])")

    def delays(self):
        """Who holds a delay inhibitor, and for what."""
        return [(str(who), str(what)) for what, who, _, mode, *_ in eval(self._do(  # pylint: disable=eval-used
            f"[tuple(map(str, one)) for one in at('{MANAGER}', '{NAME}.Manager').ListInhibitors()]")) if mode == "delay"]

    def block_idle(self, blocked):
        """A program inhibits idleness."""
        self._do(f"at('{MANAGER}').UpdateProperties('{NAME}.Manager', {{'BlockInhibited': '{'idle' if blocked else ''}'}})")

    def close(self):
        for process in (self._driver, self._mock, self._bus):
            process.kill()
            process.wait()
        self._driver.stdin.close()
        self._driver.stdout.close()
        self._bus.stdout.close()
        self._folder.cleanup()

    def _do(self, line):
        self._driver.stdin.write(line + "\n")
        self._driver.stdin.flush()
        answer = self._driver.stdout.readline()
        assert answer, f"logind did not take {line}"
        return answer.strip()

    def _ask(self, name, path, method, *arguments):
        done = subprocess.run(["dbus-send", "--system", "--print-reply", f"--dest={name}", path, method, *arguments],
                              capture_output=True, text=True, timeout=PATIENCE, env=self._environment)
        return done.stdout
