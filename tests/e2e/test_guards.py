"""Guards and holds that need AWS: what must not be touched is not, what works stays awake, and scaling is held."""
import datetime
import json

from conftest import configure
from waiting import wait_for

REGION = "us-east-1"


def registration(doze, target, *options):
    done = doze.cli("register", target, "--json", *options)
    return done.returncode, json.loads(done.stdout)


def test_a_stop_protected_instance_is_refused_at_the_registration(doze, company, proxy):
    ec2 = company.client("ec2", REGION)
    instance = company.launch("protected", REGION)
    ec2.modify_instance_attribute(InstanceId=instance, DisableApiStop={"Value": True})
    doze.start()
    code, answer = registration(doze, f"ec2:{REGION}:{instance}")
    assert (code, answer["error"]) == (1, "GUARDED")
    assert "stop protection" in answer["message"]
    assert instance not in json.dumps(doze.json("registered"))


def test_protection_that_came_later_holds_up_no_other(doze, company, proxy, screen):
    ec2 = company.client("ec2", REGION)
    instance = company.launch("protected", REGION)
    other = company.launch("plain", REGION)
    doze.allowed_errors = ["disableApiStop|top protection"]
    doze.start()
    for one in (instance, other):
        assert registration(doze, f"ec2:{REGION}:{one}")[0] == 0
    ec2.modify_instance_attribute(InstanceId=instance, DisableApiStop={"Value": True})
    doze.leave()

    def state(one):
        return ec2.describe_instances(InstanceIds=[one])["Reservations"][0]["Instances"][0]["State"]["Name"]
    wait_for(lambda: state(other) == "stopped", "the other sleeps")
    doze.wait_log(f"{instance}.*top protection")
    assert state(instance) == "running"
    assert len([call for call in proxy.calls() if call.operation == "StopInstances" and instance in call.body]) <= 3


def test_the_scaling_of_a_service_is_held_while_it_sleeps(doze, company, proxy, screen):
    scaling = company.client("application-autoscaling", REGION)
    name = "service/office/api"
    services = company.client("ecs", REGION)
    services.create_cluster(clusterName="office")
    family = services.register_task_definition(
        family="scaled", containerDefinitions=[{"name": "main", "image": "main", "memory": 64}])
    services.create_service(cluster="office", serviceName="api", desiredCount=3,
                            taskDefinition=family["taskDefinition"]["taskDefinitionArn"])
    before = {"MinCapacity": 2, "MaxCapacity": 6,
              "SuspendedState": {"DynamicScalingInSuspended": False, "DynamicScalingOutSuspended": True,
                                 "ScheduledScalingSuspended": False}}
    scaling.register_scalable_target(ServiceNamespace="ecs", ResourceId=name,
                                     ScalableDimension="ecs:service:DesiredCount", **before)

    def target():
        found = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[name])["ScalableTargets"][0]
        return {key: found[key] for key in before}

    def count():
        return services.describe_services(cluster="office", services=["api"])["services"][0]["desiredCount"]
    doze.start()
    assert registration(doze, f"ecs:{REGION}:office/api")[0] == 0
    doze.leave()
    wait_for(lambda: count() == 0, "the service sleeps")
    assert target() == {"MinCapacity": 0, "MaxCapacity": 6, "SuspendedState": dict.fromkeys(before["SuspendedState"], True)}
    doze.wait_log("ecs:us-east-1:office/api is asleep")
    changes = [call.operation for call in proxy.calls() if "api" in call.body
               and call.operation in ("RegisterScalableTarget", "UpdateService") and "office" in call.body]
    assert changes == ["RegisterScalableTarget", "UpdateService"], "the bounds first: AWS would lift the count"

    # Somebody pulls the plug between the two calls of the wake.
    held = proxy.on("RegisterScalableTarget").hold()
    doze.return_to(screen)
    held.wait_arrived()
    doze.kill()
    held.drop()
    proxy.clear()
    assert (count(), target()["MinCapacity"]) == (3, 0)
    doze.start()
    doze.return_to(screen)
    wait_for(lambda: target() == before, "its scaling is as it was")
    assert count() == 3


def test_what_works_stays_awake_until_it_rests(doze, company, proxy, screen):
    metrics = company.client("cloudwatch", REGION)
    busy, fresh = company.launch("builder", REGION), company.launch("just started", REGION)

    def measure(instance, percent):
        metrics.put_metric_data(Namespace="AWS/EC2", MetricData=[{
            "MetricName": "CPUUtilization", "Dimensions": [{"Name": "InstanceId", "Value": instance}], "Value": percent,
            "Timestamp": datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1)}])
    measure(busy, 90.0)
    doze.start()
    for instance in (busy, fresh):
        assert registration(doze, f"ec2:{REGION}:{instance}", "--busy-cpu-percent", "20")[0] == 0
    assert "busy_cpu_percent: 20" in (doze.config / "services.yaml").read_text()
    doze.leave()
    doze.wait_log(f"{busy} stays awake for now: its CPU is at 90 %")
    doze.wait_log(f"{fresh} stays awake for now: CloudWatch has no measurement")
    assert {hold["kind"] for hold in doze.json("status")["holds"]} == {"busy"}
    ec2 = company.client("ec2", REGION)

    def state(instance):
        return ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["State"]["Name"]
    assert (state(busy), state(fresh)) == ("running", "running")
    measure(fresh, 1.0)
    wait_for(lambda: state(fresh) == "stopped", "it rests, so it sleeps")
    wait_for(lambda: [hold["id"] for hold in doze.json("status")["holds"]] == [f"ec2:{REGION}:{busy}"], "one hold is left")
    assert state(busy) == "running"


def test_two_accounts_side_by_side(doze, company, proxy, screen):
    """The same region in two accounts: each resource is reached with the keys of its own profile."""
    instance = company.launch("elsewhere", REGION)
    (doze.folder / ".aws").mkdir()
    (doze.folder / ".aws" / "credentials").write_text(
        "[work]\naws_access_key_id = WORKKEY\naws_secret_access_key = work\n")
    doze.start()
    code, answer = registration(doze, f"work@ec2:{REGION}:{instance}")
    assert code == 0, answer
    assert "profile: work" in (doze.config / "services.yaml").read_text()
    doze.leave()
    ec2 = company.client("ec2", REGION)

    def state():
        return ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["State"]["Name"]
    wait_for(lambda: state() == "stopped", "it sleeps")
    stops = [call for call in proxy.calls() if call.operation == "StopInstances"]
    assert {call.access_key for call in stops if instance in call.body} == {"WORKKEY"}
    assert "WORKKEY" not in {call.access_key for call in stops if instance not in call.body}
    doze.return_to(screen)
    wait_for(lambda: state() == "running", "it is awake again")


def test_all_regions_means_those_that_aws_says_are_enabled(make_doze, company, proxy, screen):
    instance = company.launch("far away", "sa-east-1")
    doze = make_doze(DISPLAY=screen.display, **company.environment(proxy.endpoint))
    configure(doze, company, aws={"regions": ["all"], "service_state_check_interval_minutes": 60})
    doze.start()
    wait_for(lambda: instance in json.dumps(doze.json("list", "ec2", "--region", "sa-east-1"))
             if "sa-east-1" in json.dumps(doze.json("status")["regions"]) else False, "doze sees it")
