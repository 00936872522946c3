"""A desktop's keyring: GNOME Keyring on a session bus of its own, without a screen."""
import os
import subprocess
import tempfile
from pathlib import Path

from waiting import PATIENCE, wait_for

COLLECTION = "/org/freedesktop/secrets/collection/login"


class Keyring:
    def __init__(self, folder):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._runtime = tempfile.TemporaryDirectory(prefix="keyring")  # A short path, for the names of sockets.
        runtime = self._runtime.name
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime),
                             "XDG_DATA_HOME": str(folder / "data"), "LANG": "C.UTF-8"}
        self._bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, env=self._environment)
        self.address = self._bus.stdout.readline().strip()
        self._environment["DBUS_SESSION_BUS_ADDRESS"] = self.address
        self._service = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self._environment)
        self._service.stdin.write(b"password")
        self._service.stdin.close()
        # Calling the service before it runs would make the bus start another one, which is locked.
        wait_for(lambda: "boolean true" in self._send("org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner",
                                                      "string:org.freedesktop.secrets"), "the keyring is on the bus")
        wait_for(lambda: self._ask("ReadAlias", "string:default").count(COLLECTION), "the keyring is there and open")

    def environment(self):
        return {"DBUS_SESSION_BUS_ADDRESS": self.address}

    def lock(self):
        self._ask("Lock", f"array:objpath:{COLLECTION}")

    def close(self):
        for process in (self._service, self._bus):
            process.kill()
            process.wait()
        self._bus.stdout.close()
        self._runtime.cleanup()

    def _ask(self, method, *arguments):
        return self._send("org.freedesktop.secrets", "/org/freedesktop/secrets", f"org.freedesktop.Secret.Service.{method}",
                          *arguments)

    def _send(self, name, path, method, *arguments):
        done = subprocess.run(["dbus-send", "--session", "--print-reply", f"--dest={name}", path, method, *arguments],
                              capture_output=True, text=True, timeout=PATIENCE, env=self._environment)
        return done.stdout
