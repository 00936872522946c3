"""Presses and releases a key (XTEST), and prints when, on the monotonic clock."""
import time

from Xlib import X, display
from Xlib.ext import xtest

screen = display.Display()
at = time.monotonic()
xtest.fake_input(screen, X.KeyPress, detail=38)
xtest.fake_input(screen, X.KeyRelease, detail=38)
screen.sync()
print(at)
