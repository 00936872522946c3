"""A terminal with a program, and the content of its screen."""
import fcntl
import math
import os
import re
import select
import signal
import struct
import subprocess
import termios
import unicodedata

from waiting import PATIENCE, wait_for

# What doze writes besides text: cursor positions, erasing, colours, and terminal modes.
SEQUENCE = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])")
# Not displayed by terminals, and not written by any program here.
MARK = b"\x00"


class Terminal:
    def __init__(self, command, environment, columns=80, rows=24):
        self._master, self.slave = os.openpty()
        self.resize(columns, rows, tell=False)
        self.settings_before = termios.tcgetattr(self.slave)
        self.raw = ""  # Everything written so far.
        self._bytes = b""
        self._drawn = 0
        self._frames_until_drawn = 0
        self.alternate = False  # Whether the alternate screen is shown.
        self._clear()

        def own_terminal():
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(command, stdin=self.slave, stdout=self.slave, stderr=self.slave,
                                        env={"TERM": "xterm-256color", **environment}, start_new_session=True,
                                        preexec_fn=own_terminal)

    def resize(self, columns, rows, tell=True):
        self.columns, self.rows = columns, rows
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if tell:
            self._frames_until_drawn = math.inf  # These are for the old size.
            self._catch_up()
            self._clear()
            self._drawn = len(self.raw)
            self._frames_until_drawn = 2  # One may have been started for the old size.

    def type(self, text):
        os.write(self._master, text.encode())

    def settings(self):
        return termios.tcgetattr(self.slave)

    def pump(self):
        """Reads the output and draws it."""
        while select.select([self._master], [], [], 0)[0]:
            try:
                part = os.read(self._master, 65536)
            except OSError:
                break
            if not part:
                break
            self._bytes += part
        self.raw = self._bytes.decode("utf-8", errors="ignore")
        self._draw(self.raw[self._drawn:])

    def lines(self):
        self.pump()
        return ["".join(cells).rstrip() for cells in self._cells]

    def text(self):
        return "\n".join(self.lines())

    def wait_text(self, pattern, what=None):
        return wait_for(lambda: re.search(pattern, self.text(), re.M), what or f"the terminal shows {pattern!r}; it shows:\n"
                        + self.text())

    def wait_raw(self, text):
        """For programs that only print."""
        def there():
            self.pump()
            return text in self.raw
        wait_for(there, f"the program prints {text!r}; it printed:\n{self.raw}")

    def end(self):
        """The exit code, once the program has ended."""
        def over():
            self.pump()
            return self.process.poll() is not None
        wait_for(over, "the program ends")
        self._catch_up()
        return self.process.returncode

    def hang_up(self):
        """The person closes the window."""
        os.close(self.slave)
        os.close(self._master)

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)
        os.close(self.slave)
        os.close(self._master)

    def _catch_up(self):
        """Reads all that was written until now. What was written arrives here a little later, in its order."""
        os.write(self.slave, MARK)
        wait_for(lambda: self.pump() or MARK in self._bytes, "what was written arrives")
        self._bytes = self._bytes.replace(MARK, b"")
        self.raw = self._bytes.decode("utf-8", errors="ignore")
        self._drawn = min(self._drawn, len(self.raw))

    def _clear(self):
        self._cells = [[" "] * self.columns for _ in range(self.rows)]
        self._row = self._column = 0

    def _draw(self, text):
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                found = SEQUENCE.match(text, at)
                if not found:
                    if len(text) - at < 16:
                        break  # The rest comes later.
                    raise AssertionError(f"no sequence that a terminal knows: {text[at:at + 16]!r}")
                if found.group(3) == "H" and self._frames_until_drawn:
                    self._frames_until_drawn -= 1
                if not self._frames_until_drawn or found.group(1):
                    self._obey(*found.groups())
                at = found.end()
                continue
            if not self._frames_until_drawn:
                self._put(text[at])
            at += 1
        self._drawn += at

    def _obey(self, private, numbers, letter):
        if letter == "H":
            self._row = self._column = 0
        elif letter == "K":
            # After writing the last column the cursor stays on it, as in every terminal without wrapping.
            column = min(self._column, self.columns - 1)
            self._cells[self._row][column:] = [" "] * (self.columns - column)
        elif letter == "J":
            self._obey("", "", "K")
            for row in range(self._row + 1, self.rows):
                self._cells[row] = [" "] * self.columns
        elif private and numbers == "1049":
            self.alternate = letter == "h"

    def _put(self, character):
        if character == "\r":
            self._column = 0
        elif character == "\n":
            assert self._row + 1 < self.rows or not self.alternate, "the view scrolls the terminal"
            self._row = min(self._row + 1, self.rows - 1)
        elif character >= " ":
            wide = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            assert self._column + wide <= self.columns or not self.alternate, "a line is longer than the terminal is wide"
            if self._column + wide <= self.columns:
                self._cells[self._row][self._column:self._column + wide] = [character] + [""] * (wide - 1)
                self._column += wide
