"""The proxy itself, asked by boto3: a fault that does not happen would make other tests pass for nothing."""
import threading
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from sandbox import CLUSTER, ECS_REGION, EKS_REGION, NODEGROUP
from waiting import PATIENCE, wait_for


@pytest.fixture
def ask(proxy):
    def client(service, region="us-east-1"):
        return boto3.session.Session().client(
            service, region_name=region, endpoint_url=proxy.endpoint, aws_access_key_id="k", aws_secret_access_key="s",
            config=Config(retries={"total_max_attempts": 1}, read_timeout=PATIENCE))
    return client


def test_names_operations_of_all_services(company, proxy, ask):
    ask("ec2").describe_instances()
    ask("ecs", ECS_REGION).describe_services(cluster=CLUSTER, services=["web"])
    ask("eks", EKS_REGION).describe_nodegroup(clusterName=CLUSTER, nodegroupName=NODEGROUP)
    ask("sts").get_caller_identity()
    assert [(call.operation, call.service, call.region) for call in proxy.calls()] == [
        ("DescribeInstances", "ec2", "us-east-1"), ("DescribeServices", "ecs", ECS_REGION),
        ("DescribeNodegroup", "eks", EKS_REGION), ("GetCallerIdentity", "sts", "us-east-1")]


def test_holds_a_request_before_aws_sees_it(company, proxy, ask):
    held = proxy.on("StopInstances").hold()
    caller = threading.Thread(target=lambda: ask("ec2").stop_instances(InstanceIds=[company.ids["web"]]))
    caller.start()
    held.wait_arrived()
    assert company.instance("web", "us-east-1")["State"]["Name"] == "running"
    held.forward()
    caller.join()
    assert company.instance("web", "us-east-1")["State"]["Name"] == "stopped"


def test_holds_an_answer_after_aws_acted(company, proxy, ask):
    held = proxy.on("UpdateService").hold_answer()
    trouble = []

    def call():
        try:
            ask("ecs", ECS_REGION).update_service(cluster=CLUSTER, service="web", desiredCount=0)
        except BotoCoreError as error:
            trouble.append(error)

    caller = threading.Thread(target=call)
    caller.start()
    held.wait_arrived()
    while company.desired_count("web") != 0:
        pass
    held.drop()
    caller.join()
    assert trouble


@pytest.mark.parametrize("service, operation, call", [
    ("ec2", "DescribeInstances", lambda client: client.describe_instances()),
    ("ecs", "ListClusters", lambda client: client.list_clusters()),
    ("eks", "ListClusters", lambda client: client.list_clusters()),
    ("sts", "GetCallerIdentity", lambda client: client.get_caller_identity()),
])
def test_fails_as_each_service_fails(company, proxy, ask, service, operation, call):
    proxy.on(operation, times=1).fail(400, "AccessDeniedException", "No.")
    with pytest.raises(ClientError) as caught:
        call(ask(service))
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    call(ask(service))


@pytest.mark.parametrize("fault", ["drop", "drop_answer", "cut_body"])
def test_breaks_connections(company, proxy, ask, fault):
    getattr(proxy.on("DescribeInstances"), fault)()
    with pytest.raises((BotoCoreError, ResponseParserError)):
        ask("ec2").describe_instances()


def test_shows_stopping_and_refuses_to_start_meanwhile(company, proxy, ask):
    proxy.slow_ec2(stopping=60)
    ec2, web = ask("ec2"), company.ids["web"]
    ec2.stop_instances(InstanceIds=[web])
    seen = ec2.describe_instances(InstanceIds=[web])["Reservations"][0]["Instances"][0]
    assert seen["State"] == {"Code": 64, "Name": "stopping"}
    with pytest.raises(ClientError, match="IncorrectInstanceState"):
        ec2.start_instances(InstanceIds=[web])


def test_resets_the_connection_of_one_region_only(company, proxy, ask):
    proxy.on("DescribeInstances", region="us-east-1").reset()
    with pytest.raises(BotoCoreError, match="Connection|reset|ResponseStreaming"):
        ask("ec2").describe_instances()
    ask("ec2", "ap-northeast-2").describe_instances()


def test_fails_a_start_after_accepting_it(company, proxy, ask):
    proxy.fail_starts(times=1)
    ec2, batch = ask("ec2"), company.ids["batch"]
    assert ec2.start_instances(InstanceIds=[batch])["StartingInstances"][0]["CurrentState"]["Name"] == "pending"

    def seen():
        return ec2.describe_instances(InstanceIds=[batch])["Reservations"][0]["Instances"][0]

    wait_for(lambda: seen()["State"]["Name"] == "stopped", "the start has failed")
    assert seen()["StateReason"]["Code"] == "Server.InsufficientInstanceCapacity"
    ec2.start_instances(InstanceIds=[batch])
    assert seen()["State"]["Name"] == "running"


@pytest.mark.parametrize("ahead", [1200, -1200])
def test_a_shifted_clock_refuses_signatures_and_says_what_time_it_is(company, proxy, ask, ahead):
    proxy.shift_clock(ahead)
    with pytest.raises(ClientError) as refused:
        ask("ec2").describe_instances()
    assert refused.value.response["Error"]["Code"] == "RequestExpired"
    says = parsedate_to_datetime(refused.value.response["ResponseMetadata"]["HTTPHeaders"]["date"])
    assert abs((says - datetime.now(timezone.utc)).total_seconds() - ahead) < 300
    with pytest.raises(ClientError, match="InvalidSignatureException.*" + ("expired" if ahead > 0 else "not yet current")):
        ask("ecs").list_clusters()


def test_an_expired_key_is_refused_and_another_is_not(company, proxy, ask):
    proxy.expire_key("k")
    with pytest.raises(ClientError, match="ExpiredToken"):
        ask("ec2").describe_instances()
    proxy.expired.keys.clear()
    ask("ec2").describe_instances()


def test_repeats_a_page_token(company, proxy, ask):
    proxy.repeat_token()
    assert ask("ec2").describe_instances()["NextToken"] == "again"
    assert ask("ec2").describe_instances(NextToken="again")["NextToken"] == "again"
