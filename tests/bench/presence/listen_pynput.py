"""The person's input as Python programs watch it: pynput's keyboard and mouse listeners, with NumPy and OpenCV loaded beside them."""
import time

import cv2  # noqa: F401  Part of what such a program holds.
import numpy  # noqa: F401
from pynput import keyboard, mouse

last = {}


def seen(kind):
    def note(*_):
        last[kind] = time.time()
    return note


listeners = [keyboard.Listener(on_press=seen("keyboard")),
             mouse.Listener(on_move=seen("pointer"), on_click=seen("pointer"), on_scroll=seen("pointer"))]
for listener in listeners:
    listener.start()
for listener in listeners:
    listener.wait()
print("ready", flush=True)
for listener in listeners:
    listener.join()
