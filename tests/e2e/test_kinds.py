"""Auto Scaling groups, RDS instances and Aurora clusters: put to sleep and brought back exactly as they were. boto3, and
not doze, is asked what they are."""
import pytest
from asleep import ASLEEP, AWAKE, PUT_TO_SLEEP
from conftest import configure
from sandbox import (DATABASE, DATABASE_CLUSTER, DATABASE_REGION, GROUP, GROUP_REGION, GROUP_SIZE, GROUP_SUSPENDED)
from waiting import wait_for

SUSPENDED_ASLEEP = {"AlarmNotification", "AZRebalance", "InstanceRefresh", "ReplaceUnhealthy", "ScheduledActions"}


def autoscaling(company):
    return company.client("autoscaling", GROUP_REGION)


def group_size(company):
    group = company.group()
    return {name: group[name] for name in GROUP_SIZE}


def wait_for_states(company, states, what):
    wait_for(lambda: company.states() == states, f"{what}; it is {company.states()}")


def test_they_sleep_while_the_person_is_away_and_are_exactly_as_they_were_after(doze, company, screen):
    doze.start()
    assert len(company.group()["Instances"]) == 2
    doze.leave()
    wait_for_states(company, ASLEEP, "everything registered sleeps")
    assert not company.group()["Instances"]
    assert company.suspended_processes() == SUSPENDED_ASLEEP
    wait_for(lambda: doze.asleep() == PUT_TO_SLEEP, "doze has seen everything asleep")
    doze.return_to(screen)
    wait_for_states(company, AWAKE, "everything is as it was")
    assert group_size(company) == GROUP_SIZE
    assert company.suspended_processes() == {GROUP_SUSPENDED}
    assert len(company.group()["Instances"]) == 2
    wait_for(lambda: not doze.asleep(), "doze holds nothing for asleep any more")


@pytest.mark.parametrize("moment", ["before the size goes down", "after it went down but before the answer"])
def test_killed_between_the_two_calls_of_a_groups_sleep(doze, company, proxy, screen, moment):
    rule = proxy.on("UpdateAutoScalingGroup")
    rule.hold() if moment.startswith("before") else rule.hold_answer()
    doze.start()
    doze.leave()
    rule.wait_arrived()
    assert company.suspended_processes() == SUSPENDED_ASLEEP
    doze.kill()
    proxy.clear()
    doze.start()
    doze.return_to(screen)
    wait_for_states(company, AWAKE, "everything is as it was")
    assert group_size(company) == GROUP_SIZE
    assert company.suspended_processes() == {GROUP_SUSPENDED}


def test_killed_between_the_two_calls_of_a_groups_wake(doze, company, proxy, screen):
    doze.start()
    doze.leave()
    wait_for(lambda: doze.asleep() == PUT_TO_SLEEP, "doze has seen everything asleep")
    rule = proxy.on("ResumeProcesses").hold()
    doze.return_to(screen)
    rule.wait_arrived()
    assert group_size(company) == GROUP_SIZE
    assert company.suspended_processes() == SUSPENDED_ASLEEP
    doze.kill()
    proxy.clear()
    doze.start()
    wait_for_states(company, AWAKE, "the wake is completed")
    assert company.suspended_processes() == {GROUP_SUSPENDED}


def test_a_group_that_may_not_be_resized_keeps_its_scaling(doze, company, proxy):
    doze.allowed_errors.append("putting to sleep asg:us-east-1:fleet: AWS refused UpdateAutoScalingGroup")
    proxy.on("UpdateAutoScalingGroup").fail(403, "AccessDenied", "User: dev is not authorized to perform this.")
    doze.start()
    doze.leave()
    doze.wait_log("asg:us-east-1:fleet stays awake")
    wait_for(lambda: company.suspended_processes() == {GROUP_SUSPENDED}, "its processes run again")
    assert group_size(company) == GROUP_SIZE


def test_a_bound_that_somebody_set_while_a_group_slept_is_theirs(doze, company, screen):
    doze.start()
    doze.leave()
    wait_for(lambda: doze.asleep() == PUT_TO_SLEEP, "doze has seen everything asleep")
    autoscaling(company).update_auto_scaling_group(AutoScalingGroupName=GROUP, MaxSize=3)
    doze.return_to(screen)
    wait_for_states(company, {**AWAKE, "asg fleet": "1/2/3, 1 suspended"}, "all but that bound is as it was")


def test_members_are_listed_with_why_they_are_not_touched(doze, company):
    doze.start()
    wait_for(lambda: f"rds {DATABASE}" in doze.items(), "doze has seen the databases")
    items = doze.items()
    assert items[f"rds {DATABASE_CLUSTER}-1"]["guard"] == (
        f"It belongs to the cluster {DATABASE_CLUSTER}, which is stopped and started as a whole. "
        "Register the cluster instead.")
    members = {instance["InstanceId"] for instance in company.group()["Instances"]}
    guards = {item["id"]: item["guard"] for item in doze.json("list", "ec2")["instances"]}
    assert all(GROUP in guards[member] for member in members)
    refused = doze.cli("register", f"rds:{DATABASE_REGION}:{DATABASE_CLUSTER}-1")
    assert refused.returncode != 0
    assert "Register the cluster instead." in refused.stderr


def test_they_are_listed_with_their_details(doze, company):
    doze.start()
    wait_for(lambda: f"rds {DATABASE}" in doze.items(), "doze has seen the databases")
    items = doze.items()
    group, database, cluster = items[f"asg {GROUP}"], items[f"rds {DATABASE}"], items[f"rds-cluster {DATABASE_CLUSTER}"]
    assert (group["state"], group["min_size"], group["desired_size"], group["max_size"], group["instances"]) == (
        "active", 1, 2, 4, 2)
    assert (database["state"], database["engine"], database["instance_class"], database["multi_az"]) == (
        "available", "postgres", "db.t4g.micro", "no")
    assert database["endpoint"].endswith(":5432")
    assert (cluster["engine"], cluster["engine_mode"], cluster["members"]) == ("aurora-postgresql", "provisioned", 1)
    assert all(item["managed"] for item in (group, database, cluster))


def test_they_are_ordered_and_registered_by_hand_too(doze, company):
    configure(doze, company, services="")
    doze.start()
    with doze.udp() as client:
        for command in (f"REGISTER_ASG:{GROUP}:{GROUP_REGION}", f"REGISTER_RDS:{DATABASE}:{DATABASE_REGION}",
                        f"REGISTER_RDS_CLUSTER:{DATABASE_CLUSTER}:{DATABASE_REGION}",
                        f"STOP_RDS:{DATABASE}:{DATABASE_REGION}",
                        f"STOP_RDS_CLUSTER:{DATABASE_CLUSTER}:{DATABASE_REGION}",
                        f"SCALE_ASG:{GROUP}:{GROUP_REGION}:3"):
            answer = client.ask(command)
            assert answer["status"] == "success", answer
            if command.startswith("REGISTER_ASG"):
                assert "terminates its instances" in answer["message"]
        sized = {**AWAKE, "asg fleet": "1/3/4, 1 suspended", "rds orders": "stopped", "rds-cluster ledger": "stopped"}
        wait_for_states(company, sized, "the orders are carried out")
        assert client.ask(f"STOP_ASG:{GROUP}:{GROUP_REGION}")["status"] == "success"
        wait_for(lambda: company.states()["asg fleet"] == "0/0/0, 5 suspended", "the group is empty")
        wait_for(lambda: doze.items()[f"asg {GROUP}"]["state"] == "empty", "doze has seen that")
    for target in (f"asg:{GROUP}", f"rds:{DATABASE}", f"rds-cluster:{DATABASE_CLUSTER}"):
        done = doze.cli("start", target)
        assert done.returncode == 0, done.stderr
    wait_for_states(company, {**AWAKE, "asg fleet": "1/3/4, 1 suspended"}, "all three are back")
