"""`doze init`: questions, a trial, and two files, of which nothing is written before the last yes."""
import json
import os
import re
import subprocess

import pytest
from sandbox import BINARY, DATABASE, GROUP
from strict_aws import access_control, make_user
from terminal import Terminal
from waiting import PATIENCE, wait_for

SETTINGS = """{
    "dry_run":   false,
    "aws": {
        "service_state_check_interval_minutes": 3
    }
}
"""
SERVICES = """# mine
ec2_instances:
  - instance_id: %s    # the web server
    region: us-east-1
"""


@pytest.fixture
def fresh(make_doze, company, proxy, screen):
    """A person who has credentials in the environment and no configuration yet."""
    doze = make_doze(DISPLAY=screen.display, **company.environment(proxy.endpoint))
    doze.config.rmdir()
    return doze


def init(doze, *answers, end=""):
    """Runs it with these answers."""
    return subprocess.run([str(BINARY), "init"], input="\n".join(answers) + end, capture_output=True, text=True, timeout=PATIENCE,
                          env={**doze.environment, "DOZE_STATE_DIR": str(doze.state), "DOZE_CONFIG_DIR": str(doze.config)})


def settings(doze):
    return json.loads((doze.config / "settings.json").read_text(encoding="utf-8"))


def services(doze):
    return (doze.config / "services.yaml").read_text(encoding="utf-8")


def number_of(text, resource):
    """Its number in the list."""
    return re.search(rf"^ *(\d+)  \S*{re.escape(resource)} ", text, re.M).group(1)


def test_it_sets_doze_up_so_that_it_runs(fresh, company):
    done = init(fresh, "us-east-1, ap-northeast-2", "all", "y")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "AWS takes doze for" in done.stdout and "123456789012" in done.stdout
    assert re.search(r"shop-db.*env=production", done.stdout), "guards are shown"
    assert "would be stopped" in done.stdout, "it is tried"
    assert "ec2:StopInstances" in done.stdout, "permissions are tried"
    assert "doze run --dry-run" in done.stdout
    assert sorted(settings(fresh)["aws"]["regions"]) == ["ap-northeast-2", "us-east-1"]
    assert company.ids["shop-db"] not in services(fresh)
    assert fresh.cli("config", "check").returncode == 0
    ports = {"udp_server": {"port": fresh.port}, "tcp_server": {"port": 0}, "web": {"port": 0}}
    (fresh.config / "settings.json").write_text(json.dumps({**settings(fresh), **ports}))
    fresh.start()
    registered = fresh.json("registered")
    assert {item["instance_id"] for item in registered["ec2_instances"]} >= {company.ids[name] for name in ("web", "db", "ci")}
    assert [item["group_name"] for item in registered["autoscaling_groups"]] == [GROUP]
    assert [item["db_instance"] for item in registered["rds_instances"]] == [DATABASE]


def test_numbers_choose_and_a_guarded_one_is_refused(fresh, company):
    text = init(fresh, "us-east-1", "none", "n").stdout
    guarded, web, db = (number_of(text, company.ids[name]) for name in ("shop-db", "web", "db"))
    done = init(fresh, "us-east-1", guarded, "99", f"{web} {db}", "y")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is never put to sleep" in done.stdout and "is not within 1 to" in done.stdout
    assert company.ids["web"] in services(fresh) and company.ids["db"] in services(fresh)
    assert company.ids["shop-db"] not in services(fresh) and company.ids["batch"] not in services(fresh)


@pytest.mark.parametrize("answers", [[], ["us-east-1"], ["us-east-1", "all"], ["us-east-1", "all", "n"],
                                     ["nowhere"], ["us-east-1", "all", "perhaps"]], ids=lambda answers: "-".join(answers) or "nothing")
def test_nothing_is_written_before_the_last_yes(fresh, answers):
    done = init(fresh, *answers, end="\n" if answers else "")
    assert not fresh.config.exists()
    if answers[-1:] == ["n"]:
        assert done.returncode == 0 and "Nothing was written." in done.stdout
    else:
        assert done.returncode == 1 and "Nothing was written" in done.stderr and "on a terminal" in done.stderr


def test_a_closed_standard_input_is_refused(fresh):
    done = subprocess.run(["sh", "-c", f"exec '{BINARY}' init <&-"], capture_output=True, text=True, timeout=PATIENCE,
                          env={**fresh.environment, "DOZE_CONFIG_DIR": str(fresh.config)})
    assert (done.returncode, done.stdout) == (1, "")
    assert "on a terminal" in done.stderr
    assert not fresh.config.exists()


def test_files_are_edited_in_place(fresh, company):
    fresh.config.mkdir()
    (fresh.config / "settings.json").write_text(SETTINGS)
    (fresh.config / "services.yaml").write_text(SERVICES % company.ids["web"])
    done = init(fresh, "us-east-1", f"ec2:us-east-1:{company.ids['db']}", "y")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "registered already" in done.stdout
    assert (fresh.config / "settings.json").read_text() == SETTINGS.replace(
        '_minutes": 3\n', '_minutes": 3,\n        "regions": ["us-east-1"]\n')
    assert services(fresh).startswith(SERVICES % company.ids["web"])
    assert company.ids["db"] in services(fresh)


@pytest.mark.parametrize("name", ["settings.json", "services.yaml"])
def test_a_broken_file_is_told_before_any_question_and_stays(fresh, name):
    fresh.config.mkdir()
    (fresh.config / name).write_text("{[")
    done = init(fresh, "us-east-1", "all", "y")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{name}:1" in done.stderr
    assert [(file.name, file.read_text()) for file in fresh.config.iterdir()] == [(name, "{[")]


def test_who_has_nothing_to_add_loses_nothing(fresh):
    assert init(fresh, "us-east-1", "all", "y").returncode == 0
    before = [(file, file.read_text()) for file in sorted(fresh.config.iterdir())]
    done = init(fresh, "", "none", "y")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [(file, file.read_text()) for file in sorted(fresh.config.iterdir())] == before


def test_a_running_doze_goes_by_it_at_once(doze, company):
    doze.start()
    done = init(doze, "", f"ec2:ap-northeast-2:{company.ids['ci']}", "y")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "doze runs" in done.stdout
    wait_for(lambda: company.ids["ci"] in {item["instance_id"] for item in doze.json("registered")["ec2_instances"]},
             "doze goes by the new registration")


def test_profiles_are_offered_and_the_chosen_one_is_kept(fresh, company):
    aws = fresh.folder / ".aws"
    aws.mkdir()
    (aws / "config").write_text("[profile work]\nregion = ap-northeast-2\n[profile play]\nregion = us-east-1\n")
    (aws / "credentials").write_text("[work]\naws_access_key_id = AKIAWORKWORKWORKWORK\naws_secret_access_key = sandbox\n"
                                     "[play]\naws_access_key_id = AKIAPLAYPLAYPLAYPLAY\naws_secret_access_key = sandbox\n")
    for name in ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del fresh.environment[name]
    done = init(fresh, "7", "work", "", "none", "y")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^ *1  play\n *2  work$", done.stdout, re.M)
    assert "7" in done.stdout
    assert settings(fresh)["aws"]["credentials"] == {"use_profile": True, "profile_name": "work"}
    assert settings(fresh)["aws"]["regions"] == ["ap-northeast-2"], "the profile's region is what Enter means"


def test_keys_can_be_set_on_the_way(fresh):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del fresh.environment[name]
    done = init(fresh, "n")
    assert done.returncode == 1 and "No AWS credentials" in done.stderr
    secret = "s" * 40
    done = init(fresh, "y", "AKIAIOSFODNN7EXAMPLE", secret, "us-east-1", "none", "y")
    assert done.returncode == 0, done.stdout + done.stderr
    assert secret not in done.stdout + done.stderr
    assert secret in (fresh.folder / ".aws" / "credentials").read_text()


def test_what_is_not_allowed_is_told(fresh, company):
    allowed = ["ec2:Describe*", "sts:*", "ecs:List*", "ecs:Describe*", "autoscaling:Describe*", "rds:Describe*"]
    with access_control(company):
        fresh.environment.update(make_user(company, "dev", {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": allowed, "Resource": ["*"]}]}))
        done = init(fresh, "us-east-1", f"ec2:us-east-1:{company.ids['web']}", "n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search("fail.*ec2:StopInstances.*not allowed", done.stdout)
    assert "eks could not be read" in done.stdout


def test_on_a_terminal(fresh, company):
    terminal = Terminal([str(BINARY), "init"], {**fresh.environment, "DOZE_CONFIG_DIR": str(fresh.config),
                                                "DOZE_STATE_DIR": str(fresh.state)})
    try:
        terminal.wait_raw("In which ones shall doze look")
        terminal.type("us-east-1\n")
        terminal.wait_raw("Which ones may doze put to sleep")
        terminal.type("none\n")
        terminal.wait_raw("Write it?")
        assert not fresh.config.exists()
        terminal.type("y\n")
        assert terminal.end() == 0
        assert sorted(os.listdir(fresh.config)) == ["services.yaml", "settings.json"]
    finally:
        terminal.close()
