"""The client that the original's document prints, word for word, on the port that it names."""
import json
import socket

import pytest
from conftest import configure
from static_aws import StaticAws, instance_id
from waiting import PATIENCE, wait_for

CLIENT = '''
import socket, json, time
def send_command(command):
    client_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server_address = ('localhost', 20200)
    client_socket.sendto(command.encode(), server_address)
    data, _ = client_socket.recvfrom(4096)
    return data.decode()
response = send_command("LIST_EC2")
def send_json_command(command_type, content=None):
    message = {"id": "test-request", "type": command_type, "timestamp": int(time.time()), "source": "test-client", "content": content or {}}
    return send_command(json.dumps(message))
text_response = response
response = send_json_command("AWS_EC2_LIST")
'''
PORT = 20200


def run_client():
    """(the reply to LIST_EC2, the reply to AWS_EC2_LIST), parsed."""
    names = {}
    socket.setdefaulttimeout(PATIENCE)  # For the test's sake: the client itself would wait for ever.
    try:
        exec(CLIENT, names)  # noqa: S102
    finally:
        socket.setdefaulttimeout(None)
    return json.loads(names["text_response"]), json.loads(names["response"])


def port_is_free():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", PORT))
            return True
        except OSError:
            return False


@pytest.fixture
def on_its_port(make_doze):
    wait_for(port_is_free, f"port {PORT} is free, which the original's client cannot choose")

    def make(**environment):
        doze = make_doze(**environment)
        doze.port = PORT
        return doze
    return make


def test_three_instances(on_its_port, emulator):
    emulator.reset()
    names = ["web", "db", "batch"]
    for name in names:
        emulator.launch(name, "us-east-1", running=name != "batch")
    doze = on_its_port(**emulator.environment())
    configure(doze, emulator, services="ec2_instances: []\n")
    doze.start()
    wait_for(lambda: len(run_client()[0]) == 3, "the first look at AWS is done")

    listed, message = run_client()
    by_name = {item["name"]: item for item in listed}
    assert sorted(by_name) == sorted(names)
    web = by_name["web"]
    assert web["id"] == emulator.ids["web"] and web["state"] == "running" and web["type"] == "t3.small"
    assert web["region"] == "us-east-1" and {"public_ip", "private_ip"} <= web.keys()
    assert by_name["batch"]["state"] == "stopped"

    assert message["id"] == "test-request" and message["type"] == "AWS_EC2_LIST"
    assert {"timestamp", "source"} <= message.keys()
    assert {item["id"] for item in message["content"]["instances"]} == set(emulator.ids.values())


def test_three_thousand_instances(on_its_port, emulator, outliving):
    aws = outliving(StaticAws(3000))
    doze = on_its_port(**emulator.environment(aws.endpoint))
    configure(doze, emulator, services="ec2_instances: []\n")
    doze.start()
    wait_for(lambda: len(run_client()[0]) > 1, "the first look at AWS is done")

    listed, message = run_client()
    cut = listed.pop()
    assert cut["truncated"] is True and cut["more"].startswith("MORE:")
    assert len(listed) > 5 and cut["remaining"] == 3000 - len(listed)
    assert {item["id"] for item in listed} <= {instance_id(number) for number in range(3000)}

    content = message["content"]
    assert message["id"] == "test-request" and content["truncated"] is True
    assert content["remaining"] == 3000 - len(content["instances"])

    # Whoever wants the rest gets every one of them, once.
    seen = [item["id"] for item in listed]
    with doze.udp() as client:
        more = cut["more"]
        while more:
            page = client.ask(more)
            more = page.pop()["more"] if page[-1].get("truncated") else None
            seen += [item["id"] for item in page]
    assert len(seen) == 3000 and set(seen) == {instance_id(number) for number in range(3000)}
