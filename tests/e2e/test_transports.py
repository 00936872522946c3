"""Every command over every way in: the same replies.

The commands are what doze itself lists (HELP), so that a new one fails here until it has a line in the tables below.
"""
import json

import pytest
import web
from conftest import configure
from tcp import TcpClient, UnixClient
from waiting import wait_for
from web import WebSocket

INSTANCE = "i-00000000000000000"
EC2, ECS, EKS = f"{INSTANCE}:us-east-1", "none:none:us-east-1", "dev:none:ap-northeast-2"
ONE = "none:us-east-1"
OF_EC2 = {"service_type": "EC2", "instance_id": INSTANCE, "region": "us-east-1"}

# What follows each word: inputs whose reply does not depend on what was asked before. Each must have an entry.
TEXT = {
    **dict.fromkeys(("LIST_EC2", "LIST_ECS", "LIST_EKS", "LIST_ASG", "LIST_RDS", "LIST_RDS_CLUSTER"), ["", ":us-east-1", ":nowhere-1", ":a:b"]),
    "LIST_ALL_SERVICES": ["", ":us-east-1"], "LIST_REGISTERED_SERVICES": ["", ":us-east-1"], "MORE": [":nonsense", ""],
    "START_EC2": [f":{EC2}", "", ":x:us-east-1"], "STOP_EC2": [f":{EC2}", f":{INSTANCE}"], "START_ECS": [f":{ECS}"], "STOP_ECS": [f":{ECS}"],
    "SCALE_EKS": [f":{EKS}:1", f":{EKS}:-1", f":{EKS}:many"], "START_ASG": [f":{ONE}"], "STOP_ASG": [f":{ONE}"], "SCALE_ASG": [f":{ONE}:1"],
    "START_RDS": [f":{ONE}"], "STOP_RDS": [f":{ONE}"], "START_RDS_CLUSTER": [f":{ONE}"], "STOP_RDS_CLUSTER": [f":{ONE}"],
    "REGISTER_EC2": [f":{EC2}"], "REGISTER_ECS": [f":{ECS}"], "REGISTER_EKS": [":dev:none:nowhere-1", ":dev"], "REGISTER_ASG": [f":{ONE}"],
    "REGISTER_RDS": [f":{ONE}"], "REGISTER_RDS_CLUSTER": [f":{ONE}"],
    "UNREGISTER_EC2": [f":{EC2}"], "UNREGISTER_ECS": [f":{ECS}"], "UNREGISTER_EKS": [f":{EKS}"], "UNREGISTER_ASG": [f":{ONE}"],
    "UNREGISTER_RDS": [f":{ONE}"], "UNREGISTER_RDS_CLUSTER": [f":{ONE}"],
    "STATUS": [""], "AWAY": [":now"], "EVENTS": [":x"], "PING": ["", ":x"], "SNOOZE": [":0", ":forever", ":", ":99999999"], "RESUME": [""],
    "HOLD": [":"], "RELEASE": [":nothing"], "HISTORY": [":x:y"], "HELP": ["", ":PING", ":PINK"],
}
JSON = {
    **dict.fromkeys(("AWS_EC2_LIST", "AWS_ECS_LIST", "AWS_EKS_LIST", "AWS_ASG_LIST", "AWS_RDS_LIST", "AWS_RDS_CLUSTER_LIST"),
                    [{}, {"region": "us-east-1"}, {"region": "nowhere-1"}, {"region": 7}, {"max_age_seconds": -1}]),
    "LIST_ALL_SERVICES": [{}], "LIST_REGISTERED_SERVICES": [{}, {"region": "us-east-1"}], "MORE": [{"token": "nonsense"}, {}],
    "refresh_service": [{"service": "nothing"}, {}],
    "AWS_SERVICE_STATUS": [{}, {"action": "STOP", **OF_EC2}, {"action": "JUMP", **OF_EC2}, {"action": "SCALE", **OF_EC2, "desired_size": 1}],
    "REGISTER_SERVICE": [OF_EC2, {}, {**OF_EC2, "force": "yes"}], "UNREGISTER_SERVICE": [OF_EC2, {"service_type": "FTP"}],
    "AWS_SERVICE_LIST_ALL": [{}], "STATUS": [{}], "SYSTEM_STATUS": [{}], "AWAY": [], "EVENTS": [], "PING": [{}], "test": [{}],
    "SNOOZE": [{}, {"minutes": 0}, {"minutes": "x"}], "RESUME": [{}], "HOLD": [{"reason": 7}], "RELEASE": [{"id": "x"}],
    "startInstance": [{"instanceId": INSTANCE}, {}], "stopInstance": [{"instanceId": INSTANCE, "region": "nowhere-1"}, {}],
    "HISTORY": [{"limit": -1}], "HELP": [{}, {"command": "PING"}, {"command": "PINK"}],
}
# USER_ACTIVITY has no reply.
WITHOUT_REPLY = {"USER_ACTIVITY"}
# What makes sense on a connection alone, or is for the original's dashboard.
NOT_IN_REST = {"EVENTS", "HOLD", "RELEASE", "MORE", "startInstance", "stopInstance", "AWS_SERVICE_LIST_ALL"}

# What two replies of one moment differ in.
VOLATILE = {"timestamp", "age_seconds", "uptime_seconds", "for_seconds", "away_in_seconds", "last_signals", "since", "until", "at"}


def steady(value):
    if isinstance(value, dict):
        return {key: steady(inner) for key, inner in value.items() if key not in VOLATILE}
    return [steady(inner) for inner in value] if isinstance(value, list) else value


class Rest:
    """JSON commands only, each at the path of its type."""

    def __init__(self, port):
        self._port = port

    def post(self, type_, content):
        """HTTP status and body."""
        reply = web.ask(self._port, "POST", f"/api/v1/commands/{type_}", json.dumps(content).encode(), Content_Type="application/json")
        return reply.status, reply.json()


@pytest.fixture
def ways(doze, company):
    """How to ask over each way in, and REST. The datagrams carry all that the others do."""
    configure(doze, company, check_minutes=60, udp_server={"buffer_size": 65507})
    doze.start()
    doze.wait_settled()
    # A list is read for somebody who asks.
    wait_for(lambda: doze.cli("list").returncode == 0 and all(age is not None for age in ages(doze)), "doze has seen every list")
    with doze.udp() as udp, TcpClient(doze.listens_on("tcp")) as tcp, WebSocket(doze.listens_on("web")) as websocket, \
            UnixClient(doze.state / "doze.sock") as unix:
        yield {"udp": udp.ask, "tcp": tcp.ask, "websocket": websocket.ask_command, "unix": unix.ask}, Rest(doze.listens_on("web"))


def ages(doze):
    return [region["age_seconds"] for region in doze.json("status")["regions"]]


def compare(ask, message):
    """Asks all; returns the one reply that all gave."""
    replies = {name: steady(each(message)) for name, each in ask.items()}
    for name, reply in replies.items():
        assert reply == replies["udp"], f"{message} over {name}"
    return replies["udp"]


def test_every_command_over_every_way_in(ways):
    ask, rest = ways
    listed = ask["tcp"]('{"id":"q1","type":"HELP","content":{}}')["content"]["commands"]
    texts = {command["command"] for command in listed if command["command"]}
    types = {command["type"] for command in listed if command["type"]} - WITHOUT_REPLY
    assert texts == TEXT.keys() & texts, f"without an entry in TEXT: {texts - TEXT.keys()}"
    assert types == JSON.keys() & types, f"without an entry in JSON: {types - JSON.keys()}"

    for word in sorted(texts):
        for tail in TEXT[word]:
            compare(ask, word + tail)
    for type_ in sorted(types):
        for content in JSON[type_]:
            reply = compare(ask, json.dumps({"id": "q1", "type": type_, "content": content}))
            status, body = rest.post(type_, content)
            if type_ in NOT_IN_REST:
                assert (status, body["error"]) == (404, "UNKNOWN_COMMAND"), f"{type_} over HTTP"
                continue
            assert steady(body) == bare(reply), f"{type_} {content} over HTTP"
            assert (status == 200) == (reply["type"] != "ERROR"), f"{type_} {content}: HTTP {status}"


def bare(reply):
    """What REST answers for a JSON reply: its content; of an error without what the path says already."""
    return {key: value for key, value in reply["content"].items() if key != "request_type"}


def test_what_changes_something_is_the_same_everywhere(ways, doze):
    """One way after the other registers, snoozes and takes back; each finds what the one before left."""
    ask, rest = ways
    content = {"service_type": "EC2", "instance_id": doze.items()["ec2 ci"]["id"], "region": "ap-northeast-2"}
    story = (("REGISTER_SERVICE", content), ("REGISTER_SERVICE", content), ("LIST_REGISTERED_SERVICES", {}),
             ("SNOOZE", {"minutes": 60}), ("RESUME", {}), ("UNREGISTER_SERVICE", content), ("UNREGISTER_SERVICE", content))
    tales = {name: [bare(each(json.dumps({"id": "q1", "type": type_, "content": body}))) for type_, body in story]
             for name, each in ask.items()}
    tales["http"] = [rest.post(type_, body)[1] for type_, body in story]
    for name, tale in tales.items():
        for (type_, _), reply, other in zip(story, tale, tales["udp"]):
            # Of a snooze the message tells the time of its end.
            same = [{key: value for key, value in steady(one).items() if type_ != "SNOOZE" or key != "message"} for one in (reply, other)]
            assert same[0] == same[1], f"{type_} over {name}"
    assert [reply.get("error") for reply in tales["udp"]] == [None, "ALREADY_REGISTERED", None, None, None, None, "NOT_REGISTERED"]
