"""Signs of life and of leaving that are no key: the session, the sound, the terminals, the screen."""
import os
import pty
from pathlib import Path

import pytest
from asleep import ASLEEP, AWAKE
from conftest import configure
from logind import Logind
from sound import Sound
from waiting import wait_for


@pytest.fixture
def logind(outliving):
    return outliving(Logind())


@pytest.fixture
def sound(outliving):
    return outliving(Sound())


PRESENCE_PAGE = (Path(__file__).parents[2] / "docs" / "presence.md").read_text(encoding="utf-8")


def sources(doze):
    found = {source["name"]: source for source in doze.json("status")["sources"]}
    missing = [name for name in found if f"`{name}`" not in PRESENCE_PAGE and name != "x11"]
    assert not missing, f"docs/presence.md has no row for {missing}"
    return found


def wait_running(doze, name):
    wait_for(lambda: sources(doze).get(name, {}).get("state") == "running", f"{name} runs; there is {sources(doze)}")


def last(doze, kind):
    """Seconds since the last signal of that kind, or None."""
    return doze.json("status")["last_signals"][kind]


def test_a_locked_screen_counts_as_leaving_after_its_grace(make_doze, company, screen, logind):
    doze = make_doze(DISPLAY=screen.display, **company.environment(company.endpoint), **logind.environment())
    configure(doze, company, activity_monitor={"inactivity_timeout_minutes": 60.0, "lock_grace_minutes": 0.05})
    doze.start()
    wait_running(doze, "logind-session")
    logind.lock(True)
    wait_for(lambda: doze.json("status")["presence"]["locked"], "doze sees the lock")
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    logind.lock(False)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


def test_a_suspend_waits_for_the_calls_and_no_longer(make_doze, company, proxy, screen, logind):
    doze = make_doze(DISPLAY=screen.display, **company.environment(proxy.endpoint), **logind.environment())
    configure(doze, company)
    doze.start()
    wait_running(doze, "logind-session")
    wait_for(lambda: logind.delays() == [("doze", "sleep:shutdown")], "doze may delay a suspend")
    held = proxy.on("StopInstances").hold()
    logind.sleep(True)
    held.wait_arrived()
    assert logind.delays(), "the machine must not suspend while a call is under way"
    held.forward()
    wait_for(lambda: not logind.delays(), "the machine may suspend")
    assert proxy.calls("UpdateService") and proxy.calls("UpdateNodegroupConfig")
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")

    logind.sleep(False)
    wait_for(logind.delays, "the next suspend can be delayed too")
    assert doze.presence() == "away", "a machine that wakes up brings nobody back"
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


def test_a_call_without_touching_anything_is_a_hold(make_doze, company, screen, logind):
    doze = make_doze(DISPLAY=screen.display, **company.environment(company.endpoint), **logind.environment())
    configure(doze, company, timeout_minutes=0.05)
    logind.block_idle(True)
    doze.start()
    screen.type("hello")
    wait_for(lambda: doze.json("status")["holds"], "the hold is shown")
    hold = doze.json("status")["holds"][0]
    assert hold["kind"] == "inhibitor" and hold["until"]
    assert "Held awake" in doze.cli("status").stdout
    assert doze.presence() == "active"
    logind.block_idle(False)
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    assert not doze.json("status")["holds"]


def test_what_is_played_is_a_sign_of_life(make_doze, company, screen, sound):
    doze = make_doze(DISPLAY=screen.display, **company.environment(company.endpoint), **sound.environment())
    configure(doze, company)
    doze.start()
    wait_running(doze, "pulse")
    sound.play()
    wait_for(lambda: last(doze, "audio") is not None, "doze hears of it")
    configure(doze, company, timeout_minutes=0.1)
    doze.take_config()
    screen.type("hello")
    wait_for(lambda: (last(doze, "keyboard") or 0) > 7, "nobody types for longer than the timeout")
    assert doze.presence() != "away"
    sound.stop()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")


def test_a_screen_that_changes_is_a_sign_of_life(make_doze, company, screen):
    doze = make_doze(DISPLAY=screen.display, **company.environment(company.endpoint))
    configure(doze, company, activity_monitor={"screen": {"interval_seconds": 0.2}})
    doze.start()
    wait_running(doze, "x11-screen")
    colors = iter(range(10**6))
    wait_for(lambda: screen.fill(f"#0000{next(colors) % 2 * 255:02x}") or last(doze, "screen") is not None, "doze notices")


def test_where_there_is_no_desktop_terminals_tell(make_doze, company):
    """Beside a desktop they only add to it."""
    doze = make_doze(**company.environment(company.endpoint))
    configure(doze, company, activity_monitor={"terminals": {"enabled": True}})
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp("cat", ["cat"])
    try:
        doze.start()
        wait_running(doze, "terminals")
        wait_for(lambda: os.write(terminal, b"x\n") and last(doze, "input") is not None, "doze notices")
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)


def test_the_status_says_which_source_sees_and_why_the_others_do_not(doze):
    doze.start()
    doze.wait_settled()
    seen = sources(doze)
    assert seen["wayland-idle"]["state"] == seen["mutter-idle"]["state"] == "standby"
    assert seen["pulse"]["state"] == "unavailable" and "sound server" in seen["pulse"]["detail"]
    assert "x11-keyboard" in doze.cli("status").stdout


def test_an_x_server_that_goes_away_leaves_doze_blind(make_doze, company, proxy, screen):
    doze = make_doze(DISPLAY=screen.display, **company.environment(proxy.endpoint))
    configure(doze, company)
    doze.allowed_errors.append("doze is blind")
    doze.start()
    wait_running(doze, "x11-keyboard")
    screen.type("hello")
    screen.close()
    wait_for(lambda: doze.presence() == "unknown", "doze says that it is blind")
    doze.wait_log("X server at .* went away")
    configure(doze, company, timeout_minutes=0.02)
    doze.take_config()
    looked = len(proxy.calls("DescribeInstances"))
    wait_for(lambda: len(proxy.calls("DescribeInstances")) > looked + 4, "doze looks at AWS again and again")
    assert doze.presence() == "unknown" and not proxy.calls("StopInstances")
