"""Bad days at AWS, each with a daemon, a proxy and a region of its own, and all of them at once.

Whatever happens: nothing is lost (boto3 says so), nothing is called without a pause, and the person is told.
"""
import itertools
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from fault_site import ASLEEP, AWAKE, Site
from waiting import wait_for

# A call that fails is made again after two seconds, then after four more (core/reconcile/pauses.hpp); and the client may make it
# three times each time. What is on its way is looked at after half a second, one, two, ...
FIRST_PAUSES = 2 + 4
CALLS_A_SECOND = 3
# What is registered and the lists are asked for with some of the same calls, each with pauses of its own.
ASKERS = 2


class Calm:
    """Counts the calls while it lasts: no kind of them, in no region, is made without end."""

    def __init__(self, site):
        self.site = site

    def __enter__(self):
        self._since, self._before = time.monotonic(), len(self.site.proxy.calls())
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            return
        seconds = time.monotonic() - self._since
        calls = self.site.proxy.calls()[self._before:]
        for (operation, region), count in Counter((call.operation, call.region) for call in calls).items():
            assert count <= 6 + CALLS_A_SECOND * seconds, f"{count} calls of {operation} in {region} in {seconds:.1f} s"


def assert_paused(site, operation, seconds):
    """Between two such calls there was always so long a pause."""
    times = [call.at for call in site.proxy.calls(operation)]
    assert all(later - sooner > seconds for sooner, later in itertools.pairwise(times)), f"{operation} at {times}"


def wait_others_asleep(site, what):
    """Whatever becomes of the instance."""
    wait_for(lambda: {**site.state(), "instance": None} == {**ASLEEP, "instance": None}, what, pause=0.3)


def last_sent(site, *operations):
    return max(call.at for operation in operations for call in site.proxy.calls(operation))


# -- the stories -----------------------------------------------------------------------------------------------------

def wait_paced(site, operations, calls_a_round):
    """Waits until each of these is tried again after a while, and holds the pauses until then against doze's word."""
    begun = {operation: len(site.proxy.calls(operation)) for operation in operations}

    def times(operation):
        return [call.at for call in site.proxy.calls(operation)][begun[operation]:]

    for operation in operations:
        def after_the_first():
            return [at - times(operation)[0] for at in times(operation)]
        wait_for(lambda: times(operation) and after_the_first()[-1] >= FIRST_PAUSES, f"{operation} is tried again")
        soon = sum(span < FIRST_PAUSES for span in after_the_first())
        assert soon <= 2 * ASKERS * calls_a_round, f"{soon} calls of {operation} within {FIRST_PAUSES} s"


def get_over(make_site, fault, told, calls_a_round, carried_out):
    """Whatever is asked fails while the person leaves, and whatever is changed while they come back."""
    site = make_site()
    site.doze.allowed_errors.append(".*")  # Each resource's trouble is told once.
    site.start()

    rule = site.proxy.on("*")
    fault(rule)
    site.leave()
    with Calm(site):
        wait_paced(site, ("DescribeScalableTargets", "DescribeNodegroup"), calls_a_round)
        wait_for(lambda: re.search(told, str(site.list_errors().get(site.region))), "the list says what is wrong")
        wait_for(lambda: len(site.trouble()) == 3, "the status says what is wrong")
        assert re.search(told, str(site.trouble()))
        assert site.state() == AWAKE
        site.proxy.remove(rule)
        site.wait(ASLEEP, "it is got over")
        site.wait_seen_asleep()

    changes = ("StartInstances", "UpdateService", "UpdateNodegroupConfig")
    rules = [site.proxy.on(operation) for operation in changes]
    for rule in rules:
        fault(rule)
    site.back()
    with Calm(site):
        if not carried_out:
            wait_paced(site, changes, calls_a_round)
            assert re.search(told, str(site.trouble()))
            assert site.state() == ASLEEP
            for rule in rules:
                site.proxy.remove(rule)
        site.wait(AWAKE, "everything is as it was")
        site.wait_seen_awake()
    assert re.search(told, site.doze.log())
    assert not site.trouble()


# What happens, what the person is told, how often the client repeats it by itself, and whether AWS does what it is asked
# all the same.
OUTAGES = {
    "500": (lambda rule: rule.fail(500, "InternalError", "An internal error has occurred."), "InternalError", 3, False),
    "503 of a load balancer": (
        lambda rule: rule.answer(503, "<html><body>Service Unavailable</body></html>"), "HTTP 503", 3, False),
    "throttling of EC2": (
        lambda rule: rule.fail(503, "RequestLimitExceeded", "Request limit exceeded."), "RequestLimitExceeded", 3, False),
    "throttling of ECS and EKS": (
        lambda rule: rule.fail(400, "ThrottlingException", "Rate exceeded"), "ThrottlingException", 3, False),
    # libcurl by itself repeats the first try where a kept connection loses it before the first byte of the answer.
    "connections reset in the middle": (lambda rule: rule.reset(), "cut short", 3 + 1, True),
    "bodies cut short": (lambda rule: rule.cut_body(), "cut short", 3, True),
    "the page of a hotel's network": (
        lambda rule: rule.answer(200, "<html><body>Please sign in</body></html>"), "does not understand", 1, False),
    "XML of something else": (
        lambda rule: rule.answer(200, "<Hello><World/></Hello>", "text/xml"), "does not understand", 1, False),
}


def hang(make_site):
    """One call never comes back: everything else goes on, and after its deadline it is made again."""
    site = make_site()
    site.start()
    held = site.proxy.on("StopInstances", times=1).hold()
    with Calm(site):
        site.leave()
        held.wait_arrived()
        wait_others_asleep(site, "what does not hang sleeps")
        with site.doze.udp() as client:
            assert client.ask_json("PING")["type"] == "PONG"
        site.wait(ASLEEP, "the call is made again")
        site.wait_seen_asleep()
    _, again = site.proxy.calls("StopInstances")
    assert last_sent(site, "UpdateService", "UpdateNodegroupConfig") < again.at, "and does so meanwhile"
    site.back()
    site.wait(AWAKE, "everything is as it was")


def late_answers(make_site):
    """Answers that take half a minute are waited for: the call is made once, and holds up nothing else."""
    site = make_site()
    site.start()
    late = 30
    site.proxy.on("StopInstances", times=1).delay(late)
    with Calm(site):
        site.leave()
        wait_others_asleep(site, "what is quick sleeps")
        site.wait(ASLEEP, "what is slow sleeps later")
        site.wait_seen_asleep()
    [stop] = site.proxy.calls("StopInstances")
    assert last_sent(site, "UpdateService", "UpdateNodegroupConfig") < stop.at + late, "what is quick does not wait for it"
    site.back()
    site.wait(AWAKE, "everything is as it was")


def no_room_for_a_start(make_site):
    """InsufficientInstanceCapacity comes as HTTP 500: no cause for quick retries, which would only use up the quota."""
    site = make_site()
    site.doze.allowed_errors.append("InsufficientInstanceCapacity")
    site.start()
    site.leave()
    site.wait(ASLEEP, "everything sleeps")
    site.wait_seen_asleep()
    full = site.proxy.on("StartInstances").fail(500, "InsufficientInstanceCapacity", "We have no sufficient capacity.")
    with Calm(site):
        site.back()
        site.wait({**AWAKE, "instance": "stopped"}, "what has room is as it was")
        wait_for(lambda: "InsufficientInstanceCapacity" in site.trouble().get("ec2", ""), "the status says why not")
        wait_for(lambda: {one["kind"] for one in site.resources() if one["step"]} == {"ec2"}, "doze owes nothing but the start")
        site.proxy.remove(full)
        site.wait(AWAKE, "a minute later there is room")
        site.wait_seen_awake()
    assert len(site.proxy.calls("StartInstances")) >= 2
    assert_paused(site, "StartInstances", 50)
    assert not site.trouble()


def a_start_that_fails_afterwards(make_site):
    """StartInstances is answered with 200, and then the instance is stopped again for lack of capacity."""
    site = make_site()
    site.doze.allowed_errors.append("InsufficientInstanceCapacity")
    site.start()
    site.leave()
    site.wait(ASLEEP, "everything sleeps")
    site.wait_seen_asleep()
    site.proxy.fail_starts(times=1)
    with Calm(site):
        site.back()
        wait_for(lambda: "InsufficientInstanceCapacity" in site.trouble().get("ec2", ""), "the status says what became of it")
        site.wait(AWAKE, "the start is tried again")
        site.wait_seen_awake()
    assert len(site.proxy.calls("StartInstances")) == 2
    assert_paused(site, "StartInstances", 50)


def a_wrong_clock(make_site, ahead):
    """AWS's clock is another one: doze takes the time from its answers, and everything works."""
    site = make_site()
    site.proxy.shift_clock(ahead)
    with Calm(site):
        site.start()
        site.leave()
        site.wait(ASLEEP, "everything sleeps")
        site.wait_seen_asleep()
        site.back()
        site.wait(AWAKE, "everything is as it was")
    refused = [call for call in site.proxy.calls() if call.status >= 400]
    assert len(refused) <= 3 * 4, "what was learnt once is not asked again"
    site.doze.wait_log("(?i)clock")


def a_token_that_expires(make_site):
    """The session ends while everything sleeps, and somebody signs in again a while later."""
    site = make_site(credentials="AKIDOLD")
    site.doze.allowed_errors.append("(?i)expired")
    site.start()
    site.leave()
    site.wait_seen_asleep()
    site.proxy.expire_key("AKIDOLD")
    with Calm(site):
        site.back()
        wait_for(lambda: any("xpired" in text for text in site.list_errors().get(site.region, [])), "the list says what is wrong")
        site.doze.wait_log("(?i)expired")
        assert site.state() == ASLEEP
        site.write_key("AKIDNEW")
        site.wait(AWAKE, "with the new credentials everything is as it was")
        site.wait_seen_awake()
        wait_for(lambda: not site.list_errors() and not site.trouble(), "nothing is wrong any more")


def one_region_down(make_site):
    site = make_site(regions=6)
    site.doze.allowed_errors.append(site.region)
    site.start()
    rule = site.proxy.on("*", region=site.region).fail(503, "Unavailable", "The service is unavailable.")
    with Calm(site):
        site.leave()
        for region in site.regions[1:]:
            site.wait(ASLEEP, f"{region} sleeps", region)
        wait_for(lambda: set(site.list_errors()) == {site.region}, "the list names the region")
        assert site.state() == AWAKE
        site.proxy.remove(rule)
        site.wait(ASLEEP, "the region sleeps, too")
        site.wait_seen_asleep()
    site.back()
    for region in site.regions:
        site.wait(AWAKE, f"{region} is as it was", region)


def a_page_token_that_repeats(make_site):
    """A list that never ends is given up; what is registered is found on the page that came."""
    site = make_site()
    site.start()
    site.proxy.repeat_token()
    with Calm(site):
        site.leave()
        wait_for(lambda: "does not understand" in str(site.list_errors().get(site.region)), "the list says that it can't be read")
        site.wait(ASLEEP, "everything sleeps")
        site.back()
        site.wait(AWAKE, "everything is as it was")
        site.proxy.repeat_token(False)
        wait_for(lambda: not site.list_errors(), "the list can be read again")


STORIES = {
    "a hang": hang,
    "answers after half a minute": late_answers,
    "no room for a start": no_room_for_a_start,
    "a start that fails afterwards": a_start_that_fails_afterwards,
    "AWS's clock is ahead": lambda make_site: a_wrong_clock(make_site, 1200),
    "AWS's clock is behind": lambda make_site: a_wrong_clock(make_site, -1200),
    "a token that expires": a_token_that_expires,
    "one region down": one_region_down,
    "a page token that repeats": a_page_token_that_repeats,
    **{name: (lambda make_site, outage=outage: get_over(make_site, *outage)) for name, outage in OUTAGES.items()},
}


@pytest.fixture(scope="module")
def stories(emulator, tmp_path_factory, request):
    """All stories that were asked for, under way: each takes mostly waiting."""
    names = [item.callspec.params["name"] for item in request.session.items
             if item.module is request.module and hasattr(item, "callspec")]
    emulator.reset()
    regions = iter(emulator.client("ec2", "us-east-1").describe_regions(AllRegions=True)["Regions"])
    folder = tmp_path_factory.mktemp("faults")
    sites = []

    def tell(name):
        told = SimpleNamespace(site=None)

        def make_site(regions=1, credentials=None):
            told.site = Site(emulator, folder / re.sub(r"\W+", "-", name), *free[name][:regions], credentials=credentials)
            sites.append(told.site)
            return told.site

        STORIES[name](make_site)
        assert not told.site.doze.unexpected_errors()

    free = {name: [next(regions)["RegionName"] for _ in range(6 if name == "one region down" else 1)] for name in names}
    with ThreadPoolExecutor(len(names)) as pool:
        yield {name: pool.submit(tell, name) for name in names}
    for site in sites:
        site.end()


@pytest.mark.parametrize("name", STORIES)
def test_gets_over(stories, name):
    stories[name].result()
