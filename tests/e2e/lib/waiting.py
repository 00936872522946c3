"""The only way that tests wait: for a condition, with a deadline that only a broken program reaches."""
import time

PATIENCE = 120.0  # seconds


def wait_for(condition, what, seconds=PATIENCE, pause=0.05):
    """Calls `condition` until its result is true, and returns the result."""
    deadline = time.monotonic() + seconds
    while True:
        if result := condition():
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s in vain until {what}")
        time.sleep(pause)
