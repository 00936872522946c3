"""Bad days at AWS, each with a daemon, a proxy and a region of its own, and all of them at once.

Whatever happens: nothing is lost (boto3 says so), nothing is called without a pause, and the person is told.
"""
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from daemon import Doze, free_udp_port, make_settings
from fault_proxy import FaultProxy
from sandbox import KEY_ID, SECRET
from waiting import wait_for

CLUSTER = "dev"
AWAKE = {"instance": "running", "service": 2, "nodegroup": (1, 2, 4)}
ASLEEP = {"instance": "stopped", "service": 0, "nodegroup": (0, 0, 4)}
CHANGES = ("StopInstances", "StartInstances", "UpdateService", "UpdateNodegroupConfig")

# A call that fails is made again after two seconds, then after four more (core/plan/pauses.hpp); and the client may make it
# three times each time. What is on its way is looked at after half a second, one, two, ...
FIRST_PAUSES = 2 + 4
CALLS_A_SECOND = 3
# Two rounds of three tries, three times: libcurl by itself repeats what a kept connection loses, and the lists may ask too.
# A loop without pauses makes hundreds.
MOST_SOON = 2 * 3 * 3


class Site:
    """An instance, a service and a node group in `regions`, and a daemon that looks after those in the first."""

    def __init__(self, emulator, folder, *regions, credentials=None):
        self.emulator, self.region, self.regions = emulator, regions[0], regions
        self.proxy = FaultProxy(emulator.endpoint)
        environment = emulator.environment(self.proxy.endpoint)
        if credentials is not None:
            del environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
        self.doze = Doze(folder, environment)
        self.doze.port = free_udp_port()
        if credentials is not None:
            self.write_key(credentials)
        services = {"ec2_instances:": [], "ecs_services:": [], "eks_nodegroups:": []}
        self.instances = {region: self._fill(region) for region in regions}
        for region in regions:
            services["ec2_instances:"].append(f"  - {{instance_id: {self.instances[region]}, region: {region}}}")
            services["ecs_services:"].append(f"  - {{cluster_name: {CLUSTER}, service_name: web, region: {region}}}")
            services["eks_nodegroups:"].append(
                f"  - {{cluster_name: {CLUSTER}, nodegroup_name: workers, region: {region}, desired_size: 2}}")
        text = "".join("\n".join([head, *lines]) + "\n" for head, lines in services.items())
        settings = make_settings(self.doze.port, aws={"regions": list(regions)})
        emulator.write_config(self.doze.config, settings, text)

    def write_key(self, key):
        """A profile as a sign-in writes it."""
        folder = self.doze.folder / ".aws"
        folder.mkdir(exist_ok=True)
        (folder / "new").write_text(
            f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET}\naws_session_token = token\n")
        (folder / "new").rename(folder / "credentials")

    def _fill(self, region):
        ecs, eks = (self.emulator.client(service, region) for service in ("ecs", "eks"))
        ecs.create_cluster(clusterName=CLUSTER)
        ecs.register_task_definition(family="dev", containerDefinitions=[
            {"name": "main", "image": "dev:latest", "memory": 128, "cpu": 64, "essential": True}])
        ecs.create_service(cluster=CLUSTER, serviceName="web", taskDefinition="dev", desiredCount=AWAKE["service"])
        role = "arn:aws:iam::123456789012:role/sandbox"
        eks.create_cluster(name=CLUSTER, roleArn=role, resourcesVpcConfig={"subnetIds": ["subnet-1", "subnet-2"]})
        eks.create_nodegroup(clusterName=CLUSTER, nodegroupName="workers", subnets=["subnet-1"], nodeRole=role,
                             scalingConfig=dict(zip(("minSize", "desiredSize", "maxSize"), AWAKE["nodegroup"])))
        return self.emulator.launch(f"web-{region}", region)

    def end(self):
        self.doze.end()
        self.proxy.close()

    # -- what is ------------------------------------------------------------------------------------------------------

    def state(self, region=None):
        """What boto3 says, asked past the proxy."""
        region = region or self.region
        ec2, ecs, eks = (self.emulator.client(service, region) for service in ("ec2", "ecs", "eks"))
        found = ec2.describe_instances(InstanceIds=[self.instances[region]])["Reservations"][0]["Instances"][0]
        service = ecs.describe_services(cluster=CLUSTER, services=["web"])["services"][0]
        size = eks.describe_nodegroup(clusterName=CLUSTER, nodegroupName="workers")["nodegroup"]["scalingConfig"]
        return {"instance": found["State"]["Name"], "service": service["desiredCount"],
                "nodegroup": (size["minSize"], size["desiredSize"], size["maxSize"])}

    def wait(self, state, what, region=None):
        wait_for(lambda: self.state(region) == state, what, pause=0.3)

    def list_errors(self):
        """What a client is told with the lists: region -> texts."""
        told = {}
        for kind in ("EC2", "ECS", "EKS"):
            with self.doze.udp() as client:
                for error in client.ask_json(f"AWS_{kind}_LIST")["content"]["errors"]:
                    told.setdefault(error["region"], []).append(error["message"])
        return told

    def resources(self):
        return self.doze.json("status")["resources"]

    def trouble(self):
        """What the status says is wrong with the registered resources: kind -> text."""
        return {one["kind"]: one["trouble"] for one in self.resources() if one["trouble"]}

    # -- what happens -------------------------------------------------------------------------------------------------

    def start(self):
        self.doze.start()
        wait_for(lambda: [one["phase"] for one in self.resources()] == ["awake"] * 3 * len(self.regions),
                 "doze has seen everything awake")
        # The lists are asked for with some of the same calls, which a test must not take for repetitions of its own.
        wait_for(lambda: {one["region"] for one in self.doze.json("status")["regions"] if one["age_seconds"] is not None}
                 == set(self.regions), "the lists have been read")

    def leave(self):
        self.doze.leave()

    def back(self):
        wait_for(lambda: self.doze.cli("back").returncode == 0 and self.doze.presence() != "away", "doze heard of the return")

    def wait_seen_asleep(self):
        wait_for(lambda: all(one["asleep"] for one in self.resources()), "doze has seen everything asleep")

    def wait_seen_awake(self):
        wait_for(lambda: all(one["step"] is None for one in self.resources()), "doze has seen everything awake and owes nothing")


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


# -- the stories -----------------------------------------------------------------------------------------------------

def wait_paced(site, operations):
    """Waits until each of these is tried again after a while, and holds the pauses until then against doze's word."""
    begun = {operation: len(site.proxy.calls(operation)) for operation in operations}

    def times(operation):
        return [call.at for call in site.proxy.calls(operation)][begun[operation]:]

    for operation in operations:
        def after_the_first():
            return [at - times(operation)[0] for at in times(operation)]
        wait_for(lambda: times(operation) and after_the_first()[-1] >= FIRST_PAUSES, f"{operation} is tried again")
        soon = sum(span < FIRST_PAUSES for span in after_the_first())
        assert soon <= MOST_SOON, f"{soon} calls of {operation} within {FIRST_PAUSES} s"


def get_over(make_site, fault, told, carried_out):
    """Whatever is asked fails while the person leaves, and whatever is changed while they come back."""
    site = make_site()
    site.doze.allowed_errors.append(".*")  # Each resource's trouble is told once.
    site.start()

    rule = site.proxy.on("*")
    fault(rule)
    site.leave()
    with Calm(site):
        wait_paced(site, ("DescribeScalableTargets", "DescribeNodegroup"))
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
            wait_paced(site, changes)
            assert re.search(told, str(site.trouble()))
            assert site.state() == ASLEEP
            for rule in rules:
                site.proxy.remove(rule)
        site.wait(AWAKE, "everything is as it was")
        site.wait_seen_awake()
    assert re.search(told, site.doze.log())
    assert not site.trouble()


# What happens, what the person is told, and whether AWS does what it is asked all the same.
OUTAGES = {
    "500": (lambda rule: rule.fail(500, "InternalError", "An internal error has occurred."), "InternalError", False),
    "503 of a load balancer": (
        lambda rule: rule.answer(503, "<html><body>Service Unavailable</body></html>"), "HTTP 503", False),
    "throttling of EC2": (
        lambda rule: rule.fail(503, "RequestLimitExceeded", "Request limit exceeded."), "RequestLimitExceeded", False),
    "throttling of ECS and EKS": (
        lambda rule: rule.fail(400, "ThrottlingException", "Rate exceeded"), "ThrottlingException", False),
    "connections reset in the middle": (lambda rule: rule.reset(), "cut short", True),
    "bodies cut short": (lambda rule: rule.cut_body(), "cut short", True),
    "the page of a hotel's network": (
        lambda rule: rule.answer(200, "<html><body>Please sign in</body></html>"), "does not understand", False),
    "XML of something else": (
        lambda rule: rule.answer(200, "<Hello><World/></Hello>", "text/xml"), "does not understand", False),
}


def hang(make_site):
    """One call never comes back: everything else goes on, and after its deadline it is made again."""
    site = make_site()
    site.start()
    held = site.proxy.on("StopInstances", times=1).hold()
    with Calm(site):
        site.leave()
        held.wait_arrived()
        site.wait({**ASLEEP, "instance": "running"}, "what does not hang sleeps")
        with site.doze.udp() as client:
            assert client.ask_json("PING")["type"] == "PONG"
        site.wait(ASLEEP, "the call is made again")
        site.wait_seen_asleep()
    assert len(site.proxy.calls("StopInstances")) == 2
    site.back()
    site.wait(AWAKE, "everything is as it was")


def late_answers(make_site):
    """Answers that take half a minute are waited for: the call is made once, and holds up nothing else."""
    site = make_site()
    site.start()
    site.proxy.on("StopInstances", times=1).delay(30)
    with Calm(site):
        site.leave()
        site.wait({**ASLEEP, "instance": "running"}, "what is quick sleeps at once")
        site.wait(ASLEEP, "what is slow sleeps later")
        site.wait_seen_asleep()
    assert len(site.proxy.calls("StopInstances")) == 1
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
        assert len(site.proxy.calls("StartInstances")) == 1
        site.proxy.remove(full)
        site.wait(AWAKE, "a minute later there is room")
        site.wait_seen_awake()
    assert len(site.proxy.calls("StartInstances")) == 2
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
        assert site.state()["instance"] == "stopped"
        site.wait(AWAKE, "the start is tried again")
        site.wait_seen_awake()
    assert len(site.proxy.calls("StartInstances")) == 2


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
