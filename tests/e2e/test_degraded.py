"""When something is missing: a clear sentence, and what can work does."""
import contextlib
import os
import re
import shutil
import socket
import stat
import subprocess

import pytest
from asleep import ASLEEP, AWAKE, CHANGES, PUT_TO_SLEEP
from conftest import configure
from sandbox import free_port
from waiting import wait_for


def refused(doze, *arguments):
    """What a daemon that does not start says; its exit code is 1."""
    doze.launch(*arguments)
    assert doze.ended() == 1, doze.output()
    return doze.output()


def trouble(reply):
    return {error["error"] for error in reply["content"]["errors"]}


def say_back(doze):
    """Says `doze back` until it is heard: doze is deaf for the moment that leaving takes."""
    wait_for(lambda: doze.cli("back").returncode == 0 and doze.presence() != "away", "doze heard that the person is back")


# -- AWS --------------------------------------------------------------------------------------------------------------

def test_without_credentials_it_says_so_and_answers(make_doze, company, screen):
    doze = make_doze(DISPLAY=screen.display, AWS_ENDPOINT_URL=company.endpoint)
    doze.allowed_errors = ["(?i)credential"]
    configure(doze, company)
    doze.start()
    with doze.udp() as client:
        wait_for(lambda: trouble(client.ask_json("AWS_EC2_LIST")) == {"NO_CREDENTIALS"}, "the list says why")
        assert client.ask("LIST_EC2")["error"] == "NO_CREDENTIALS", "an empty list would say that there is nothing"
        assert client.ask_json("PING")["type"] == "PONG"
    assert "credentials" in doze.log().lower()
    assert doze.json("status")["presence"]["state"] == "active"
    assert len(doze.json("registered")["ec2_instances"]) == 4


def test_credentials_that_come_later_are_taken(make_doze, company, screen):
    doze = make_doze(DISPLAY=screen.display, AWS_ENDPOINT_URL=company.endpoint)
    doze.allowed_errors = ["(?i)credential"]
    configure(doze, company)
    doze.start()
    with doze.udp() as client:
        wait_for(lambda: trouble(client.ask_json("AWS_EC2_LIST")), "doze has no credentials")
        (doze.folder / ".aws").mkdir()
        (doze.folder / ".aws" / "credentials").write_text(
            "[default]\naws_access_key_id = sandbox\naws_secret_access_key = sandbox\n")
        wait_for(lambda: len(client.ask("LIST_EC2")) == 8, "the new credentials are used")


def test_an_unreachable_aws_holds_up_nothing(make_doze, company, screen):
    doze = make_doze(DISPLAY=screen.display, **company.environment(f"http://127.0.0.1:{free_port()}"))
    doze.allowed_errors = ["refused the connection"]
    configure(doze, company)
    doze.start()
    with doze.udp() as client:
        wait_for(lambda: trouble(client.ask_json("AWS_EC2_LIST")), "the list says why")
        assert client.ask_json("PING")["type"] == "PONG"
    assert doze.json("status")["presence"]["state"] == "active"


def test_an_aws_that_comes_back_is_used_again(doze, company, proxy, screen):
    doze.allowed_errors = ["was cut short"]
    doze.start()
    with doze.udp() as client:
        wait_for(lambda: len(client.ask("LIST_EC2")) == 8, "the first look is done")
        gone = proxy.on("*").drop()
        wait_for(lambda: trouble(client.ask_json("AWS_EC2_LIST")), "the list says that AWS is gone")
        assert len(client.ask("LIST_EC2")) == 8, "what was seen is not forgotten"
        doze.leave()
        gone.wait_arrived(count=gone.arrived + 1)
        proxy.remove(gone)
    wait_for(lambda: company.states() == ASLEEP, "the sleep is made up for")
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


def test_a_refused_permission_is_told_with_its_name_and_holds_up_no_other(doze, company, proxy, screen):
    doze.allowed_errors = ["ec2:StopInstances"]
    denied = proxy.on("StopInstances").fail(403, "UnauthorizedOperation", "You are not authorized.")
    doze.start()
    doze.leave()
    but_ec2 = {name: AWAKE[name] if name.startswith("ec2") else state for name, state in ASLEEP.items()}
    wait_for(lambda: company.states() == but_ec2, "what is permitted sleeps")
    doze.wait_log("ec2:StopInstances")
    proxy.remove(denied)
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


def test_throttling_and_a_lost_answer_are_got_over(doze, company, proxy, screen):
    doze.allowed_errors = ["InsufficientInstanceCapacity"]
    proxy.on("StopInstances", times=2).fail(503, "RequestLimitExceeded", "Request limit exceeded.")
    proxy.on("UpdateService", times=1).drop_answer()
    proxy.on("UpdateNodegroupConfig", times=1).fail(409, "ResourceInUseException", "It is being updated.")
    proxy.on("StartInstances", times=1).fail(500, "InsufficientInstanceCapacity", "No room in this zone.")
    proxy.on("DescribeInstances", times=2).cut_body()
    doze.start()
    doze.leave()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was", seconds=300)


# -- the desktop ------------------------------------------------------------------------------------------------------

def test_without_a_display_nothing_sleeps_by_itself(make_doze, company, proxy):
    doze = make_doze(**company.environment(proxy.endpoint))
    configure(doze, company, timeout_minutes=0.02)
    doze.start()
    doze.wait_log("doze is blind")
    wait_for(lambda: proxy.calls("DescribeInstances"), "doze has looked at AWS")
    status = doze.json("status")
    assert status["presence"]["state"] == "unknown"
    assert any(source["state"] == "unavailable" and source["detail"] for source in status["sources"])
    assert not [call for call in proxy.calls() if call.operation in CHANGES]

    # Who says that they leave is believed, and so is who says that they are back.
    doze.leave()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    say_back(doze)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


def test_a_display_that_dies_makes_it_blind(doze, screen):
    doze.allowed_errors = ["doze is blind"]
    doze.start()
    wait_for(lambda: doze.presence() == "active", "doze sees the person")
    screen.close()
    doze.wait_log("doze is blind")
    assert doze.presence() == "unknown"


def test_a_display_that_dies_while_away_wakes_nothing(doze, company, screen):
    doze.allowed_errors = ["doze is blind"]
    doze.start()
    doze.leave()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    screen.close()
    doze.wait_log("x11-keyboard is unavailable")
    assert doze.process.poll() is None
    assert company.states() == ASLEEP
    say_back(doze)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


# -- the state folder -------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def mounted(folder, options):
    """A small file system of its own, which takes root (and may be forbidden to root, too)."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True).returncode != 0:
        pytest.skip("may not mount a file system here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder):
    """Takes all room, also that which SQLite keeps in its own file for the next transaction: few rows fit in there."""
    os.truncate(folder / "doze.db-journal", 0)
    filler = folder / "filler"
    with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
        while True:
            file.write(b"x" * 512)
    assert shutil.disk_usage(folder).free == 0
    return filler


def test_a_read_only_state_folder_is_named_and_what_needs_no_promise_works(doze, company, proxy):
    with mounted(doze.state, "ro,size=1m,mode=0700"):
        doze.launch()
        said = wait_for(lambda: str(doze.state) in doze.output() and doze.output(), "doze names the folder")
        assert re.search(r"(?i)read-only|can't be (written|taken|opened|created)", said)
        if doze.process.poll() is None:
            doze.allowed_errors = [".*"]
            wait_for(lambda: "[udp] - Listening on" in doze.output(), "doze can be asked")
            with doze.udp() as client:
                wait_for(lambda: len(client.ask("LIST_EC2")) == 8, "lists work")
                client.ask("AWAY")
            # Without a journal nothing can be promised, so nothing is put to sleep.
            calls = len(proxy.calls("DescribeInstances"))
            wait_for(lambda: len(proxy.calls("DescribeInstances")) > calls + 2, "doze has looked again")
            assert not [call for call in proxy.calls() if call.operation in CHANGES]
            assert company.states() == AWAKE
        else:
            assert doze.process.returncode == 1
        doze.end()


def test_a_full_disk_puts_nothing_to_sleep_until_there_is_room(doze, company, proxy, screen):
    doze.allowed_errors = [".*"]
    with mounted(doze.state, "size=512k,mode=0700"):
        doze.start()
        with doze.udp() as client:
            wait_for(lambda: len(client.ask("LIST_EC2")) == 8, "the first look is done")
        doze.wait_settled()
        filler = fill(doze.state)
        doze.leave()
        wait_for(lambda: "The disk is full" in doze.output(), "doze says that the disk is full")
        calls = len(proxy.calls("DescribeInstances"))
        wait_for(lambda: len(proxy.calls("DescribeInstances")) > calls + 2, "doze has looked again")
        assert not [call for call in proxy.calls() if call.operation in CHANGES]
        assert company.states() == AWAKE

        filler.unlink()
        wait_for(lambda: company.states() == ASLEEP, "with room, everything registered sleeps")
        doze.return_to(screen)
        wait_for(lambda: company.states() == AWAKE, "everything is as it was")
        doze.end()


def test_a_full_disk_at_the_wake_wakes_all_the_same(doze, company, screen):
    doze.allowed_errors = [".*"]
    with mounted(doze.state, "size=512k,mode=0700"):
        doze.start()
        doze.leave()
        wait_for(lambda: doze.asleep() == PUT_TO_SLEEP, "doze has written down that everything sleeps")
        filler = fill(doze.state)
        doze.return_to(screen)
        wait_for(lambda: "The disk is full" in doze.output(), "doze says that the disk is full")
        filler.unlink()
        wait_for(lambda: company.states() == AWAKE, "everything is as it was", seconds=300)
        doze.end()


def test_state_is_its_persons_only(doze):
    doze.start()
    assert stat.S_IMODE(doze.state.stat().st_mode) == 0o700
    assert stat.S_IMODE((doze.state / "doze.sock").stat().st_mode) == 0o600
    for name in ("doze.db", "aws_monitor.log"):
        assert stat.S_IMODE((doze.state / name).stat().st_mode) & 0o077 == 0


# -- the configuration ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("file, text, line", [
    ("settings.json", '{\n  "udp_server": {\n    "port": \n  }\n}\n', 4),
    ("settings.json", '{\n  "udp_server": {"port": 99999}\n}\n', 2),
    ("settings.json", '{\n\n  "aws": {"regions": ["mars"]}\n}\n', 3),
    ("services.yaml", "ec2_instances:\n  - instance_id: i-0123456789abcdef0\n  region: us-east-1\n", 3),
    ("services.yaml", "ec2_instances:\n  - instance_id: web\n    region: us-east-1\n", 2),
])
def test_a_broken_file_is_named_with_its_line_and_left_alone(doze, file, text, line):
    (doze.config / file).write_text(text)
    said = refused(doze)
    assert f"{file}:{line}" in said
    assert (doze.config / file).read_text() == text


@pytest.mark.parametrize("file", ["settings.json", "services.yaml"])
def test_a_file_broken_while_it_runs_changes_nothing(doze, company, screen, file):
    doze.allowed_errors = [file]
    doze.start()
    good = (doze.config / file).read_text()
    (doze.config / file).write_text("{ broken: [\n")
    doze.wait_log(re.escape(file) + r":\d+")
    assert len(doze.json("registered")["ec2_instances"]) == 4
    doze.leave()
    wait_for(lambda: company.states() == ASLEEP, "the last good configuration holds")
    (doze.config / file).write_text(good)
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


def test_missing_files_are_made(doze):
    (doze.config / "services.yaml").unlink()
    doze.start()
    assert "#" in (doze.config / "services.yaml").read_text(), "with comments that explain it"
    assert doze.json("registered")["ec2_instances"] == []


def test_an_unknown_key_is_told_with_the_nearest(doze, company):
    configure(doze, company, activity_monitor={"inactivty_timeout_minutes": 3})
    doze.start()
    doze.wait_log("inactivty_timeout_minutes.*inactivity_timeout_minutes")


# -- neighbours -------------------------------------------------------------------------------------------------------

def test_a_second_daemon_names_the_first(doze):
    doze.start()
    first = doze.process
    doze.port = 0
    try:
        said = refused(doze)
        assert str(first.pid) in said
        assert doze.answers()
    finally:
        doze.process = first


def test_a_port_in_use_is_named_and_the_rest_works(doze, company, screen):
    doze.allowed_errors = [".*"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", doze.port))
        doze.launch()
        wait_for(lambda: str(doze.port) in doze.output(), "doze names the port")
        if doze.process.poll() is not None:
            assert doze.process.returncode == 1
            return
        wait_for(doze.answers, "the command line works")
        doze.leave()
        wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
        doze.return_to(screen)
        wait_for(lambda: company.states() == AWAKE, "everything is as it was")
