"""The least IAM policy: a user with exactly it can do everything, and one with an action less is told which."""
import json

import pytest
from asleep import ASLEEP, AWAKE
from conftest import configure
from strict_aws import access_control, actions, allow, allows, asked_for, make_user, without
from waiting import wait_for

CHANGING = {
    "ec2:StopInstances": lambda company: ["stop", company.ids["web"]],
    "ec2:StartInstances": lambda company: ["start", company.ids["batch"]],
    "ecs:UpdateService": lambda company: ["stop", "ecs:dev/web"],
    "autoscaling:UpdateAutoScalingGroup": lambda company: ["stop", "asg:fleet"],
    "rds:StopDBInstance": lambda company: ["stop", "rds:orders"],
    "rds:StopDBCluster": lambda company: ["stop", "rds-cluster:ledger"],
}


def but_eks(states):
    """The emulator's access control takes no correct signature of a GET, and EKS is asked by those."""
    return {name: state for name, state in states.items() if not name.startswith("eks ")}


# What can't be tried without doing it.
WITHOUT_PROOF = {"ecs:UpdateService", "application-autoscaling:RegisterScalableTarget", "autoscaling:SuspendProcesses",
                 "autoscaling:UpdateAutoScalingGroup", "autoscaling:ResumeProcesses", "rds:StopDBInstance",
                 "rds:StartDBInstance", "rds:StopDBCluster", "rds:StartDBCluster"}


def policy_of(doze, *arguments):
    done = doze.cli("iam-policy", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def policy(doze):
    return policy_of(doze)


@pytest.fixture
def strict(company, policy, monkeypatch):
    """From now on only users are let in; the user `dev` has exactly the policy. Their keys."""
    monkeypatch.setattr(company, "nodegroup_size", lambda: ())
    keys = make_user(company, "dev", policy)
    with access_control(company):
        yield keys


@pytest.fixture
def user(strict, doze):
    """The daemon of the user `dev`, configured but not started."""
    doze.environment.update(strict)
    # The policy is for what is registered; lists of other kinds stay empty.
    doze.allowed_errors = [r"is not allowed|not authorized|eks"]
    return doze


def test_it_names_what_is_registered_and_nothing_else(policy, company):
    text = json.dumps(policy)
    for name in ("web", "db", "batch", "api"):
        assert f":instance/{company.ids[name]}\"" in text
    for name in ("shop-db", "ci"):
        assert company.ids[name] not in text
    assert "arn:aws:ecs:us-east-1:123456789012:service/dev/web" in text
    assert "arn:aws:eks:ap-northeast-2:123456789012:nodegroup/dev/workers/*" in text
    assert policy["Version"] == "2012-10-17"
    assert len(set(actions(policy))) == len(actions(policy))


def test_it_needs_no_daemon_no_aws_and_says_what_it_does_not_know(make_doze, company):
    doze = make_doze()
    configure(doze, company)
    done = doze.cli("iam-policy", "--json")
    assert done.returncode == 0
    assert ":*:instance/" in done.stdout, "any account"
    assert "account is not known" in done.stderr and "credentials" in done.stderr


def test_without_registrations_it_says_what_to_do(doze, company):
    configure(doze, company, services="ec2_instances: []\n")
    done = doze.cli("iam-policy")
    assert done.returncode == 1 and not done.stdout
    assert "--all" in done.stderr
    everything = policy_of(doze, "--all")
    assert "arn:aws:ec2:*:123456789012:instance/*" in json.dumps(everything)


def test_a_broken_file_gets_no_policy(doze, company):
    configure(doze, company, services="ec2_instances:\n  - instance_id: [\n")
    done = doze.cli("iam-policy")
    assert done.returncode == 1 and not done.stdout
    assert "services.yaml:" in done.stderr


def test_each_profile_has_a_policy_of_its_own(doze, company):
    services = company.services_yaml().replace("autoscaling_groups:", (
        "  - cluster_name: other\n    nodegroup_name: theirs\n    region: eu-west-1\n    profile: work\n"
        "autoscaling_groups:"))
    configure(doze, company, services=services)
    (doze.folder / ".aws").mkdir()
    (doze.folder / ".aws" / "credentials").write_text("[work]\naws_access_key_id = a\naws_secret_access_key = b\n")
    assert "theirs" not in json.dumps(policy_of(doze))
    assert "--profile work" in doze.cli("iam-policy").stderr
    work = json.dumps(policy_of(doze, "--profile", "work"))
    assert "nodegroup/other/theirs/*" in work and "instance/" not in work


def test_it_says_what_each_action_is_for(doze):
    done = doze.cli("iam-policy", "--explain")
    for word in ("ec2:StopInstances", "To put it to sleep.", "eks:UpdateNodegroupConfig", "To wake it."):
        assert word in done.stderr
    assert not doze.cli("iam-policy").stderr, "a program's stderr stays quiet"


def test_one_that_is_too_long_for_iam_is_told(doze, company):
    many = "ec2_instances:\n" + "".join(
        f"  - instance_id: i-{number:017x}\n    region: us-east-1\n" for number in range(200))
    configure(doze, company, services=many)
    done = doze.cli("iam-policy")
    assert done.returncode == 0 and json.loads(done.stdout)
    assert "6144" in done.stderr


def test_exactly_it_is_enough_for_a_whole_day(user, policy, company, proxy, screen):
    user.start()
    wait_for(lambda: {"ec2 web", "ecs web"} <= set(user.items()), "the first look at AWS is done")
    user.leave()
    wait_for(lambda: but_eks(company.states()) == but_eks(ASLEEP), "everything registered sleeps")
    user.return_to(screen)
    wait_for(lambda: but_eks(company.states()) == but_eks(AWAKE), "everything is as it was")
    registered = {"ec2", "ecs", "autoscaling", "rds"}

    def used():
        return {one for call in proxy.calls() if call.service in registered for one in asked_for(call)}

    narrowed = {action for action in actions(policy) if action.split(":")[0] in registered}
    idle = {"ec2:DescribeInstanceAttribute", "ec2:DescribeSpotInstanceRequests", "ec2:DescribeRegions"}
    wait_for(lambda: narrowed - {action for action, _ in used()} <= idle, "what the policy allows is used")
    assert not [one for one in used() if not allows(policy, *one)], "what the policy narrows is what doze touches"


@pytest.mark.parametrize("action", CHANGING)
def test_one_action_less_is_named(user, policy, company, action):
    allow(company, "dev", without(policy, action))
    user.start()
    wait_for(lambda: {"ec2 web", "ecs web"} <= set(user.items()), "the first look at AWS is done")
    done = user.cli(*CHANGING[action](company))
    assert done.returncode == 1
    assert "ACCESS_DENIED" in done.stderr and action in done.stderr
    others = [other for other in actions(policy) if other != action]
    assert not [other for other in others if other in done.stderr], "and no other"


def test_the_doctor_names_each_action_that_is_missing(user, policy, company):
    def missing():
        findings = json.loads(user.cli("doctor", "--json", "--within", "100").stdout)["findings"]
        lines = [one for one in findings if one["area"] == "permissions" and one["state"] in ("warn", "fail")
                 and "eks:" not in one["what"]]
        return {one["what"] for one in lines}

    assert missing() == set()
    for action in actions(policy):
        if action.startswith("eks:") or action in WITHOUT_PROOF:
            continue
        allow(company, "dev", without(policy, action))
        assert missing() == {action}
