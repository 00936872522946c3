"""The main job: a person types, stops, leaves; what is registered sleeps; they return; everything is as it was.
boto3, and not doze, is asked what the resources are."""
import threading
import time

from asleep import ASLEEP, AWAKE, CHANGES, PUT_TO_SLEEP
from conftest import configure
from sandbox import CLUSTER, ECS_REGION
from waiting import wait_for


def untouchables(company):
    """Everything that AWS says of what doze must never change."""
    service = company.client("ecs", ECS_REGION).describe_services(cluster=CLUSTER, services=["worker"])["services"]
    return [company.instance("shop-db", "us-east-1"), company.instance("ci", "ap-northeast-2"),
            company.instance("batch", "us-east-1"), service]


def wait_for_states(company, states, what):
    wait_for(lambda: company.states() == states, f"{what}; it is {company.states()}")


def test_sleeps_while_the_person_is_away_and_wakes_as_it_was(doze, company, screen):
    configure(doze, company, timeout_minutes=0.05)
    before = untouchables(company)
    assert company.states() == AWAKE
    doze.start()
    screen.type("working")
    screen.move()

    wait_for_states(company, ASLEEP, "everything registered sleeps")
    assert untouchables(company) == before

    # The person stays, so that what is seen at the end is not the next absence.
    configure(doze, company, timeout_minutes=60.0)
    doze.take_config()
    doze.return_to(screen)
    wait_for_states(company, AWAKE, "everything is as it was")
    assert untouchables(company) == before


def test_a_pointer_brings_the_person_back_too(doze, company, screen):
    doze.start()
    doze.leave()
    wait_for_states(company, ASLEEP, "everything registered sleeps")
    wait_for(lambda: screen.move() or doze.presence() == "active", "doze notices that the person is back")
    wait_for_states(company, AWAKE, "everything is as it was")


def test_sleeps_again_at_the_next_absence(doze, company, screen):
    doze.start()
    for _ in range(2):
        doze.leave()
        wait_for_states(company, ASLEEP, "everything registered sleeps")
        doze.return_to(screen)
        wait_for_states(company, AWAKE, "everything is as it was")


def test_nothing_sleeps_while_somebody_types(doze, company, proxy, screen):
    configure(doze, company, timeout_minutes=0.1)
    longest, last = 0.0, time.monotonic()
    doze.start()
    end = time.monotonic() + 15  # more than two timeouts
    while time.monotonic() < end:
        screen.type("a")
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    if longest < 5:  # On a machine that stood still for so long the person did leave.
        assert not [call for call in proxy.calls() if call.operation in CHANGES]
        assert company.states() == AWAKE


def test_what_is_started_by_hand_while_away_stays_awake(doze, company, screen):
    doze.start()
    doze.leave()
    wait_for_states(company, ASLEEP, "everything registered sleeps")
    wait_for(lambda: doze.asleep() == PUT_TO_SLEEP, "doze has seen everything asleep")
    company.client("ec2", "us-east-1").start_instances(InstanceIds=[company.ids["web"]])
    mine = {**ASLEEP, "ec2 web": "running"}
    wait_for(lambda: doze.asleep() == PUT_TO_SLEEP - {"ec2 web"}, "doze has seen that web was started by hand")
    assert company.states() == mine
    doze.return_to(screen)
    wait_for_states(company, AWAKE, "the rest is as it was")


def test_status_and_lists_are_no_sign_of_life(doze, company, screen):
    configure(doze, company, timeout_minutes=0.05)
    doze.start()
    asking = threading.Event()

    def ask():
        with doze.udp() as client:
            while not asking.is_set():
                client.ask("LIST_EC2")
                client.ask_json("SYSTEM_STATUS")
                asking.wait(0.1)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        wait_for_states(company, ASLEEP, "everything registered sleeps")
    finally:
        asking.set()
        asker.join()


def test_a_dry_run_changes_nothing(doze, company, proxy):
    configure(doze, company, timeout_minutes=0.02)
    doze.start("--dry-run")
    doze.wait_log("workers would be put to sleep now .size 1/2/4")
    assert not [call for call in proxy.calls() if call.operation in CHANGES]
    assert company.states() == AWAKE
