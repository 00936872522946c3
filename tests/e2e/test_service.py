"""doze as a service: what it tells systemd, and an end in the middle of a sleep."""
import os
import re
import signal
import socket
import tempfile
import threading

import pytest
from asleep import ASLEEP, AWAKE, PUT_TO_SLEEP, SLEEP_CALLS
from conftest import configure
from waiting import wait_for


class NotifySocket:
    """What systemd hears of a service of Type=notify. It is read all the time: the service would wait for it otherwise."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="notify")  # Short: it holds the name of a socket.
        self.path = f"{self._folder.name}/socket"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self.heard = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait(self, pattern, times=1):
        """Until so many messages fit, of all that came."""
        wait_for(lambda: sum(1 for message in self.heard if re.fullmatch(pattern, message)) >= times, f"systemd hears {pattern}")

    def close(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"", self.path)
        self._reader.join()
        self._socket.close()
        self._folder.cleanup()

    def _read(self):
        while message := self._socket.recv(4096):
            self.heard.append(message.decode())


@pytest.fixture
def systemd(outliving):
    return outliving(NotifySocket())


def test_tells_systemd_how_it_is(make_doze, company, screen, systemd):
    doze = make_doze(DISPLAY=screen.display, NOTIFY_SOCKET=systemd.path, WATCHDOG_USEC="200000",
                     **company.environment(company.endpoint))
    configure(doze, company)
    doze.launch()
    systemd.wait("READY=1")
    assert doze.answers(), "what is ready answers"
    systemd.wait("WATCHDOG=1", times=3)
    systemd.wait(r"STATUS=active, \d+ of \d+ registered resources asleep")
    doze.leave()
    # What was stopped before doze came is not asleep.
    systemd.wait(rf"STATUS=away, {len(PUT_TO_SLEEP)} of \d+ registered resources asleep")
    doze.process.send_signal(signal.SIGTERM)
    systemd.wait("STOPPING=1")
    assert doze.ended() == 0


def test_the_watchdog_of_another_process_is_none_of_ours(make_doze, company, screen, systemd):
    doze = make_doze(DISPLAY=screen.display, NOTIFY_SOCKET=systemd.path, WATCHDOG_USEC="200000",
                     WATCHDOG_PID=str(os.getpid()), **company.environment(company.endpoint))
    configure(doze, company)
    doze.start()
    doze.stop()
    systemd.wait("STOPPING=1")
    assert "WATCHDOG=1" not in systemd.heard


@pytest.mark.parametrize("moment", ["before the calls reach AWS", "after AWS acted but before its answer"])
@pytest.mark.parametrize("person", ["stays away", "returns"])
def test_a_stop_during_a_sleep_loses_nothing(doze, company, proxy, screen, moment, person):
    doze.start()
    hold = "hold" if moment == "before the calls reach AWS" else "hold_answer"
    held = [getattr(proxy.on(operation), hold)() for operation in SLEEP_CALLS]
    doze.leave()
    for rule, count in zip(held, SLEEP_CALLS.values()):
        rule.wait_arrived(count=count)
    doze.process.send_signal(signal.SIGTERM)
    assert doze.ended() == 0
    proxy.clear()

    doze.start()
    if person == "stays away":
        wait_for(lambda: company.states() == ASLEEP, "the sleep is completed")
        wait_for(lambda: doze.asleep() == PUT_TO_SLEEP, "doze has seen everything asleep")
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")
    wait_for(lambda: not doze.asleep(), "doze holds nothing for asleep any more")
