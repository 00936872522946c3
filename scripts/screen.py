"""A screen without a monitor, and the person before it: Xvfb, and real X events made by xdotool."""
import os
import subprocess

from claims import free_display

PATIENCE = 120  # seconds, which a busy machine may need for anything.


class Screen:
    def __init__(self):
        read, write = os.pipe()
        self._process = subprocess.Popen(
            ["Xvfb", f":{free_display()}", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        self.display = f":{number}"

    def close(self):
        self._process.terminate()
        self._process.wait(PATIENCE)

    def _xdotool(self, *arguments):
        subprocess.run(["xdotool", *arguments], check=True, env={**os.environ, "DISPLAY": self.display},
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE)

    def type(self, text="hello"):
        """Presses and releases the keys of `text`."""
        self._xdotool("type", "--delay", "20", text)

    def move(self, pixels=60):
        """Moves the pointer there and back."""
        self._xdotool("mousemove_relative", "--", str(pixels), str(pixels))
        self._xdotool("mousemove_relative", "--", str(-pixels), str(-pixels))

    def fill(self, color):
        """Paints the whole background, such as "#0000ff"."""
        subprocess.run(["xsetroot", "-solid", color], check=True, env={**os.environ, "DISPLAY": self.display},
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE)
