"""A person who comes back while things are still stopping, or leaves while they are still starting."""
from asleep import ASLEEP, AWAKE, SLEEP_CALLS, WAKE_CALLS
from sandbox import REGIONS
from waiting import wait_for


def test_instances_that_are_still_stopping_are_started_as_soon_as_they_can_be(doze, company, proxy, screen):
    proxy.slow_ec2(stopping=8, pending=1)
    doze.start()
    doze.leave()
    wait_for(lambda: len(proxy.calls("StopInstances")) >= 2, "the stops went out")
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was, without anybody touching anything")
    wait_for(doze.owes_nothing, "doze has seen that")
    # Waited for, not hammered: a start that is refused because the instance still stops is a call too many.
    assert {call.status for call in proxy.calls("StartInstances")} == {200}


def test_a_return_before_aws_has_answered_the_stop(doze, company, proxy, screen):
    held = [proxy.on(operation).hold() for operation in SLEEP_CALLS]
    doze.start()
    doze.leave()
    for rule, count in zip(held, SLEEP_CALLS.values()):
        rule.wait_arrived(count=count)
    doze.return_to(screen)
    for rule in held:
        rule.forward()
    wait_for(lambda: {call.region for call in proxy.calls("StartInstances") if call.status == 200} == set(REGIONS),
             "what was stopped meanwhile is started")
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


def test_leaving_again_while_instances_are_still_starting(doze, company, proxy, screen):
    proxy.slow_ec2(stopping=0, pending=4)
    doze.start()
    doze.leave()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    doze.return_to(screen)
    wait_for(lambda: len(proxy.calls("StartInstances")) >= WAKE_CALLS["StartInstances"], "the starts went out")
    doze.leave()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps again")
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


def test_a_hand_that_scales_while_away_is_respected(doze, company, screen):
    doze.start()
    doze.leave()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    wait_for(lambda: "ecs web" in doze.asleep(), "doze has seen the service asleep")
    company.client("ecs", "us-east-1").update_service(cluster="dev", service="web", desiredCount=1)
    doze.return_to(screen)
    wait_for(lambda: company.states() == {**AWAKE, "ecs web": "1"}, "all but the service at 1 is as it was")
