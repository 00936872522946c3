"""Other users of this machine, and other machines, for which this machine's own address stands in."""
import os
import socket

import pytest

TOKEN = "6f1d8ba2c9e34075b8d1a7f3e2c45b90"
NOBODY = 65534


def own_address():
    """An address of this machine that others can reach; None if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # Sends nothing.
            return probe.getsockname()[0]
        except OSError:
            return None


OWN_ADDRESS = own_address()
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can play another user")
needs_network = pytest.mark.skipif(OWN_ADDRESS is None, reason="this machine has only loopback")
