"""What keeps everything awake for a while: a snooze, and a program that must not be disturbed."""
import json
import os
import signal
import socket
import subprocess
import time

import pytest
from asleep import ASLEEP, AWAKE, PUT_TO_SLEEP
from conftest import configure
from sandbox import BINARY
from waiting import PATIENCE, wait_for


@pytest.fixture
def ready(doze, company):
    """The warning before a sleep takes a fraction of a second here."""
    configure(doze, company, activity_monitor={"warning_minutes": 0.02})
    doze.start()
    wait_for(lambda: AWAKE.keys() <= doze.items().keys(), "the first look at AWS is done")
    return doze


def holds(doze):
    return {hold["kind"]: hold for hold in doze.json("status")["holds"]}


def start_hold(doze, *command):
    return subprocess.Popen(
        [str(BINARY), "hold", "--", *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**doze.environment, "DOZE_STATE_DIR": str(doze.state), "DOZE_CONFIG_DIR": str(doze.config)})


def lines(doze):
    return [line["text"] for line in doze.json("history", "--limit", "1000")["lines"]]


def test_a_snooze_is_shown_and_ended(ready):
    done = ready.cli("snooze", "2h")
    assert done.returncode == 0 and "Nothing is put to sleep for 2 h. Until " in done.stdout
    hold = holds(ready)["snooze"]
    assert 7000 < hold["until"] - time.time() < 7300
    assert "Held awake" in ready.cli("status").stdout
    assert ready.cli("resume").returncode == 0
    assert "snooze" not in holds(ready)


def test_a_snooze_survives_kill_9(ready):
    ready.cli("snooze", "until", "tomorrow", "9:00")
    until = holds(ready)["snooze"]["until"]
    ready.kill()
    ready.start()
    assert abs(holds(ready)["snooze"]["until"] - until) <= 1


def test_away_ends_a_snooze_and_says_so(ready, company, screen):
    ready.cli("snooze", "2h")
    done = ready.cli("away")
    assert "The snooze is over" in done.stdout
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    ready.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


def test_nothing_sleeps_while_a_command_runs_and_then_all_of_it(ready, company, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    held = start_hold(ready, "sh", "-c", f"read line < {gate}; exit 7")
    wait_for(lambda: "client" in holds(ready), "it is held")
    assert holds(ready)["client"]["why"].startswith("sh -c read line")
    done = ready.cli("away")
    assert "Nothing is put to sleep yet" in done.stdout
    assert ready.presence() == "away"
    ready.json("list", "--fresh")  # A look at AWS, after which doze would act if it were to.
    assert company.states() == AWAKE
    gate.write_text("go\n")
    assert held.wait(PATIENCE) == 7, held.stderr.read()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps after the warning")
    assert "No longer held awake" in "\n".join(lines(ready))


def test_signals_go_on_to_the_command(ready):
    held = start_hold(ready, "sh", "-c", 'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done')
    assert held.stdout.readline() == "ready\n"
    held.send_signal(signal.SIGTERM)
    assert held.wait(PATIENCE) == 9
    held = start_hold(ready, "sleep", "1000")
    wait_for(lambda: "client" in holds(ready), "it is held")
    held.send_signal(signal.SIGTERM)
    assert held.wait(PATIENCE) == 128 + signal.SIGTERM
    wait_for(lambda: "client" not in holds(ready), "the hold is gone with it")


def test_a_killed_client_holds_nothing_for_ever(ready):
    held = start_hold(ready, "sh", "-c", "echo ready; exec sleep 1000")
    assert held.stdout.readline() == "ready\n"
    assert "client" in holds(ready)
    subprocess.run(["pkill", "-P", str(held.pid)], check=True)
    assert held.wait(PATIENCE) == 128 + signal.SIGTERM
    wait_for(lambda: "client" not in holds(ready), "the hold is gone")


def test_the_hold_comes_back_after_a_restart_of_doze(ready, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    held = start_hold(ready, "sh", "-c", f"read line < {gate}")
    wait_for(lambda: "client" in holds(ready), "it is held")
    ready.kill()
    ready.start()
    wait_for(lambda: "client" in holds(ready), "it is held again")
    gate.write_text("go\n")
    assert held.wait(PATIENCE) == 0


def test_without_a_daemon_the_command_runs_all_the_same(make_doze):
    doze = make_doze()
    done = doze.cli("hold", "--", "sh", "-c", "echo hello; exit 3")
    assert (done.returncode, done.stdout) == (3, "hello\n")
    assert "doze is not running" in done.stderr
    assert doze.cli("hold", "--", "/nonexistent/program").returncode == 127
    assert doze.cli("hold").returncode == 2


def test_over_the_socket_a_hold_is_its_connections(ready):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(ready.state / "doze.sock"))
        stream = client.makefile("rw", encoding="utf-8", newline="\n")
        stream.write("HOLD:a test\n")
        stream.flush()
        assert json.loads(stream.readline())["status"] == "success"
        assert holds(ready)["client"]["why"] == "a test"
        stream.close()
    wait_for(lambda: "client" not in holds(ready), "the hold is gone")
    with ready.udp() as client:
        assert client.ask("HOLD:a test")["error"] == "BAD_REQUEST"
        assert client.ask("SNOOZE:60")["status"] == "success"
        assert client.ask("RESUME")["status"] == "success"


def test_the_history_tells_what_was_done_and_why(ready, company, screen):
    ready.leave()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    wait_for(lambda: ready.asleep() == PUT_TO_SLEEP, "doze has seen it")
    ready.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")
    wait_for(lambda: not any(one["step"] for one in ready.json("status")["resources"]), "doze has seen that, and owes nothing")
    told = ready.cli("history").stdout
    assert told.startswith("today\n")
    assert "You are away.  (away)" in told and "Putting" in told and "(verified)" in told
    with ready.udp() as client:
        page = client.ask("HISTORY")
        older = client.ask(f"HISTORY:10:{page['before']}")
        assert client.ask("HELP:SNOOZE")["commands"][0]["parts"] == "minutes"
    history = ready.json("history", "--since", "1h")["lines"]  # The last that is asked for: it has whatever the others have.
    assert {"away", "verified", "returned", "command"} <= {line["reason"] for line in history}
    assert history == sorted(history, key=lambda line: -line["id"])
    assert any(line["resource"] == f"ec2:us-east-1:{company.ids['web']}" for line in history)
    begin = history.index(page["lines"][0])
    assert page["truncated"] and page["lines"] == history[begin:begin + len(page["lines"])]
    assert older["lines"][0]["id"] == page["before"] - 1
