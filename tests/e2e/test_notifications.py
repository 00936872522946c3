"""What the person is told on the desktop, and the buttons they can press there."""
import time

import pytest
from asleep import ASLEEP, AWAKE, PUT_TO_SLEEP
from conftest import configure
from notifications import Notifications
from waiting import wait_for

# Half of it is the warning: time enough to press a button.
SHORT = 0.4


@pytest.fixture
def desktop(outliving):
    return outliving(Notifications())


@pytest.fixture
def doze(make_doze, company, proxy, screen, desktop):
    doze = make_doze(DISPLAY=screen.display, **company.environment(proxy.endpoint), **desktop.environment())
    configure(doze, company, timeout_minutes=SHORT)
    return doze


def wait_for_states(company, states, what):
    wait_for(lambda: company.states() == states, f"{what}; it is {company.states()}")


def test_warns_sleeps_at_a_press_and_tells_of_the_return(doze, company, screen, desktop):
    doze.start()
    screen.type("working")
    warning = desktop.next("show")
    assert warning["summary"].startswith(f"{len(PUT_TO_SLEEP)} resources go to sleep at ")
    assert f"and {len(PUT_TO_SLEEP) - 5} more\nUnless you come back before." in warning["body"]
    assert warning["actions"] == {"keep-awake": "Keep awake 1 h", "sleep-now": "Sleep now"}
    assert (warning["urgency"], warning["timeout"]) == (1, 0)

    desktop.press(warning["number"], "sleep-now")
    wait_for(lambda: doze.presence() == "away", "the press is taken as leaving")
    wait_for_states(company, ASLEEP, "everything registered sleeps")
    assert desktop.is_quiet(), "the server closed the notification itself"

    configure(doze, company)
    doze.take_config()
    doze.return_to(screen)
    news = desktop.next("show")
    assert news["summary"] == "All awake again"
    assert news["body"].endswith("after you came back.") and news["actions"] == {}
    assert company.states() == AWAKE


def test_a_press_keeps_all_awake_for_an_hour(doze, company, proxy, screen, desktop):
    doze.start()
    screen.type("working")
    warning = desktop.next("show")
    desktop.press(warning["number"], "keep-awake")
    hold = wait_for(lambda: doze.json("status")["holds"], "a hold is on")[0]
    assert hold["kind"] == "snooze" and 3500 < hold["until"] - time.time() <= 3600
    wait_for(lambda: doze.presence() == "away", "the person is away")
    assert desktop.is_quiet() and not proxy.calls("StopInstances")


def test_a_press_in_the_list_of_those_that_went_counts_as_well(doze, screen, desktop):
    doze.start()
    screen.type("working")
    warning = desktop.next("show")
    desktop.expire(warning["number"])
    desktop.press(warning["number"], "keep-awake")
    assert wait_for(lambda: doze.json("status")["holds"], "a hold is on")[0]["kind"] == "snooze"


def test_the_warning_is_over_when_the_sleep_begins(doze, company, screen, desktop):
    doze.start()
    screen.type("working")
    warning = desktop.next("show")
    assert desktop.next("close")["number"] == warning["number"]
    assert doze.presence() == "away"


def test_the_warning_goes_with_doze(doze, screen, desktop):
    doze.start()
    screen.type("working")
    warning = desktop.next("show")
    assert doze.stop() == 0
    assert desktop.next("close")["number"] == warning["number"], "nobody would hear its buttons"


def test_the_warning_goes_a_moment_after_the_person_is_back(doze, company, screen, desktop):
    doze.start()
    screen.type("working")
    warning = desktop.next("show")
    before = time.monotonic()
    doze.return_to(screen)
    configure(doze, company)
    closed = desktop.next("close")
    assert closed["at"] - before > 14, "who reaches for a button must find it"
    assert closed["number"] == warning["number"]
    assert doze.presence() == "active"


def test_a_server_that_is_started_anew_shows_what_stands(make_doze, company, screen, desktop):
    desktop.stop()
    desktop.start(capabilities=["body"])
    doze = make_doze(DISPLAY=screen.display, LC_MESSAGES="ko_KR.UTF-8", **company.environment(company.endpoint),
                     **desktop.environment())
    configure(doze, company, timeout_minutes=2 * SHORT)
    doze.start()
    screen.type("working")
    warning = desktop.next("show")
    assert warning["summary"].endswith(f"에 자원 {len(PUT_TO_SLEEP)}개를 재웁니다")
    assert warning["actions"] == {}, "this server has no buttons"
    desktop.stop()
    desktop.start()
    again = desktop.next("show")
    assert again["summary"] == warning["summary"] and again["replaces"] == 0
    assert again["actions"] == {"keep-awake": "1시간 깨워 두기", "sleep-now": "지금 재우기"}


def test_tells_what_failed_and_what_to_do(doze, company, proxy, screen, desktop):
    configure(doze, company)
    doze.start()
    doze.allowed_errors.append("UnauthorizedOperation")
    doze.leave()
    wait_for_states(company, ASLEEP, "everything registered sleeps")
    proxy.on("StartInstances").fail(403, "UnauthorizedOperation", "Not &lt;b&gt;allowed.")
    doze.return_to(screen)
    failure = desktop.next("show")
    assert failure["urgency"] == 2 and "could not be woken" in failure["summary"] + failure["body"]
    assert "ec2:StartInstances" in failure["body"]
    assert "&lt;b&gt;" in failure["body"], "what AWS says is no markup"


def test_can_be_switched_off(doze, company, screen, desktop):
    configure(doze, company, timeout_minutes=0.1, notifications={"enabled": False})
    doze.start()
    screen.type("working")
    wait_for(lambda: doze.presence() == "away", "the person is away")
    assert desktop.is_quiet()


def test_works_where_nobody_shows_notifications(doze, company, screen, desktop):
    desktop.stop()
    configure(doze, company, timeout_minutes=0.1)
    doze.start()
    screen.type("working")
    wait_for_states(company, ASLEEP, "everything registered sleeps")
    configure(doze, company)
    doze.take_config()
    doze.return_to(screen)
    wait_for_states(company, AWAKE, "everything is as it was")
    assert doze.log().count("Notifications can't be shown") == 1
