"""A sound server without a sound card, and a player."""
import math
import os
import struct
import subprocess
import tempfile
import wave
from pathlib import Path

from waiting import PATIENCE, wait_for


class Sound:
    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="sound")  # A short path, for the name of a socket.
        folder = Path(self._folder.name)
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder),
                             "PULSE_SERVER": f"unix:{folder}/native"}
        self._server = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit", "-L",
             f"module-native-protocol-unix socket={folder}/native auth-anonymous=1", "-L", "module-null-sink"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={name: value for name, value in self._environment.items() if name != "PULSE_SERVER"})
        wait_for(lambda: self._pactl("info") == 0, "the sound server is there")
        self._tone = folder / "tone.wav"
        with wave.open(str(self._tone), "wb") as tone:
            tone.setparams((1, 2, 8000, 0, "NONE", ""))
            second = b"".join(struct.pack("<h", round(16000 * math.sin(n / 3))) for n in range(8000))
            tone.writeframes(second * 600)
        self._player = None

    def environment(self):
        return {"PULSE_SERVER": self._environment["PULSE_SERVER"]}

    def play(self):
        self._player = subprocess.Popen(["paplay", str(self._tone)], env=self._environment, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)

    def stop(self):
        self._player.kill()
        self._player.wait()

    def close(self):
        if self._player is not None and self._player.poll() is None:
            self.stop()
        self._server.kill()
        self._server.wait()
        self._folder.cleanup()

    def _pactl(self, *arguments):
        return subprocess.run(["pactl", *arguments], env=self._environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=PATIENCE).returncode
