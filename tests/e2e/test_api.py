"""The REST interface: its document is valid, the server keeps to it, and Prometheus can read /metrics."""
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from asleep import ASLEEP, AWAKE
from conftest import configure
from openapi_spec_validator import validate
from prometheus_client.parser import text_string_to_metric_families
from sandbox import free_port
from waiting import PATIENCE, wait_for


class Web:
    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"

    def request(self, method, path, body=None, **headers):
        """Status, headers, body."""
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None:
            headers.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(self.base + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return reply.status, reply.headers, reply.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers, refused.read().decode()

    def json(self, method, path, body=None):
        status, headers, text = self.request(method, path, body)
        assert headers["Content-Type"].startswith("application/json"), text
        return status, json.loads(text)

    def get(self, path):
        status, value = self.json("GET", "/api/v1" + path)
        assert status == 200, value
        return value


@pytest.fixture
def web(doze, company):
    port = free_port()
    configure(doze, company, web={"ip": "127.0.0.1", "port": port})
    doze.start()
    wait_for(lambda: AWAKE.keys() <= doze.items().keys(), "the first look at AWS is done")
    return Web(port)


def test_the_document_is_valid_and_has_every_command(web):
    document = web.get("/openapi.json")
    validate(document)
    offered = {command["type"] for command in web.get("/commands")["commands"] if command["type"]}
    # What makes sense on a connection alone, or is for the original's dashboard.
    elsewhere = {"EVENTS", "HOLD", "RELEASE", "MORE", "startInstance", "stopInstance", "AWS_SERVICE_LIST_ALL"}
    assert {path[len("/commands/"):] for path in document["paths"] if path.startswith("/commands/")} == (
        offered - elsewhere)


def test_what_is_read(web, doze, company):
    assert web.get("/presence")["state"] == "active"
    assert web.get("/status")["counts"]["registered"] == 10
    assert {item["id"] for item in web.get("/resources/ec2?region=us-east-1")["instances"]} >= {company.ids["web"]}
    assert web.get("/resources").keys() >= {"ec2_instances", "ecs_clusters", "eks_clusters"}
    assert len(web.get("/registrations")["ec2_instances"]) == 4
    assert web.get("/history?limit=3")["lines"]
    assert web.get("/commands?command=SNOOZE")["commands"][0]["type"] == "SNOOZE"


def test_a_snooze(web, doze):
    status, snoozed = web.json("POST", "/api/v1/snooze", {"minutes": 60})
    assert status == 200 and snoozed["result"]
    assert web.get("/holds")[0]["kind"] == "snooze"
    status, done = web.json("DELETE", "/api/v1/snooze")
    assert status == 200 and "over" in done["message"]
    assert web.get("/holds") == [] or web.get("/holds")[0]["kind"] == "warning"


def test_every_command_can_be_posted(web, company):
    status, done = web.json("POST", "/api/v1/commands/AWS_SERVICE_STATUS",
                            {"action": "STOP", "service_type": "EC2", "instance_id": company.ids["web"], "region": "us-east-1"})
    assert status == 200 and done["result"], done
    wait_for(lambda: company.states()["ec2 web"] == "stopped", "it is stopped")
    assert web.json("POST", "/api/v1/commands/PING") == (200, {"message": "PONG"})
    assert web.json("POST", "/api/v1/commands/USER_ACTIVITY", {}) == (202, {})


@pytest.mark.parametrize("method, path, body, status, error", [
    ("GET", "/api/v1/nothing", None, 404, "NOT_FOUND"),
    ("GET", "/api/v1/commands/PING", None, 405, "BAD_REQUEST"),
    ("PUT", "/api/v1/snooze", {}, 405, "BAD_REQUEST"),
    ("POST", "/api/v1/commands/NONSENSE", {}, 404, "UNKNOWN_COMMAND"),
    ("POST", "/api/v1/commands/HOLD", {"reason": "x"}, 404, "UNKNOWN_COMMAND"),
    ("POST", "/api/v1/snooze", {"minutes": 0}, 400, "BAD_REQUEST"),
    ("POST", "/api/v1/snooze", b"{", 400, "BAD_REQUEST"),
    ("POST", "/api/v1/snooze", b"[]", 400, "BAD_REQUEST"),
    ("GET", "/api/v1/history?limit=many", None, 400, "BAD_REQUEST"),
    ("GET", "/api/v1/history?limits=5", None, 400, "BAD_REQUEST"),
    ("GET", "/api/v1/history?limit=5&limit=6", None, 400, "BAD_REQUEST"),
    ("GET", "/api/v1/resources/ec2?region=eu-north-9", None, 404, "NOT_FOUND"),
    ("GET", "/metrics?x=1", None, 400, "BAD_REQUEST"),
])
def test_refusals_have_their_status(web, method, path, body, status, error):
    refused, content = web.json(method, path, body)
    assert (refused, content["error"]) == (status, error), content


def test_a_guarded_registration_is_a_conflict(web, company):
    status, refused = web.json("POST", "/api/v1/registrations",
                               {"service_type": "EC2", "instance_id": company.ids["shop-db"], "region": "us-east-1"})
    assert (status, refused["error"]) == (409, "GUARDED")


def test_a_form_is_no_command(web):
    status, _, text = web.request("POST", "/api/v1/commands/AWAY", b'{"a":1}', **{"Content-Type": "text/plain"})
    assert status == 415, text
    assert web.get("/presence")["state"] == "active"


def test_events_follow(web, doze):
    with urllib.request.urlopen(web.base + "/api/v1/events", timeout=PATIENCE) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        doze.cli("away")
        for line in stream:
            if line.startswith(b"data: ") and json.loads(line[6:])["type"] == "PRESENCE":
                assert json.loads(line[6:])["content"]["state"] == "away"
                return


def test_prometheus_can_read_the_metrics(web, doze, company, screen):
    def samples():
        status, headers, text = web.request("GET", "/metrics")
        assert status == 200 and headers["Content-Type"].startswith("text/plain")
        return {(sample.name, *sorted(sample.labels.items())): sample.value
                for family in text_string_to_metric_families(text) for sample in family.samples}

    doze.wait_settled()
    before = samples()
    assert before["doze_presence", ("state", "active")] == 1
    assert before["doze_registered_resources", ("kind", "ec2"), ("phase", "awake")] >= 1
    assert before["doze_sleeps_total", ("kind", "ec2")] == 0
    doze.leave()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    wait_for(lambda: samples()["doze_asleep_resources", ("kind", "ec2")] > 0, "doze has seen it")
    after = samples()
    assert after["doze_presence", ("state", "away")] == 1
    assert after["doze_sleeps_total", ("kind", "ec2")] >= 1
    dashboard = (Path(__file__).parents[2] / "contrib/grafana/doze.json").read_text()
    names = {name for name, *_ in after}
    assert set(re.findall(r"doze_[a-z_]+", dashboard)) <= names
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


def test_the_server_keeps_to_its_document(web, doze, tmp_path):
    """Some 2,800 requests made of the document: those that it allows are taken, those that it forbids are refused."""
    doze.allowed_errors.append("looking at ")  # What was registered here may be nowhere.
    # When a snooze may end depends on the time of day.
    (tmp_path / "schemathesis.toml").write_text("".join(f"""
[[operations]]
include-name = "POST {path}"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400"]
""" for path in ("/snooze", "/commands/SNOOZE")) + """
# A resource may be named with a profile that nobody has, or in a region that the emulator does not know: it is the way to
# AWS that fails then, with a status that the document has.
[[operations]]
include-name = "POST /commands/AWS_SERVICE_STATUS"
checks.not_a_server_error.expected-statuses = ["2xx", "4xx", "502", "503"]
""")
    done = subprocess.run(
        [Path(sys.executable).with_name("schemathesis"), "run", web.base + "/api/v1/openapi.json", "--url", web.base + "/api/v1",
         "--max-examples", "15", "--seed", "1", "--suppress-health-check", "all", "--generation-database", "none",
         "--exclude-path", "/events", "--request-timeout", "60"],
        capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
