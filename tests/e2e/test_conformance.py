"""Every operation that doze uses against botocore's models: the requests as botocore would send them, the answers
read as botocore reads them.

Requests are checked in all end-to-end tests (the fixture `proxy`); here a whole day is, and each answer is compared with
what doze makes of it."""
import copy

import pytest
from asleep import ASLEEP, AWAKE, PUT_TO_SLEEP
from conformance import parsed, problems, service_of
from conftest import configure
from sandbox import CLUSTER, NODEGROUP, REGIONS
from waiting import wait_for


def tag(tags, name):
    return next((one["Value"] for one in tags or [] if one["Key"] == name), "")


def instances(call, answer, listed):
    for reservation in answer["Reservations"]:
        for theirs in reservation["Instances"]:
            ours = listed["ec2"][call.region, theirs["InstanceId"]]
            assert ours["name"] == tag(theirs.get("Tags"), "Name")
            assert ours["state"] == theirs["State"]["Name"]
            assert ours["type"] == theirs["InstanceType"]


def names(call, answer, listed, member, kind):
    for one in answer[member]:
        assert (call.region, one.rpartition("/")[2]) in listed[kind]


def services_of_cluster(call, answer, listed):
    for arn in answer["serviceArns"]:
        assert (call.region, CLUSTER, arn.rpartition("/")[2]) in listed["ecs"]


def services(call, answer, listed):
    for theirs in answer["services"]:
        ours = listed["ecs"][call.region, CLUSTER, theirs["serviceName"]]
        assert ours["desired_count"] == theirs["desiredCount"]
        assert ours["running_count"] == theirs["runningCount"]


def clusters(call, answer, listed):
    for theirs in answer["clusters"]:
        assert listed["ecs_clusters"][call.region, theirs["clusterName"]]["status"] == theirs["status"]


def nodegroup_names(call, answer, listed):
    for name in answer["nodegroups"]:
        assert (call.region, CLUSTER, name) in listed["eks"]


def nodegroup(call, answer, listed):
    theirs = answer["nodegroup"]
    ours = listed["eks"][call.region, theirs["clusterName"], theirs["nodegroupName"]]
    size = theirs["scalingConfig"]
    assert (ours["min_size"], ours["desired_size"], ours["max_size"]) == (size["minSize"], size["desiredSize"],
                                                                          size["maxSize"])


def groups(call, answer, listed):
    for theirs in answer["AutoScalingGroups"]:
        ours = listed["autoscaling_groups"][call.region, theirs["AutoScalingGroupName"]]
        assert (ours["min_size"], ours["desired_size"], ours["max_size"]) == (
            theirs["MinSize"], theirs["DesiredCapacity"], theirs["MaxSize"])


def databases(call, answer, listed):
    for theirs in answer["DBInstances"]:
        ours = listed["rds_instances"][call.region, theirs["DBInstanceIdentifier"]]
        assert (ours["state"], ours["engine"], ours["instance_class"]) == (
            theirs["DBInstanceStatus"], theirs["Engine"], theirs["DBInstanceClass"])


def database_clusters(call, answer, listed):
    for theirs in answer["DBClusters"]:
        ours = listed["rds_clusters"][call.region, theirs["DBClusterIdentifier"]]
        assert (ours["state"], ours["engine"]) == (theirs["Status"], theirs["Engine"])


def cluster(call, answer, listed):
    assert (call.region, answer["cluster"]["name"]) in listed["eks_clusters"]


def nothing_is_listed(call, answer, listed):
    """doze reads of it only that it was accepted, or what no list shows."""
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


# An operation that doze comes to use belongs here, with what doze makes of its answer.
ANSWERS = {
    ("ec2", "DescribeInstances"): instances,
    ("ec2", "StopInstances"): nothing_is_listed,
    ("ec2", "StartInstances"): nothing_is_listed,
    ("ec2", "CreateTags"): nothing_is_listed,
    ("ec2", "DeleteTags"): nothing_is_listed,
    ("ec2", "DescribeRegions"): nothing_is_listed,
    ("ec2", "DescribeInstanceAttribute"): nothing_is_listed,
    ("ec2", "DescribeSpotInstanceRequests"): nothing_is_listed,
    ("ecs", "ListClusters"): lambda *all: names(*all, "clusterArns", "ecs_clusters"),
    ("ecs", "DescribeClusters"): clusters,
    ("ecs", "ListServices"): services_of_cluster,
    ("ecs", "DescribeServices"): services,
    ("ecs", "UpdateService"): nothing_is_listed,
    ("ecs", "TagResource"): nothing_is_listed,
    ("ecs", "UntagResource"): nothing_is_listed,
    ("application-autoscaling", "DescribeScalableTargets"): nothing_is_listed,
    ("application-autoscaling", "RegisterScalableTarget"): nothing_is_listed,
    ("eks", "ListClusters"): lambda *all: names(*all, "clusters", "eks_clusters"),
    ("eks", "DescribeCluster"): cluster,
    ("eks", "ListNodegroups"): nodegroup_names,
    ("eks", "DescribeNodegroup"): nodegroup,
    ("eks", "UpdateNodegroupConfig"): nothing_is_listed,
    ("eks", "DescribeUpdate"): nothing_is_listed,
    ("eks", "TagResource"): nothing_is_listed,
    ("eks", "UntagResource"): nothing_is_listed,
    ("autoscaling", "DescribeAutoScalingGroups"): groups,
    ("autoscaling", "SuspendProcesses"): nothing_is_listed,
    ("autoscaling", "UpdateAutoScalingGroup"): nothing_is_listed,
    ("autoscaling", "ResumeProcesses"): nothing_is_listed,
    ("rds", "DescribeDBInstances"): databases,
    ("rds", "StopDBInstance"): nothing_is_listed,
    ("rds", "StartDBInstance"): nothing_is_listed,
    ("rds", "DescribeDBClusters"): database_clusters,
    ("rds", "StopDBCluster"): nothing_is_listed,
    ("rds", "StartDBCluster"): nothing_is_listed,
    ("monitoring", "GetMetricData"): nothing_is_listed,
    ("sts", "GetCallerIdentity"): nothing_is_listed,
}


def listing(doze):
    """What doze lists, by kind and by (region, ..., name)."""
    content = doze.json("list", "all")
    listed = {"ec2": {(one["region"], one["id"]): one for one in content["ec2_instances"]},
              "ecs": {}, "eks": {}, "ecs_clusters": {}, "eks_clusters": {}}
    for kind in ("autoscaling_groups", "rds_instances", "rds_clusters"):
        listed[kind] = {(one["region"], one["name"]): one for one in content[kind]}
    for one in content["ecs_clusters"]:
        listed["ecs_clusters"][one["region"], one["name"]] = one
        listed["ecs"].update({(one["region"], one["name"], inner["name"]): inner for inner in one["services"]})
    for one in content["eks_clusters"]:
        listed["eks_clusters"][one["region"], one["name"]] = one
        listed["eks"].update({(one["region"], one["name"], inner["name"]): inner for inner in one["nodegroups"]})
    return listed


def surveyed(doze):
    """Everything was listed, which doze does for those who ask."""
    doze.json("list", "all")
    regions = doze.json("status")["regions"]
    return regions and all(region["age_seconds"] is not None for region in regions)


def compare(calls, listed):
    unknown = {(service_of(call), call.operation) for call in calls} - set(ANSWERS)
    assert not unknown, f"{unknown}: say in ANSWERS what doze makes of them"
    for call in calls:
        if 200 <= call.status < 300:  # 0: it has no answer yet.
            ANSWERS[service_of(call), call.operation](call, parsed(call), listed)


@pytest.fixture
def alone(doze, company, screen):
    """Looks by itself only at its start, so that what it lists is what it was answered."""
    configure(doze, company, check_minutes=60)
    return doze


def test_reads_what_botocore_reads(alone, company, proxy):
    alone.start()
    wait_for(lambda: surveyed(alone), "doze has looked everywhere")
    listed = listing(alone)
    compare(proxy.calls(), listed)
    # And nothing else is listed than what is there.
    assert {item["id"] for item in listed["ec2"].values() if not item["guard"] or "group" not in item["guard"]} == set(
        company.ids.values())
    assert set(listed["eks"]) == {(REGIONS[1], CLUSTER, NODEGROUP)}
    assert {name for _, _, name in listed["ecs"]} == {"web", "worker", "cron"}


def test_asks_as_botocore_asks_all_day(doze, company, proxy, screen):
    doze.start()
    wait_for(lambda: surveyed(doze), "doze has looked everywhere")
    assert doze.cli("register", company.ids["ci"]).returncode == 0
    assert doze.cli("unregister", company.ids["ci"]).returncode == 0
    doze.leave()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    wait_for(lambda: doze.asleep() == PUT_TO_SLEEP, "doze has seen everything asleep")
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")
    wait_for(doze.owes_nothing, "doze has seen everything awake")
    calls = proxy.record()
    assert not problems(calls, proxy.secrets)
    assert {(service_of(call), call.operation) for call in calls} <= set(ANSWERS)
    for call in calls:
        if 200 <= call.status < 300:
            parsed(call)


# The checks themselves: what is wrong must be found, or they prove nothing.

def altered(call, **changes):
    other = copy.deepcopy(call)
    for name, value in changes.items():
        setattr(other, name, value)
    return other


@pytest.fixture
def recorded(alone, proxy):
    alone.start()
    wait_for(lambda: surveyed(alone), "doze has looked everywhere")
    calls = {(call.service, call.operation): call for call in proxy.calls() if call.status}
    assert not problems(calls.values(), proxy.secrets)
    return calls


def test_finds_what_is_wrong(recorded, proxy):
    ec2, ecs = recorded["ec2", "DescribeInstances"], recorded["ecs", "DescribeServices"]
    eks, sts = recorded["eks", "ListNodegroups"], recorded["sts", "GetCallerIdentity"]
    wrong = {
        "an unknown parameter": altered(ec2, body=ec2.body + "&Colour=blue"),
        "a parameter of the wrong type": altered(ec2, body=ec2.body.replace("MaxResults=1000", "MaxResults=many")),
        "an unknown operation": altered(ec2, body=ec2.body.replace("DescribeInstances", "DescribeFeelings")),
        "another version": altered(ec2, body=ec2.body.replace("2016-11-15", "2015-10-01")),
        "an unknown member": altered(ecs, body=ecs.body.replace('"cluster"', '"Cluster"')),
        "a member of the wrong type": altered(ecs, body=ecs.body.replace('["TAGS"]', '"TAGS"')),
        "another target": altered(ecs, headers={**ecs.headers, "x-amz-target": "Other.DescribeServices"}),
        "another content type": altered(ecs, headers={**ecs.headers, "content-type": "application/json"}),
        "an unknown path": altered(eks, path=eks.path.replace("node-groups", "nodegroups")),
        "another method": altered(eks, method="POST"),
        "an unknown query": altered(eks, path=eks.path.partition("?")[0] + "?limit=1"),
        "a signature of something else": altered(sts, headers={**sts.headers, "x-amz-date": "20260101T000000Z"}),
        "no signature": altered(sts, headers={**sts.headers, "authorization": ""}),
    }
    for what, call in wrong.items():
        assert len(problems([call], proxy.secrets)) == 1, what


def test_finds_a_wrong_secret(recorded):
    calls = list(recorded.values())
    assert len(problems(calls, {"sandbox": "another"})) == len({(call.service, call.operation) for call in calls})


def test_finds_an_operation_without_a_comparison(recorded):
    stranger = altered(recorded["ec2", "DescribeInstances"], operation="DescribeVolumes")
    with pytest.raises(AssertionError, match="DescribeVolumes"):
        compare([stranger], {})


def test_finds_what_doze_read_otherwise(recorded, alone):
    listed = listing(alone)
    for one in listed["eks"].values():
        one["desired_size"] += 1
    with pytest.raises(AssertionError):
        compare(recorded.values(), listed)
