"""The fourteen defects that were measured in the original, each by its number: none of them is left."""
import json
import socket

import pytest
from conftest import configure
from sandbox import CLUSTER, ECS_REGION, EKS_REGION, KEY_ID, NODEGROUP
from static_aws import StaticAws
from waiting import wait_for


@pytest.fixture
def ready(doze):
    """A started daemon that has looked at everything."""
    doze.start()
    with doze.udp() as client:
        wait_for(lambda: len(client.ask("LIST_EC2")) == 8 and client.ask("LIST_ECS") and client.ask("LIST_EKS"),
                 "the first look at AWS is done")
    return doze


@pytest.fixture
def client(ready):
    with ready.udp() as client:
        yield client


@pytest.fixture
def fleet(make_doze, emulator, outliving):
    """A daemon before 10,000 instances."""
    aws = outliving(StaticAws(10_000))
    doze = make_doze(**emulator.environment(aws.endpoint))
    configure(doze, emulator, services="ec2_instances: []\n")
    doze.start()
    with doze.udp() as client:
        wait_for(lambda: len(client.ask("LIST_EC2")) > 1, "the first look at AWS is done")
    return doze


def ids_with_more(client, command):
    page, ids = client.ask(command), []
    while True:
        more = page.pop()["more"] if page and page[-1].get("truncated") else None
        ids += [item["id"] for item in page]
        if more is None:
            return ids
        page = client.ask(more)


def test_1_a_list_of_10000_is_an_answer_and_no_error(fleet):
    with fleet.udp() as client:
        client.send("LIST_EC2")
        data = client.socket.recvfrom(65536)[0]
        assert len(data) <= 4096
        listed = json.loads(data)
        assert listed[-1]["truncated"] is True and listed[-1]["remaining"] == 10_000 - (len(listed) - 1)
        content = client.ask_json("AWS_EC2_LIST")["content"]
        assert content["remaining"] + len(content["instances"]) == 10_000


def test_2_every_page_is_read(fleet):
    with fleet.udp() as client:
        ids = ids_with_more(client, "LIST_EC2")
    assert len(ids) == len(set(ids)) == 10_000


@pytest.mark.parametrize("command, done", [
    ("STOP_EC2:{web}:us-east-1", lambda aws: aws.states()["ec2 web"] == "stopped"),
    ("START_EC2:{batch}:us-east-1", lambda aws: aws.states()["ec2 batch"] == "running"),
    (f"STOP_ECS:{CLUSTER}:web:{ECS_REGION}", lambda aws: aws.states()["ecs web"] == "0"),
    (f"SCALE_EKS:{CLUSTER}:{NODEGROUP}:{EKS_REGION}:3", lambda aws: aws.states()["eks workers"] == "1/3/4"),
])
def test_3_an_action_that_is_done_is_reported_so(client, company, command, done):
    reply = client.ask(command.format(**company.ids))
    assert reply["status"] == "success" and reply["message"], reply
    wait_for(lambda: done(company), "AWS shows it done")


def test_3_a_start_of_what_was_stopped_gives_back_its_size(client, company):
    assert client.ask(f"STOP_ECS:{CLUSTER}:web:{ECS_REGION}")["status"] == "success"
    wait_for(lambda: company.desired_count("web") == 0, "the service is at 0")
    assert client.ask(f"START_ECS:{CLUSTER}:web:{ECS_REGION}")["status"] == "success"
    wait_for(lambda: company.desired_count("web") == 3, "the service is at 3 again")


@pytest.mark.parametrize("text, type_", [("LIST_ECS", "AWS_ECS_LIST"), ("LIST_EKS", "AWS_EKS_LIST")])
def test_4_clusters_are_listed_without_a_region(client, text, type_):
    assert [cluster["name"] for cluster in client.ask(text)] == [CLUSTER]
    assert [cluster["name"] for cluster in client.ask_json(type_)["content"]["clusters"]] == [CLUSTER]


def test_5_all_services_are_listed(client):
    everything = client.ask("LIST_ALL_SERVICES")
    assert isinstance(everything, dict) and len(everything) >= 3
    assert all(isinstance(value, (list, bool, int, str)) for value in everything.values())
    assert {"web", "db"} <= {item.get("name") for value in everything.values() if isinstance(value, list)
                             for item in value}


@pytest.mark.parametrize("data", [
    "START_EC2:x", '{"type":"AWS_SERVICE_STATUS"}',
    '{"type":"AWS_SERVICE_STATUS","content":{"action":"START","service_type":"RDS","region":"us-east-1"}}'])
def test_6_what_is_incomplete_gets_a_reply(client, data):
    reply = client.ask(data)
    assert (reply.get("error") or reply["content"]["error"]) == "BAD_REQUEST"


# 7, the datagram from source port 0: test_bad_input.py.


def test_8_a_slow_aws_holds_up_no_other_request(ready, proxy):
    held = proxy.on("DescribeInstances").hold()
    with ready.udp() as slow, ready.udp() as quick:
        slow.send(json.dumps({"id": "slow", "type": "AWS_EC2_LIST", "content": {"max_age_seconds": 0}}))
        held.wait_arrived()
        for _ in range(100):
            assert quick.ask_json("PING")["id"] == "q1"
        assert len(quick.ask("LIST_EC2")) == 8
        held.forward()
        reply = slow.receive()
        assert reply["id"] == "slow" and len(reply["content"]["instances"]) == 8


def test_9_a_burst_of_1000_is_answered_whole(client):
    force_buffer = 33  # SO_RCVBUFFORCE: the client must not be the one who loses
    try:
        client.socket.setsockopt(socket.SOL_SOCKET, force_buffer, 8 << 20)
    except OSError:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    for number in range(1000):
        client.send(json.dumps({"id": number, "type": "PING"}))
    assert {client.receive()["id"] for _ in range(1000)} == set(range(1000))


def test_10_large_and_malformed_datagrams_are_answered_in_json(client):
    assert client.ask(json.dumps({"id": "big", "type": "AWS_EC2_LIST", "padding": "x" * 5000}))["id"] == "big"
    for data in ('{"type":', "[]", "{}", b""):
        reply = client.ask(data)
        assert (reply.get("error") or reply["content"]["error"]) == "BAD_REQUEST", data


@pytest.mark.parametrize("data", [b"\xff\xfe\xfd", b"[" * 3000, b'{"type":"AWS_SERVICE_STATUS","content":null}',
                                  f"SCALE_EKS:{CLUSTER}:{NODEGROUP}:{EKS_REGION}:abc".encode()])
def test_11_no_insides_leak(client, data):
    text = json.dumps(client.ask(data))
    assert "BAD_REQUEST" in text
    for inside in ("Error:", "codec", "recursion", "NoneType", "literal", "boost", "std::", "stoi"):
        assert inside not in text


def test_12_replies_carry_the_id_and_parts_are_checked(client, company):
    for number in range(20):
        client.send(json.dumps({"id": f"n{number}", "type": "PING"}))
    assert {client.receive()["id"] for _ in range(20)} == {f"n{number}" for number in range(20)}
    for data in ("START_EC2:i-0123456789abcdef0:mars-north-1x", f"SCALE_EKS:{CLUSTER}:{NODEGROUP}:{EKS_REGION}:-3",
                 json.dumps({"type": "AWS_SERVICE_STATUS", "content": {
                     "action": "SCALE", "service_type": "EKS", "cluster_name": CLUSTER, "nodegroup_name": NODEGROUP,
                     "region": EKS_REGION, "desired_size": -3}})):
        reply = client.ask(data)
        assert (reply.get("error") or reply["content"]["error"]) == "BAD_REQUEST", data
    assert company.nodegroup_size() == (1, 2, 4)


def test_13_a_list_costs_no_call_and_no_log(doze, company, proxy):
    configure(doze, company, check_minutes=60)
    doze.start()
    with doze.udp() as client:
        wait_for(lambda: len(client.ask("LIST_EC2")) == 8 and client.ask("LIST_ECS") and client.ask("LIST_EKS"),
                 "the first look at AWS is done")
        doze.wait_settled()
        calls, log = len(proxy.calls()), doze.log()
        for _ in range(500):
            client.ask("LIST_EC2")
            client.ask_json("AWS_ECS_LIST")
    assert len(proxy.calls()) == calls
    assert doze.log() == log
    assert company.ids["ci"] not in doze.log() + doze.output()


def test_14_no_secret_is_written_anywhere(make_doze, company, proxy):
    secret, token = "Sup3rS3cretKeyThatNobodyMaySee", "T0kenThatNobodyMaySeeEither"
    proxy.secrets[KEY_ID] = secret
    doze = make_doze(**{**company.environment(proxy.endpoint), "AWS_SECRET_ACCESS_KEY": secret,
                        "AWS_SESSION_TOKEN": token})
    configure(doze, company)
    doze.start()
    with doze.udp() as client:
        wait_for(lambda: len(client.ask("LIST_EC2")) == 8, "the first look at AWS is done")
        client.ask(f"STOP_EC2:{company.ids['web']}:us-east-1")
        said = json.dumps(client.ask_json("SYSTEM_STATUS"))
    said += doze.cli("status").stdout + doze.cli("registered").stdout
    assert doze.stop() == 0
    for file in doze.folder.rglob("*"):
        if file.is_file():
            said += file.read_bytes().decode("latin-1")
    assert secret not in said and token not in said
