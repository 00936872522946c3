"""The command line: tables for people, JSON for programs, exit codes for scripts."""
import json

import pytest
from asleep import ASLEEP, AWAKE
from waiting import wait_for

OK, FAILED, USAGE, NO_DAEMON = range(4)


@pytest.fixture
def ready(doze):
    doze.start()
    wait_for(lambda: AWAKE.keys() <= doze.items().keys(), "the first look at AWS is done")
    return doze


def test_lists_for_people(ready, company):
    done = ready.cli("list")
    assert done.returncode == OK and not done.stderr
    for word in (*company.ids.values(), "web", "worker", "workers", "us-east-1", "ap-northeast-2", "running", "stopped"):
        assert word in done.stdout
    assert "\033" not in done.stdout, "no colours but on a terminal"
    assert "\033" in ready.cli("list", "--color", "always").stdout


@pytest.mark.parametrize("kind", ["ec2", "ecs", "eks", "asg", "rds", "rds-cluster", "all"])
def test_lists_for_programs(ready, kind):
    assert json.loads(ready.cli("list", kind, "--json").stdout)


def test_a_list_of_one_region(ready, company):
    done = ready.cli("list", "ec2", "--region", "ap-northeast-2")
    assert company.ids["api"] in done.stdout and company.ids["web"] not in done.stdout


def test_status(ready):
    done = ready.cli("status")
    assert done.returncode == OK and "active" in done.stdout
    status = ready.json("status")
    assert status["presence"]["state"] == "active"
    assert status["counts"]["registered"] == 10


def test_stop_and_start(ready, company):
    assert ready.cli("stop", company.ids["web"]).returncode == OK
    wait_for(lambda: company.states()["ec2 web"] == "stopped", "it is stopped")
    assert ready.cli("start", company.ids["web"]).returncode == OK
    wait_for(lambda: company.states()["ec2 web"] == "running", "it runs")
    assert ready.cli("stop", "ecs:dev/web").returncode == OK
    wait_for(lambda: company.states()["ecs web"] == "0", "it is stopped")
    assert ready.cli("start", "ecs:dev/web").returncode == OK
    wait_for(lambda: company.states()["ecs web"] == "3", "it is at its size again")


def test_scale(ready, company):
    assert ready.cli("scale", "dev/workers", "3").returncode == OK
    wait_for(lambda: company.states()["eks workers"] == "1/3/4", "it has that size")


def test_what_a_person_stopped_stays_stopped(ready, company, screen):
    """`doze stop` is a hand, not a sleep: the person's return undoes only what doze did."""
    ready.cli("stop", company.ids["web"])
    wait_for(lambda: company.states()["ec2 web"] == "stopped", "it is stopped")
    ready.leave()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    ready.return_to(screen)
    wait_for(lambda: company.states() == {**AWAKE, "ec2 web": "stopped"}, "the rest is as it was")


def test_register_and_unregister_keep_the_comments(ready, company, screen):
    file = ready.config / "services.yaml"
    before = file.read_text()
    done = ready.cli("register", company.ids["ci"], "--description", "build box")
    assert done.returncode == OK, done.stderr
    text = file.read_text()
    assert company.ids["ci"] in text and "build box" in text
    for line in before.splitlines():
        assert line in text
    wait_for(lambda: ready.items()["ec2 ci"]["managed"], "it is registered")

    ready.leave()
    wait_for(lambda: company.states() == {**ASLEEP, "ec2 ci": "stopped"}, "it sleeps with the others")
    ready.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")

    assert ready.cli("unregister", company.ids["ci"]).returncode == OK
    wait_for(lambda: not ready.items()["ec2 ci"]["managed"], "it is not registered any more")
    assert file.read_text() == before


def test_production_is_refused(ready, company):
    before = (ready.config / "services.yaml").read_text()
    done = ready.cli("register", company.ids["shop-db"])
    assert done.returncode == FAILED
    assert "production" in done.stderr
    assert (ready.config / "services.yaml").read_text() == before
    with ready.udp() as client:
        reply = client.ask(f"REGISTER_EC2:{company.ids['shop-db']}:us-east-1")
    assert reply["status"] == "error" and reply["error"] == "GUARDED"


def test_production_that_is_written_into_the_file_is_not_touched_either(ready, company, screen):
    file = ready.config / "services.yaml"
    text = file.read_text()
    file.write_text(text.replace("ec2_instances:\n", "ec2_instances:\n"
                                 f"  - instance_id: {company.ids['shop-db']}\n    region: us-east-1\n", 1))
    wait_for(lambda: ready.items()["ec2 shop-db"]["managed"], "doze has read the file")
    ready.leave()
    wait_for(lambda: company.states() == ASLEEP, "everything else sleeps")
    ready.wait_log("env=production")
    assert company.states()["ec2 shop-db"] == "running"
    ready.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


def test_registered(ready):
    content = ready.json("registered")
    assert {key: len(content[key]) for key in ("ec2_instances", "ecs_services", "eks_nodegroups")} == {
        "ec2_instances": 4, "ecs_services": 2, "eks_nodegroups": 1}
    assert "workers" in ready.cli("registered").stdout


def test_failures_have_their_exit_codes(ready):
    assert ready.cli("start", "i-0123456789abcdef0", "--region", "us-east-1").returncode == FAILED
    assert ready.cli("start", "nonsense").returncode in (FAILED, USAGE)
    assert ready.cli("frobnicate").returncode == USAGE
    assert ready.cli().returncode == USAGE
    assert ready.cli("scale", "dev/workers", "-1").returncode == USAGE
    for done in (ready.cli("start", "nonsense"), ready.cli("frobnicate")):
        assert done.stderr and not done.stdout


def test_without_a_daemon_it_says_what_to_do(make_doze):
    doze = make_doze()
    for command in (["status"], ["list"], ["away"], ["stop", "i-0123456789abcdef0"], ["registered"]):
        done = doze.cli(*command)
        assert done.returncode == NO_DAEMON
        assert "doze run" in done.stderr


def test_version_and_help_need_no_daemon(make_doze):
    doze = make_doze()
    assert doze.cli("version").returncode == OK
    assert doze.cli("version").stdout.split()[-1][0].isdigit()
    done = doze.cli("--help")
    assert done.returncode == OK and "Exit codes" in done.stdout


def test_a_stale_socket_is_no_daemon(doze):
    doze.start()
    doze.kill()
    assert (doze.state / "doze.sock").exists()
    assert doze.cli("status").returncode == NO_DAEMON
    doze.start()
