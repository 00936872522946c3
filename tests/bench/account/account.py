"""Stop and start of 500 instances, 100 services and 40 node groups in six regions, by the real daemon, in an account with
AWS's token buckets: how many calls it makes beside the least possible, how many are throttled, how long it takes.

The least that could change everything: an EC2 call per region (per region, instance type and zone for starts, so that a
lack of capacity in one pool holds up no other), a call per service and per node group. The least that could see the new
state: one look at each when it is there, 200 instances, 10 services (and 50 of their scalable targets) a call.
"""
import json
import math
import time

from account.simulated_account import CLUSTER, Account
from daemon import Doze, make_settings
from figures import row
from listing.pages import REGIONS
from claims import free_port
from waiting import wait_for

INSTANCES, SERVICES, NODEGROUPS = 500, 100, 40
CHANGES = ("StopInstances", "StartInstances", "UpdateService", "UpdateNodegroupConfig")
LOOKS = ("DescribeInstances", "DescribeServices", "DescribeScalableTargets", "DescribeNodegroup")


def spread(count):
    """As evenly over the regions as it goes."""
    return [count // len(REGIONS) + (index < count % len(REGIONS)) for index in range(len(REGIONS))]


def regions():
    return {region: {"instances": instances, "services": services, "nodegroups": nodegroups}
            for region, instances, services, nodegroups
            in zip(REGIONS, spread(INSTANCES), spread(SERVICES), spread(NODEGROUPS))}


def services_yaml(account):
    lines = ["ec2_instances:"]
    lines += [f"  - {{instance_id: {one}, region: {region}}}" for region, all_of in account.instances.items() for one in all_of]
    lines.append("ecs_services:")
    lines += [f"  - {{cluster_name: {CLUSTER}, service_name: {name}, region: {region}}}"
              for region, all_of in account.services.items() for name in all_of]
    lines.append("eks_nodegroups:")
    lines += [f"  - {{cluster_name: {CLUSTER}, nodegroup_name: {name}, region: {region}, desired_size: 2}}"
              for region, all_of in account.nodegroups.items() for name in all_of]
    return "\n".join(lines) + "\n"


def least_changes(account, start):
    pools = {(region, one.type, one.zone) if start else region
             for region, all_of in account.instances.items() for one in all_of.values()}
    return len(pools) + SERVICES + NODEGROUPS


def least_looks():
    return (sum(math.ceil(count / 200) for count in spread(INSTANCES)) +
            sum(math.ceil(count / 10) + math.ceil(count / 50) for count in spread(SERVICES)) + NODEGROUPS)


def play(doze, account, command, phase):
    """Gives the command and waits until doze has seen all of it come true."""
    account.reset_counts()
    begun = time.monotonic()
    done = doze.cli(command)
    assert done.returncode == 0, done.stderr
    counts = wait_for(lambda: (counts := doze.json("status")["counts"])[phase] == counts["registered"] and counts,
                      f"everything is {phase}", seconds=600, pause=0.2)
    seconds = time.monotonic() - begun
    assert counts["trouble"] == 0, doze.log()
    return seconds, account.calls.copy(), account.throttled.copy()


def tell(name, figures, least, looks):
    seconds, calls, throttled = figures
    changes, seen = (sum(calls[one] for one in names) for names in (CHANGES, LOOKS))
    refused = sum(throttled.values())
    row(name, changes, least, f"{changes / least:.2f}", seen, looks, f"{refused} of {sum(calls.values())}", f"{seconds:.0f} s")


def measure(folder):
    account = Account(regions())
    doze = Doze(folder, {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_ENDPOINT_URL": account.endpoint})
    doze.port = free_port()
    (doze.config / "settings.json").write_text(json.dumps(make_settings(doze.port, 600, 60, aws={"regions": REGIONS})))
    (doze.config / "services.yaml").write_text(services_yaml(account))
    total = INSTANCES + SERVICES + NODEGROUPS
    try:
        doze.start()
        wait_for(lambda: doze.json("status")["counts"]["awake"] == total, "doze has seen everything awake")
        print(f"\nAn account with AWS's token buckets: {INSTANCES} instances, {SERVICES} services, {NODEGROUPS} node groups in "
              f"{len(REGIONS)} regions")
        row("", "changes", "least", "ratio (aim 1.1)", "looks", "least", "throttled (0)", "until seen")
        tell("away: everything asleep", play(doze, account, "away", "asleep"), least_changes(account, False), least_looks())
        tell("back: everything as it was", play(doze, account, "back", "awake"), least_changes(account, True), least_looks())
    finally:
        doze.end()
        account.close()
