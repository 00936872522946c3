"""Numbers that whoever starts a server chooses beforehand (a port, a display), each for one process at a time.

A number that is free when it is looked at may be somebody else's a moment later. Those here are outside of what the system
and X servers hand out by themselves, and locked until the process ends; tests/integration/claim.hpp keeps to the same."""
import fcntl
import os
import socket
import tempfile

# Servers that choose by themselves take the lowest display, and any port from the system's range (32768 and up).
DISPLAYS = range(200, 5000)
PORTS = range(20_300, 32_000)

_held = []  # The locks, which end with the process.


def claim(kind, numbers, is_free):
    """The first number that nobody has claimed and that `is_free`."""
    folder = f"{tempfile.gettempdir()}/doze-claims-{os.getuid()}"
    os.makedirs(folder, mode=0o700, exist_ok=True)
    for number in numbers:
        lock = os.open(f"{folder}/{kind}-{number}", os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            continue
        if is_free(number):
            _held.append(lock)
            return number
        os.close(lock)
    raise RuntimeError(f"no {kind} is free")


def _can_be_bound(port):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def free_port():
    """A port of loopback, for TCP and UDP, that nobody else takes while this process runs."""
    return claim("port", PORTS, _can_be_bound)


def _nobody_answers(display):
    """A server that was killed leaves its socket behind, and the next one takes it over."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(f"/tmp/.X11-unix/X{display}") != 0


def free_display():
    """The number of a display, likewise."""
    return claim("display", DISPLAYS, _nobody_answers)
