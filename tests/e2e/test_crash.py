"""kill -9 at each step of a sleep and of a wake, made to fall exactly there by holding requests in the proxy.
Whatever the step: after a restart and the person's return everything is as it was."""
import pytest
from asleep import ASLEEP, AWAKE, LOOKS, PUT_TO_SLEEP, SLEEP_CALLS, WAKE_CALLS
from waiting import wait_for


def all_asleep_in_journal(doze):
    wait_for(lambda: doze.asleep() == PUT_TO_SLEEP, f"doze has seen everything asleep; it says {doze.asleep()}")


def crash(doze, proxy, calls, moment, act):
    """Has doze do `act` and kills it at `moment` of the calls that follow."""
    if moment == "before the calls reach AWS":
        held = [proxy.on(operation).hold() for operation in calls]
    else:
        held = [proxy.on(operation).hold_answer() for operation in calls]
    act()
    for rule, count in zip(held, calls.values()):
        rule.wait_arrived(count=count)
    if moment == "before the new state is seen":
        looks = [proxy.on(operation).hold() for operation in LOOKS]
        for rule in held:
            rule.forward()
        for rule in looks:
            rule.wait_arrived()
    doze.kill()
    proxy.clear()


MOMENTS = ["before the calls reach AWS", "after AWS acted but before its answer", "before the new state is seen"]


@pytest.mark.parametrize("person", ["stays away", "returns at once"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_putting_to_sleep(doze, company, proxy, screen, moment, person):
    doze.start()
    crash(doze, proxy, SLEEP_CALLS, moment, doze.leave)
    doze.start()
    if person == "stays away":
        wait_for(lambda: company.states() == ASLEEP, "the sleep is completed")
        all_asleep_in_journal(doze)
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


@pytest.mark.parametrize("times", [1, 3])
def test_killed_while_asleep(doze, company, screen, times):
    doze.start()
    doze.leave()
    for _ in range(times):
        all_asleep_in_journal(doze)
        doze.kill()
        assert company.states() == ASLEEP
        doze.start()
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_waking(doze, company, proxy, screen, moment):
    doze.start()
    doze.leave()
    all_asleep_in_journal(doze)
    crash(doze, proxy, WAKE_CALLS, moment, lambda: doze.return_to(screen))
    doze.start()
    # Nobody has to come back twice.
    wait_for(lambda: company.states() == AWAKE, "the wake is completed")
    wait_for(lambda: not doze.asleep(), "doze holds nothing for asleep any more")


def test_killed_after_the_wake(doze, company, proxy, screen):
    doze.start()
    doze.leave()
    all_asleep_in_journal(doze)
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE and doze.owes_nothing(), "everything is as it was")
    doze.kill()
    proxy.clear()
    doze.start()
    doze.wait_settled()
    assert all(proxy.calls(operation) for operation in LOOKS), "doze has looked at everything"
    assert not [call for call in proxy.calls() if call.operation in {**SLEEP_CALLS, **WAKE_CALLS}]
    assert company.states() == AWAKE


def test_killed_again_and_again_while_putting_to_sleep(doze, company, proxy, screen):
    """A snapshot is never overwritten: not even when the resource is half asleep at each new start."""
    doze.start()
    for _ in range(3):
        rule = proxy.on("UpdateService").hold_answer()
        doze.leave()
        wait_for(lambda: company.desired_count("web") == 0, "the service is at 0")
        doze.kill()
        proxy.remove(rule)
        doze.start()
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


def test_stopped_politely_while_asleep(doze, company, screen):
    doze.start()
    doze.leave()
    all_asleep_in_journal(doze)
    assert doze.stop() == 0
    assert company.states() == ASLEEP
    doze.start()
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")
