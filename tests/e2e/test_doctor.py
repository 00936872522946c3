"""`doze doctor`: a line for everything that doze stands on, each with its fix, and an exit code."""
import json
import signal
import socket
import subprocess

import pytest
from asleep import AWAKE
from claims import free_port
from conftest import configure
from sandbox import BINARY
from strict_aws import access_control, make_user
from waiting import PATIENCE, wait_for

ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]}

SIMULATION = """<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
<SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>{}</EvaluationResults>
</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"""


def decision(action, word):
    return f"<member><EvalActionName>{action}</EvalActionName><EvalDecision>{word}</EvalDecision></member>"


class Report:
    def __init__(self, done):
        self.healthy = done.returncode == 0
        assert done.returncode in (0, 1), done.stderr
        content = json.loads(done.stdout)
        self.findings = content["findings"]
        assert content["healthy"] == self.healthy == (not self.of("fail"))
        for one in self.findings:
            assert one["fix"] or one["state"] == "ok", f"no fix: {one}"

    def of(self, *states):
        return [one for one in self.findings if one["state"] in states]

    def line(self, area, what):
        """The one line of that area whose `what` contains this."""
        found = [one for one in self.findings if one["area"] == area and what in one["what"]]
        assert len(found) == 1, f"{area} {what}: {found or self.findings}"
        return found[0]


def examine(doze, within=100):
    """By default there is time for everything that answers, however busy the machine is."""
    return Report(doze.cli("doctor", "--json", "--within", str(within)))


# -- all is well ------------------------------------------------------------------------------------------------------

def test_a_healthy_doze_passes(doze, company):
    doze.start()
    doze.wait_settled()
    report = examine(doze)
    assert report.healthy
    # (A busy machine makes a region slow.)
    assert [one["what"] for one in report.of("warn") if not one["finding"].startswith("answers in")] == ["AWS_ENDPOINT_URL"]
    assert "runs (process" in report.line("daemon", "doze")["finding"]
    assert report.line("ports", "UDP")["finding"] == "doze listens"
    for source in ("x11-keyboard", "x11-pointer"):
        assert report.line("presence", source)["finding"] == "running"
    assert report.line("clock", "")["state"] == "ok"
    assert "123456789012" in report.line("credentials", "own")["finding"]
    for region in ("us-east-1", "ap-northeast-2"):
        assert report.line("regions", region)["finding"].startswith("answers in")
    assert report.line("permissions", "ec2:StopInstances")["finding"] == "allowed (dry run)"
    assert "can't be tried" in report.line("permissions", "ecs:UpdateService")["finding"]
    assert report.line("resources", company.ids["web"])["finding"] == "running; would be stopped"
    assert "stays so" in report.line("resources", company.ids["batch"])["finding"]
    assert "would be set to 0" in report.line("resources", "dev/workers")["finding"]
    assert len([one for one in report.findings if one["area"] == "resources"]) == 10


def test_no_daemon_is_needed(doze):
    report = examine(doze)
    assert report.healthy
    daemon = report.line("daemon", "doze")
    assert daemon["state"] == "note" and "doze run" in daemon["fix"]
    assert report.line("presence", "x11-keyboard")["finding"] == "running"
    assert report.line("ports", "UDP")["finding"] == "free"


def test_it_changes_nothing(doze, company, proxy):
    before = sorted(doze.folder.rglob("*"))
    examine(doze)
    assert sorted(doze.folder.rglob("*")) == before
    assert company.states() == AWAKE
    for call in proxy.calls():
        dry = call.operation in ("StopInstances", "StartInstances") and "DryRun=true" in call.body
        assert dry or call.operation.startswith(("Describe", "List", "Get", "Simulate")), call


def test_the_table_for_people(doze):
    done = doze.cli("doctor", "--within", "100")
    assert done.returncode == 0 and not done.stderr
    assert "AREA" in done.stdout and "      -> `unset AWS_ENDPOINT_URL`" in done.stdout
    assert done.stdout.rstrip().endswith("needs attention.")
    assert "\033" not in done.stdout
    assert "\033" in doze.cli("doctor", "--color", "always").stdout


def test_what_doze_put_to_sleep_is_told_from_what_others_stopped(doze, company):
    doze.start()
    wait_for(lambda: AWAKE.keys() <= doze.items().keys(), "the first look at AWS is done")
    doze.leave()
    wait_for(lambda: "ec2 web" in doze.asleep(), "web sleeps")
    report = examine(doze)
    assert "woken when you return" in report.line("resources", company.ids["web"])["finding"]
    assert "not by doze" in report.line("resources", company.ids["batch"])["finding"]


def test_where_the_system_tells_of_no_edits(doze):
    none_left = "echo 0 > /proc/sys/user/max_inotify_instances && exec \"$@\""
    done = subprocess.run(["unshare", "--user", "--map-root-user", "sh", "-c", none_left, "sh", BINARY, "doctor", "--json",
                           "--within", "100", "--config-dir", doze.config, "--state-dir", doze.state],
                          env=doze.environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    line = Report(done).line("files", "edits")
    assert line["state"] == "warn" and "looks for edits every few seconds" in line["finding"]
    assert "max_user_instances" in line["fix"]


# -- AWS --------------------------------------------------------------------------------------------------------------

def test_no_credentials(make_doze, company, screen):
    doze = make_doze(DISPLAY=screen.display, AWS_ENDPOINT_URL=company.endpoint)
    configure(doze, company)
    report = examine(doze)
    assert not report.healthy
    credentials = report.line("credentials", "own")
    assert credentials["state"] == "fail" and "credentials" in credentials["finding"].lower()
    assert [one["what"] for one in report.of("fail")] == [credentials["what"]], "one cause, one line"
    assert "10 registered, not looked at" in report.line("resources", "own")["finding"]


def test_a_wrong_secret(doze, company):
    keys = make_user(company, "dev", ALLOW_ALL)
    doze.environment.update({**keys, "AWS_SECRET_ACCESS_KEY": "wrong/but+secret"})
    with access_control(company):
        done = doze.cli("doctor", "--json", "--within", "100")
    assert "wrong/but+secret" not in done.stdout + done.stderr
    report = Report(done)
    credentials = report.line("credentials", "own")
    assert credentials["state"] == "fail" and "signature" in credentials["finding"]
    assert "AWS_SECRET_ACCESS_KEY" in credentials["fix"]


def test_a_missing_permission(doze, proxy):
    proxy.on("StopInstances").fail(403, "UnauthorizedOperation", "You are not authorized to perform this operation.")
    report = examine(doze)
    line = report.line("permissions", "ec2:StopInstances")
    assert line["state"] == "fail" and "not allowed" in line["finding"]
    assert "ec2:StopInstances" in line["fix"] and "doze iam-policy" in line["fix"]
    assert report.of("fail") == [line]


def test_what_only_iam_can_tell(doze, company, proxy):
    doze.environment.update(make_user(company, "dev", ALLOW_ALL))
    proxy.on("SimulatePrincipalPolicy", "ecs%3AUpdateService").answer(
        200, SIMULATION.format(decision("ecs:UpdateService", "allowed")), "text/xml")
    proxy.on("SimulatePrincipalPolicy", "eks%3AUpdateNodegroupConfig").answer(
        200, SIMULATION.format(decision("eks:UpdateNodegroupConfig", "implicitDeny")), "text/xml")
    with access_control(company):
        report = examine(doze)
    assert report.line("permissions", "ecs:UpdateService")["finding"] == "allowed, says IAM"
    denied = report.line("permissions", "eks:UpdateNodegroupConfig")
    assert denied["state"] == "fail" and "eks:UpdateNodegroupConfig" in denied["fix"]


def test_an_aws_that_hangs_ends_as_failed(doze, proxy):
    proxy.on("*").hold()
    report = examine(doze, within=10)
    for area, what in (("clock", ""), ("credentials", "own"), ("regions", "us-east-1"), ("regions", "ap-northeast-2")):
        line = report.line(area, what)
        assert line["state"] == "fail" and "did not answer in time" in line["finding"] and "proxy" in line["fix"]


def test_an_aws_that_hangs_for_one_thing_holds_up_no_other(doze, company, proxy):
    proxy.on("DescribeServices").hold()
    report = examine(doze, within=30)
    assert report.line("permissions", "ecs:DescribeServices")["state"] == "fail"
    assert report.line("resources", "dev/web")["state"] == "fail"
    assert report.line("resources", company.ids["web"])["state"] == "ok"
    assert report.line("permissions", "ec2:StopInstances")["state"] == "ok"


def test_a_region_that_is_not_enabled(doze, company, proxy):
    proxy.on("GetCallerIdentity", region="ap-northeast-2").fail(403, "InvalidClientTokenId", "The token is invalid.")
    line = examine(doze).line("regions", "ap-northeast-2")
    assert line["state"] == "fail" and "not enabled" in line["finding"] and "aws.regions" in line["fix"]


def test_all_regions_are_asked(doze, company):
    configure(doze, company, aws={"regions": ["all"]})
    regions = {one["what"] for one in examine(doze).findings if one["area"] == "regions"}
    assert {"eu-west-1", "us-east-1", "ap-northeast-2"} <= regions


@pytest.mark.parametrize("minutes, state", [(2, "warn"), (-30, "fail")])
def test_a_clock_that_is_off(doze, proxy, minutes, state):
    proxy.shift_clock(60 * minutes)
    line = examine(doze).line("clock", "")
    assert line["state"] == state and "timedatectl" in line["fix"]
    assert ("behind" if minutes > 0 else "ahead of") in line["finding"]


def test_each_profile_is_asked_who_it_is(doze, company):
    services = company.services_yaml().replace("autoscaling_groups:", (
        "  - cluster_name: dev\n    nodegroup_name: workers\n    region: ap-northeast-2\n    profile: work\n"
        "autoscaling_groups:"))
    configure(doze, company, services=services)
    report = examine(doze)
    assert report.line("credentials", "profile work")["state"] == "fail"
    assert "not looked at" in report.line("resources", "profile work")["finding"]
    assert report.line("credentials", "own")["state"] == "ok"
    (doze.folder / ".aws").mkdir()
    credentials = doze.folder / ".aws" / "credentials"
    credentials.write_text("[work]\naws_access_key_id = a\naws_secret_access_key = b\n")
    credentials.chmod(0o600)
    report = examine(doze)
    assert report.line("credentials", "profile work")["state"] == "ok"
    assert report.line("resources", "work@eks")["state"] == "ok"


# -- what is registered -----------------------------------------------------------------------------------------------

def test_a_guarded_resource(doze, company):
    services = f"ec2_instances:\n  - instance_id: {company.ids['shop-db']}\n    region: us-east-1\n"
    configure(doze, company, services=services)
    line = examine(doze).line("resources", company.ids["shop-db"])
    assert line["state"] == "warn" and "env=production" in line["finding"]
    assert "doze unregister" in line["fix"]


def test_a_resource_that_is_not_there(doze, company):
    configure(doze, company, services="ec2_instances:\n  - instance_id: i-0123456789abcdef0\n    region: us-east-1\n")
    line = examine(doze).line("resources", "i-0123456789abcdef0")
    assert line["state"] == "fail" and "no such EC2 instance" in line["finding"]
    assert "doze unregister ec2:us-east-1:i-0123456789abcdef0" in line["fix"]


def test_nothing_is_registered(doze, company):
    configure(doze, company, services="ec2_instances: []\n")
    report = examine(doze)
    assert report.healthy and "doze register" in report.line("resources", "services.yaml")["fix"]


# -- this machine -----------------------------------------------------------------------------------------------------

def test_credentials_that_others_can_read(doze):
    (doze.folder / ".aws").mkdir()
    credentials = doze.folder / ".aws" / "credentials"
    credentials.write_text("[other]\naws_access_key_id = a\naws_secret_access_key = b\n")
    credentials.chmod(0o644)
    report = examine(doze)
    line = report.line("files", "credentials")
    assert line["state"] == "warn" and "can read" in line["finding"] and line["fix"] == f"chmod 600 '{credentials}'"
    assert report.healthy


def test_a_broken_services_yaml(doze, company):
    configure(doze, company, services="ec2_instances:\n  - instance_id: i-0123456789abcdef0\n    regiom: us-east-1\n")
    report = examine(doze)
    line = report.line("files", "services.yaml")
    assert line["state"] == "fail" and "services.yaml:2" in line["finding"] and line["fix"]
    assert not report.healthy


def test_a_port_that_somebody_else_has(doze):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", doze.port))
        report = examine(doze)
        line = report.line("ports", "UDP")
        assert line["state"] == "fail" and "taken by py" in line["finding"] and "udp_server.port" in line["fix"]
        doze.allowed_errors = ["another program has it"]
        doze.start()
        assert "taken by py" in examine(doze).line("ports", "UDP")["finding"], "the running doze is not there"


def test_the_web_port(doze, company):
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        configure(doze, company, web={"port": port})
        line = examine(doze).line("ports", "WEB")
        assert line["state"] == "fail" and "taken by py" in line["finding"] and "web.port" in line["fix"]
    assert examine(doze).line("ports", "WEB")["finding"] == "free"
    doze.start()
    assert examine(doze).line("ports", "WEB")["finding"] == "doze listens"


def test_a_daemon_that_hangs(doze):
    doze.start()
    doze.process.send_signal(signal.SIGSTOP)
    try:
        report = examine(doze, within=10)
    finally:
        doze.process.send_signal(signal.SIGCONT)
    line = report.line("daemon", "doze")
    assert line["state"] == "fail" and f"process {doze.process.pid}" in line["finding"]
    assert f"kill {doze.process.pid}" in line["fix"]


def test_a_damaged_journal(doze):
    doze.state.mkdir(parents=True, exist_ok=True)
    (doze.state / "doze.db").write_bytes(b"x" * 5000)
    line = examine(doze).line("files", "doze.db")
    assert line["state"] == "fail" and "damaged" in line["finding"] and line["fix"]


def test_no_screen(make_doze, company, proxy):
    doze = make_doze(**company.environment(proxy.endpoint))
    configure(doze, company)
    report = examine(doze)
    assert report.line("presence", "desktop")["finding"] == "no graphical session"
    line = report.line("presence", "x11-keyboard")
    assert line["state"] == "fail" and "DISPLAY" in line["finding"]
