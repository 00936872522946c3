"""doze against an emulator that checks each signature and each permission.

The emulator refuses correct GETs whose path or query it reads otherwise than the signer wrote it (botocore's own too),
so EKS is not asked here; its requests are checked on the wire by botocore's signer, in every test that has the proxy."""
import boto3
import pytest
from daemon import make_settings
from fault_proxy import FaultProxy
from sandbox import Sandbox
from waiting import wait_for

REGION = "us-east-1"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", "Action": "*"}]}'


@pytest.fixture(scope="module")
def strict():
    """An emulator that checks everything once a user, their policy and their key are made; and that key."""
    sandbox = Sandbox()
    sandbox.start(INITIAL_NO_AUTH_ACTION_COUNT="3")
    iam = sandbox.client("iam", REGION)
    iam.create_user(UserName="dev")
    iam.put_user_policy(UserName="dev", PolicyName="all", PolicyDocument=POLICY)
    key = iam.create_access_key(UserName="dev")["AccessKey"]
    session = boto3.session.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)

    def client(service):
        return session.client(service, endpoint_url=sandbox.endpoint)

    web = client("ec2").run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    ecs = client("ecs")
    ecs.create_cluster(clusterName="dev")
    ecs.register_task_definition(family="dev", containerDefinitions=[
        {"name": "main", "image": "dev:latest", "memory": 128, "cpu": 64, "essential": True}])
    ecs.create_service(cluster="dev", serviceName="web", taskDefinition="dev", desiredCount=2)
    yield sandbox, key, web, client
    sandbox.stop()


@pytest.fixture
def daemon(strict, make_doze, screen, outliving):
    """A daemon for the strict emulator, with the user's key or another secret."""
    sandbox, key, web, _ = strict
    def make(secret=key["SecretAccessKey"]):
        proxy = outliving(FaultProxy(sandbox.endpoint))
        doze = make_doze(DISPLAY=screen.display, **{**sandbox.environment(proxy.endpoint),
                                                    "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
                                                    "AWS_SECRET_ACCESS_KEY": secret})
        services = (f"ec2_instances:\n  - instance_id: {web}\n    region: {REGION}\n"
                    f"ecs_services:\n  - cluster_name: dev\n    service_name: web\n    region: {REGION}\n")
        sandbox.write_config(doze.config, make_settings(doze.port, aws={"regions": [REGION]}), services)
        return doze, proxy

    return make


def test_takes_every_signature_of_a_day(daemon, strict, screen):
    _, _, web, client = strict
    doze, proxy = daemon()

    def state():
        instance = client("ec2").describe_instances(InstanceIds=[web])["Reservations"][0]["Instances"][0]
        service = client("ecs").describe_services(cluster="dev", services=["web"])["services"][0]
        return instance["State"]["Name"], service["desiredCount"]

    doze.start()
    wait_for(lambda: "ecs web" in doze.items(), "doze has looked")
    doze.leave()
    wait_for(lambda: state() == ("stopped", 0), "both sleep")
    doze.return_to(screen)
    wait_for(lambda: state() == ("running", 2), "both are as they were")
    refused = {call.operation for call in proxy.calls() if call.status >= 400 and call.service != "eks"}
    assert not refused
    assert {"DescribeInstances", "StopInstances", "StartInstances", "UpdateService", "DescribeServices",
            "GetCallerIdentity"} <= {call.operation for call in proxy.calls()}


def test_refuses_another_secret_and_doze_says_so(daemon, strict):
    doze, proxy = daemon(secret="Kq7notTheOne")
    doze.allowed_errors += ["AWS refused GetCallerIdentity", "looking at .*AWS refused"]
    doze.start()
    doze.wait_log("AWS refused GetCallerIdentity")
    assert all(call.status >= 400 for call in proxy.calls() if call.status)
    assert "Kq7notTheOne" not in doze.log()
