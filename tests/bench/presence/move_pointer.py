"""move_pointer.py SECONDS: moves the pointer 1,000 times a second (XTEST), and prints how often it did."""
import sys
import time

from Xlib import X, display
from Xlib.ext import xtest

screen = display.Display()
begun, moves = time.monotonic(), 0
while (passed := time.monotonic() - begun) < float(sys.argv[1]):
    while moves < passed * 1000:
        xtest.fake_input(screen, X.MotionNotify, x=100 + moves % 400, y=100 + moves % 300)
        moves += 1
    screen.flush()
    time.sleep(0.001)
screen.sync()
print(moves)
