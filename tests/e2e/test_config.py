"""`doze config`: what is wrong with the configuration, and where each value comes from, without a daemon."""
import json

import pytest
from daemon import Doze


@pytest.fixture
def idle(tmp_path):
    """No daemon, only folders."""
    return Doze(tmp_path / "doze", {})


def write(idle, settings=None, services=None):
    if settings is not None:
        (idle.config / "settings.json").write_text(settings, encoding="utf-8")
    if services is not None:
        (idle.config / "services.yaml").write_text(services, encoding="utf-8")


def test_every_problem_has_its_line_and_something_to_do(idle):
    write(idle, '{\n  "udp_server": {"port": 99999},\n  "web": {"ip": "nowhere"},\n  "dry_rum": true\n}\n',
          "ec2_instances:\n  - instance_id: i-1\n    region: us-east-1\n  - instance_id: i-0123456789abcdef0\n")
    done = idle.cli("config", "check")
    assert done.returncode == 1
    settings, services = idle.config / "settings.json", idle.config / "services.yaml"
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"error: {settings}:2: udp_server.port must be a whole number from 0 to 65535, is 99999")
    assert lines[1].startswith(f"error: {settings}:3: web.ip must be an IP address")
    assert lines[2] == f"warning: {settings}:4: doze knows no dry_rum (did you mean dry_run?)"
    assert "does not start" in lines[3]
    assert lines[4].startswith(f"error: {services}:2: ")
    assert lines[5].startswith(f"error: {services}:4: region is missing")
    report = json.loads(idle.cli("config", "check", "--json").stdout)
    assert report["good"] is False
    assert [problem["level"] for problem in report["problems"]] == ["error", "error", "warning", "error", "error"]


def test_more_problems_than_a_start_tells(idle):
    sections = ("keyboard", "mouse", "terminals", "inhibitors", "screen", "audio", "window")
    write(idle, json.dumps({"activity_monitor": {section: {"enabled": 1} for section in sections}}))
    assert idle.cli("config", "check").stdout.count("must be true or false, is 1") == len(sections)


@pytest.mark.parametrize("settings, line", [('{\n "dry_run": tru\n}', 2), ("", 1), ('{"dry_run": true,', 1)])
def test_what_is_no_json_is_told_by_its_line(idle, settings, line):
    write(idle, settings)
    done = idle.cli("config", "check")
    assert done.returncode == 1
    assert f"error: {idle.config}/settings.json:{line}:" in done.stdout


def test_something_that_doze_would_not_heed_is_a_problem_too(idle):
    write(idle, '{"dry_rum": true}')
    done = idle.cli("config", "check")
    assert done.returncode == 1
    assert "as if it were not there" in done.stdout


def test_good_files_and_those_that_are_not_there_are_fine(idle):
    done = idle.cli("config", "check")
    assert done.returncode == 0
    assert done.stdout.count("not there yet") == 2
    write(idle, '{"dry_run": true, "logging": {}}', "ec2_instances: []\n")  # The second: of the original program.
    done = idle.cli("config", "check")
    assert done.returncode == 0
    assert done.stdout.count(": good\n") == 2
    assert not list(idle.state.parent.glob("state/*"))


def shown(idle, *arguments):
    done = idle.cli("config", "show", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    return {row["key"]: (row["value"], row["origin"]) for row in report["settings"] + report["surroundings"]}


def test_each_value_is_shown_with_its_origin(idle):
    write(idle, '{\n  "dry_run": true,\n  "aws": {\n    "regions": [\n      "eu-west-1"],\n    "service_state_check_interval_minutes": 7}\n}')
    rows = shown(idle)
    assert rows["dry_run"] == (True, "settings.json:2")
    assert rows["aws.service_state_check_interval_minutes"] == (7, "settings.json:6")
    assert rows["aws.regions"][0] == ["eu-west-1"]
    assert rows["udp_server.port"] == (20200, "default")
    assert rows["configuration folder"] == (str(idle.config), "environment DOZE_CONFIG_DIR")
    text = idle.cli("config", "show").stdout
    assert "dry_run" in text and "settings.json:2" in text


def test_surroundings_tell_of_options_and_the_profile(idle):
    idle.environment["AWS_PROFILE"] = "work"
    rows = shown(idle, "--state-dir", str(idle.state))
    assert rows["AWS profile"] == ("work", "environment AWS_PROFILE")
    assert rows["state folder"] == (str(idle.state), "--state-dir")
    write(idle, '{"aws": {"credentials": {"use_profile": true, "profile_name": "other"}}}')
    assert "AWS profile" not in shown(idle)  # The settings decide.


def test_secrets_are_not_shown(idle):
    token = "k3JxQ9vTzL0pWm7RcY2b"
    write(idle, json.dumps({"security": {"token": token}}))
    for arguments in (["show"], ["show", "--json"], ["check"], ["check", "--json"]):
        done = idle.cli("config", *arguments)
        assert done.returncode == 0, done.stderr
        assert token not in done.stdout + done.stderr
    value, origin = shown(idle)["security.token"]
    assert "not shown" in value and origin == "settings.json:1"


def test_a_broken_file_is_not_shown(idle):
    write(idle, '{"dry_run": 1}')
    done = idle.cli("config", "show")
    assert (done.returncode, done.stdout) == (1, "")
    assert "settings.json:1" in done.stderr and "`doze config check`" in done.stderr
